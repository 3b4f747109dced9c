"""The payload of a job, put together from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loresmith import LoreSmith
from loresmith.cli.failure import USAGE, CommandError
from loresmith.cli.payload_field import fields_of, find_field, option_of, read_json
from loresmith.cli.reference import find_piece, find_world
from loresmith.model import JobType, Piece, World

#: Fields that take ids. On the command line, they also take what else means a piece or world, such as a name.
_REFERENCES: Mapping[str, Callable[[LoreSmith, str], Piece | World]] = {
    "canon": find_piece,
    "pieces": find_piece,
    "piece_id": find_piece,
    "world_id": find_world,
}


@dataclass(frozen=True)
class GivenPayload:
    """What the command line says about the payload.

    `named` are the options that every type has; those that are not given are None. `extra` are options that the
    program does not know, as they came: `--difficulty hard`. `assignments` are those of --set.
    """

    named: Mapping[str, Any]
    extra: Sequence[str] = ()
    assignments: Sequence[str] = ()
    pieces: Sequence[str] = ()
    canon: Sequence[str] = ()
    file: Path | None = None


def assemble(given: GivenPayload, job_type: JobType, client: LoreSmith) -> dict[str, Any]:
    """The payload. Raises `CommandError` for a field that the type does not have; values are checked by the API."""
    payload = _from_file(given.file)
    for name, value in given.named.items():
        if value is not None:
            payload[find_field(job_type, name).path] = value
    assigned: dict[str, Any] = {}
    canon = [("canon", each) for each in given.canon]
    for name, text in [*_extra_options(job_type, given.extra), *map(_assignment, given.assignments), *canon]:
        _assign(assigned, job_type, name, text)
    _merge(payload, {name: _with_ids(client, name, value) for name, value in assigned.items()})
    for each in given.pieces:
        _build_on(payload, job_type, find_piece(client, each))
    return payload


def _from_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        found = json.load(sys.stdin) if str(file) == "-" else read_json(file)
    except ValueError as cause:
        raise CommandError(f"stdin is not valid JSON: {cause}.", USAGE) from None
    if not isinstance(found, dict):
        raise CommandError("--payload takes a JSON object.", USAGE)
    return found


def _extra_options(job_type: JobType, extra: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and value of each option: `--name value`, `--name=value`, or `--name` alone for true."""
    left = list(extra)
    while left:
        option = left.pop(0)
        if not option.startswith("--"):
            raise CommandError(f"{option} is too much. Values stand after options: --theme {option}", USAGE)
        name, has_value, value = option[2:].partition("=")
        found = find_field(job_type, name)
        if has_value:
            yield name, value
        elif left and not left[0].startswith("--"):
            yield name, left.pop(0)
        elif "boolean" in found.types:
            yield name, "true"
        else:
            raise CommandError(f"--{name} needs a value: {found.takes()}.", USAGE)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandError(f"--set takes FIELD=VALUE, not {text!r}.", USAGE)
    return name, value


def _assign(payload: dict[str, Any], job_type: JobType, name: str, text: str) -> None:
    found = find_field(job_type, name)
    *above, last = found.path.split(".")
    place = payload
    for part in above:
        place = place.setdefault(part, {})
        if not isinstance(place, dict):
            raise CommandError(f"{'.'.join(above)} is set twice: as a whole, and in parts.", USAGE)
    value = found.value_of(text)
    if found.is_list and isinstance(place.get(last), list) and isinstance(value, list):
        value = place[last] + value
    place[last] = value


def _with_ids(client: LoreSmith, name: str, value: Any) -> Any:
    if (find := _REFERENCES.get(name)) is None:
        return value
    if isinstance(value, list):
        return [find(client, str(each)).id for each in value]
    return find(client, str(value)).id


def _merge(payload: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Objects are merged, everything else is replaced."""
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(payload.get(name), dict):
            _merge(payload[name], value)
        else:
            payload[name] = value


def _build_on(payload: dict[str, Any], job_type: JobType, piece: Piece) -> None:
    """Give the piece to the job: by its id if the type takes ids of any kind, else in the field for its kind."""
    if "pieces" in fields_of(job_type):
        payload["pieces"] = [*payload.get("pieces", []), piece.id]
        return
    fitting = [each.field for each in job_type.context if each.kind == piece.kind]
    if not fitting:
        kinds = ", ".join(each.kind for each in job_type.context) or "none"
        raise CommandError(
            f"{job_type.type} cannot build on a {piece.kind} ({piece.name}). Kinds that it takes: {kinds}. "
            f"Any piece can be --{option_of('canon')}.",
            USAGE,
        )
    *above, last = fitting[0].split(".")
    place = payload
    for part in above:
        place = place.setdefault(part, {})
    if last in place:
        raise CommandError(f"{job_type.type} takes one {piece.kind}, and {fitting[0]} is already given.", USAGE)
    place[last] = {"name": piece.name, "description": piece.description, "type": piece.kind, "details": piece.details}
