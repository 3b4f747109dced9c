"""Applies what a job has rewritten to the piece or world as it is now."""

from collections.abc import Mapping, Sequence
from typing import cast

from chalicelib.domain.document import Document, Shelf
from chalicelib.domain.error import GenerationFailed, StaleVersion
from chalicelib.domain.finished_piece import author_of
from chalicelib.domain.job import Job
from chalicelib.port.document_store import DocumentStore
from chalicelib.service.full_window import Clock
from foundation.json_value import Json, as_object

#: Fields of a piece that are not entries of its details.
_OWN_FIELDS = frozenset({"name", "description"})


class Rewriting:
    """Delivers rewritten fields: they become the next version of the document, once for a job and all its retries."""

    def __init__(self, documents: DocumentStore, clock: Clock) -> None:
        """`clock` returns seconds since 1970."""
        self._documents = documents
        self._clock = clock

    async def deliver_piece(self, job: Job, written: Json) -> Json:
        """`written`: a list with the piece. Raises `GenerationFailed`, `LibraryUnavailable`."""
        (piece,) = cast(Sequence[Json], written)
        document = await self._deliver(job, Shelf.PIECES, str(job.payload["piece_id"]), as_object(piece))
        content = document.content
        return {
            "piece": {
                "id": document.id,
                "version": document.version,
                "kind": document.facts["kind"],
                "name": content["name"],
                "description": content.get("description") or "",
                "language": content.get("language"),
                "details": content.get("details") or {},
            }
        }

    async def deliver_world(self, job: Job, written: Json) -> Json:
        """`written`: the world. Raises `GenerationFailed`, `LibraryUnavailable`."""
        document = await self._deliver(job, Shelf.WORLDS, str(job.payload["world_id"]), as_object(written))
        shown = {name: document.content.get(name) for name in ("title", "story", "quest", "language")}
        return {"world": {"id": document.id, "version": document.version, **shown}}

    async def _deliver(self, job: Job, shelf: Shelf, document_id: str, new: Mapping[str, Json]) -> Document:
        """The document with the new fields. A document in the trash gets them too, and stays there."""
        while True:
            current = await self._documents.read(shelf, job.owner, document_id)
            if current is None:
                raise GenerationFailed("document_gone")
            if delivered := await self._delivered(current, job):
                return delivered
            content = _merged(current, cast(Sequence[str], job.payload["fields"]), new)
            changed = current.with_content(content, author_of(job), int(self._clock() * 1000))
            try:
                await self._documents.replace(current, changed)
            except StaleVersion:
                continue  # somebody else has changed it just now
            return changed

    async def _delivered(self, current: Document, job: Job) -> Document | None:
        """The version that an earlier attempt, or the job that this one retries, has made."""
        if current.author.root_id == job.root_id:
            return current
        versions = await self._documents.versions(current)
        return next((version for version in versions if version.author.root_id == job.root_id), None)


def _merged(document: Document, fields: Sequence[str], new: Mapping[str, Json]) -> dict[str, Json]:
    """The content with these fields replaced, whatever else has changed since the job was submitted."""
    content = dict(document.content)
    if document.shelf is Shelf.WORLDS:
        return content | {field: new[field] for field in fields}
    details = as_object(new["details"])
    content |= {field: new[field] for field in fields if field in _OWN_FIELDS}
    rewritten = {field: details[field] for field in fields if field not in _OWN_FIELDS}
    return content | {"details": {**as_object(content.get("details") or {}), **rewritten}}
