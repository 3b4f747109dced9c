"""Finds a job, a piece or a world by its id, the start of its id, or its name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from loresmith import Job, LoreSmith
from loresmith.cli.failure import NOT_FOUND, USAGE, CommandError
from loresmith.model import JobType, Piece, World

T = TypeVar("T", Piece, World)

_WHOLE_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_WHOLE_DELIVERY_ID = re.compile(r"msg_[0-9a-f]{32}")
_BEGINNING = re.compile(r"[0-9a-fA-F-]{2,35}")
#: How many jobs and documents are searched for the start of an id.
_MOST = 1_000
#: How many characters of an id a terminal shows.
SHORT_ID = 8
#: The same for the id of a delivery, which starts with "msg_".
SHORT_DELIVERY_ID = 12


def find_job(client: LoreSmith, text: str | None) -> Job[Any]:
    """The job with this id or this beginning of one; without a text, the newest job. Raises `CommandError`."""
    if text is None:
        newest = next(iter(client.jobs.list(limit=1)), None)
        if newest is None:
            raise CommandError("You have no jobs. Submit one: loresmith generate characters", NOT_FOUND)
        return client.jobs.get(newest.id)
    if _WHOLE_ID.fullmatch(text):
        return client.jobs.get(text)
    if not _BEGINNING.fullmatch(text):
        raise CommandError(f"{text} is not a job id. List your jobs: loresmith jobs", USAGE)
    job_id = _the_one(text, [job.id for job in client.jobs.list(limit=_MOST) if job.id.startswith(text.lower())])
    if job_id is None:
        raise CommandError(
            f"None of your jobs has an id that starts with {text}. Jobs are kept for a day. Their results are in "
            "`loresmith pieces` and `loresmith worlds`.",
            NOT_FOUND,
        )
    return client.jobs.get(job_id)


def find_delivery(job: Job[Any], text: str) -> str:
    """The id of the job's delivery with this id or this beginning of one. Raises `CommandError`."""
    if _WHOLE_DELIVERY_ID.fullmatch(text):
        return text
    found = _the_one(text, [each.id for each in job.deliveries() if each.id.startswith(text)])
    if found is None:
        raise CommandError(
            f"The job has no delivery {text}. List its deliveries: loresmith deliveries {job.id}", NOT_FOUND
        )
    return found


def find_piece(client: LoreSmith, text: str) -> Piece:
    """The piece with this id, beginning of an id, or name. Raises `CommandError`."""
    if _WHOLE_ID.fullmatch(text):
        return client.pieces.get(text)
    found = _matching(
        text, client.pieces.list(search=text, limit=100), client.pieces.list(limit=_MOST), lambda each: each.name
    )
    if found is None:
        raise CommandError(f"You have no piece {text!r}. List your pieces: loresmith pieces", NOT_FOUND)
    return found


def find_world(client: LoreSmith, text: str) -> World:
    """The world with this id, beginning of an id, or title. Raises `CommandError`."""
    if _WHOLE_ID.fullmatch(text):
        return client.worlds.get(text)
    found = _matching(
        text, client.worlds.list(search=text, limit=100), client.worlds.list(limit=_MOST), lambda each: each.title
    )
    if found is None:
        raise CommandError(f"You have no world {text!r}. List your worlds: loresmith worlds", NOT_FOUND)
    return found


def find_type(job_types: Sequence[JobType], text: str) -> JobType:
    """The job type with this name: "characters", "character" and "generate_characters" are the same one."""
    wanted = text.lower().replace("-", "_")
    for each in job_types:
        if wanted in (each.type, each.type.removeprefix("generate_")):
            return each
    for each in job_types:
        if each.delivers in ("pieces", "world") and wanted in (each.singular, each.plural, each.kind):
            return each
    names = [short_type(each.type) for each in job_types]
    close = difflib.get_close_matches(short_type(wanted), names, 1, cutoff=0.75)
    hint = f"Did you mean {close[0]}?" if close else f"Its job types: {', '.join(names)}"
    raise CommandError(f"The API has no job type {text}. {hint}", USAGE)


def short_type(name: str) -> str:
    return name.removeprefix("generate_")


def _matching(text: str, by_name: Iterable[T], by_id: Iterable[T], name_of: Any) -> T | None:
    """By its whole name; else by the beginning of its id; else by a part of its name."""
    named = [each for each in by_name if text.casefold() in name_of(each).casefold()]
    exact = [each for each in named if name_of(each).casefold() == text.casefold()]
    candidates = exact or (
        [each for each in by_id if each.id.startswith(text.lower())] if _BEGINNING.fullmatch(text) else []
    )
    candidates = candidates or named
    if len(candidates) > 1:
        shown = ", ".join(f"{each.id[:SHORT_ID]} {name_of(each)}" for each in candidates[:5])
        raise CommandError(f"{text!r} can mean {shown}{' ...' if len(candidates) > 5 else ''}. Use the id.", USAGE)
    return candidates[0] if candidates else None


def _the_one(text: str, ids: Sequence[str]) -> str | None:
    if len(ids) > 1:
        raise CommandError(f"{len(ids)} ids start with {text}: {', '.join(ids[:5])}. Give more of the id.", USAGE)
    return ids[0] if ids else None
