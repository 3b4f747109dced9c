"""The pieces and worlds that a payload names by id, and their snapshots, which are stored with the job.

A job uses them as they were when it was submitted. A caller sends ids. The stored payload has snapshots instead of the
ids in `canon` and `pieces`, and as `piece` or `world` beside `piece_id` or `world_id`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Self, cast

from pydantic import AfterValidator, Field

from chalicelib.domain.document import Document, Shelf
from foundation.json_value import Json, size_bytes

#: One stored snapshot.
Snapshot = Mapping[str, Json]

#: The most ids in one list.
MAX_CHOSEN = 5
#: The most bytes of all pieces in the lists, as JSON in UTF-8. A world made of them can be saved
#: (`editing.MAX_DOCUMENT_BYTES`): the generator adds about 32 KiB at most.
MAX_CHOSEN_BYTES = 48 * 1024
#: The fields that take a list of pieces.
_LISTS = ("canon", "pieces")
#: The fields that name one document, its shelf, and the name of its snapshot.
_SINGLE = {"piece_id": (Shelf.PIECES, "piece"), "world_id": (Shelf.WORLDS, "world")}

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _uuid(text: str) -> str:
    """Raises `ValueError`."""
    given = text.strip().lower()
    if _UUID.fullmatch(given) is None:
        raise ValueError("must be a UUID")
    return given


def _distinct(ids: list[str]) -> list[str]:
    """Raises `ValueError`."""
    if len(set(ids)) < len(ids):
        raise ValueError("must not name an id twice")
    return ids


#: A UUID, in any case.
DocumentId = Annotated[str, AfterValidator(_uuid), Field(json_schema_extra={"format": "uuid"})]
DocumentIds = Annotated[
    list[DocumentId],
    Field(max_length=MAX_CHOSEN, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_distinct),
]


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that a payload names."""

    #: Where the id is in the payload, such as "canon[0]".
    path: str
    shelf: Shelf
    id: str


def references(payload: Mapping[str, Json]) -> Iterator[Reference]:
    """The documents that a caller's valid payload names."""
    for name in _LISTS:
        ids = cast(Sequence[str], payload.get(name) or ())
        yield from (Reference(f"{name}[{index}]", Shelf.PIECES, each) for index, each in enumerate(ids))
    for name, (shelf, _stored_as) in _SINGLE.items():
        if name in payload:
            yield Reference(name, shelf, str(payload[name]))


def with_snapshots(payload: Mapping[str, Json], found: Mapping[str, Document]) -> dict[str, Json]:
    """The payload to store. `found`: every document that the payload names, by its id."""
    stored = dict(payload)
    for name in _LISTS:
        if ids := cast(Sequence[str], payload.get(name) or ()):
            stored[name] = [_piece(found[each]) for each in ids]
    for name, (shelf, stored_as) in _SINGLE.items():
        if name in payload:
            document = found[str(payload[name])]
            stored[stored_as] = _rewritten_piece(document) if shelf is Shelf.PIECES else _world(document)
    return stored


def chosen_bytes(stored: Mapping[str, Json]) -> dict[str, int]:
    """The size of each list of pieces in a payload to store."""
    return {name: size_bytes(stored[name]) for name in _LISTS if stored.get(name)}


def as_sent(stored: Mapping[str, Json]) -> dict[str, Json]:
    """The payload as the caller sent it: with ids instead of snapshots."""
    sent = {name: value for name, value in stored.items() if name not in {name for _, name in _SINGLE.values()}}
    for name in _LISTS:
        if name in sent:
            sent[name] = [_id(each) for each in cast(Sequence[Json], sent[name])]
    return sent


@dataclass(frozen=True, slots=True)
class Chosen:
    """The snapshots in a stored payload."""

    #: Pieces that must not be contradicted.
    canon: Sequence[Snapshot] = ()
    #: Pieces of a world, besides those that the caller has sent in full.
    pieces: Sequence[Snapshot] = ()
    #: What the job rewrites.
    piece: Snapshot | None = None
    world: Snapshot | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Json]) -> Self:
        return cls(
            canon=_objects(stored.get("canon")),
            pieces=_objects(stored.get("pieces")),
            piece=_object(stored.get("piece")),
            world=_object(stored.get("world")),
        )


NOTHING_CHOSEN = Chosen()


def by_role(pieces: Sequence[Snapshot], taken: Sequence[str] = ()) -> dict[str, Snapshot]:
    """Each piece with its role: its kind, or "character_2" and so on if that is `taken` or an earlier piece has it."""
    roles: dict[str, Snapshot] = {}
    for piece in pieces:
        kind, number = str(piece["type"]), 1
        role = kind
        while role in roles or role in taken:
            number += 1
            role = f"{kind}_{number}"
        roles[role] = piece
    return roles


def _piece(document: Document) -> dict[str, Json]:
    """{id, name, description, type, language, details}"""
    content = document.content
    return {
        "id": document.id,
        "name": content["name"],
        "description": content.get("description") or "",
        "type": document.facts["kind"],
        "language": content.get("language"),
        "details": content.get("details") or {},
    }


def _rewritten_piece(document: Document) -> dict[str, Json]:
    return {**_piece(document), "version": document.version}


def _world(document: Document) -> dict[str, Json]:
    """{id, version, theme, title, story, quest, language, pieces}"""
    names = ("title", "story", "quest", "language", "pieces")
    content = {name: document.content.get(name) for name in names}
    return {"id": document.id, "version": document.version, "theme": document.facts.get("theme"), **content}


def _objects(value: Json) -> list[Snapshot]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def _object(value: Json) -> Snapshot | None:
    return value if isinstance(value, Mapping) else None


def _id(value: Json) -> Json:
    return value["id"] if isinstance(value, Mapping) else value
