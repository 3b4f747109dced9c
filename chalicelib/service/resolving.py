"""Looks up the pieces and worlds that a request names, so that they are stored with the job as they are now."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from chalicelib.domain.context import MAX_CONTEXT, world_pieces
from chalicelib.domain.document import Document, Shelf
from chalicelib.domain.error import Fault, InvalidSubmission
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.job_type import FIELDS, JOB_TYPES, Delivery
from chalicelib.domain.snapshot import MAX_CHOSEN_BYTES, Reference, chosen_bytes, references, with_snapshots
from chalicelib.port.document_store import DocumentStore
from foundation.json_value import Json, as_object, size_bytes

_NAMES = {Shelf.PIECES: "piece", Shelf.WORLDS: "world"}


class Resolving:
    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents

    async def stored(self, request: JobRequest) -> Mapping[str, Json]:
        """The payload to store: the request's payload with the documents that it names, as they are now.

        Raises `InvalidSubmission` with a fault for each document that the caller does not have, or if they are too
        large; `LibraryUnavailable`.
        """
        (stored,) = await self.stored_all([request])
        if isinstance(stored, InvalidSubmission):
            raise stored
        return stored

    async def stored_all(self, requests: Sequence[JobRequest]) -> list[Mapping[str, Json] | InvalidSubmission]:
        """`stored` for each of these requests, with its error as a value. A document is read once for all of them."""
        named = [list(references(request.payload)) for request in requests]
        wanted = {
            (each.shelf, request.owner, each.id): None
            for request, references_of in zip(requests, named, strict=True)
            for each in references_of
        }
        read = await asyncio.gather(*(self._documents.read(*each) for each in wanted))
        found = {document.id: document for document in read if document}
        return [_stored(request, each, found) for request, each in zip(requests, named, strict=True)]


def _stored(
    request: JobRequest, named: Sequence[Reference], found: Mapping[str, Document]
) -> Mapping[str, Json] | InvalidSubmission:
    if faults := [fault for each in named for fault in _faults(each, found.get(each.id))]:
        return InvalidSubmission(faults)
    stored = request.payload
    if named:
        stored = with_snapshots(request.payload, found)
        faults = [*_field_faults(request, stored), *_context_faults(request, stored)]
    faults += _size_faults(request, stored)
    return InvalidSubmission(faults) if faults else stored


def _faults(named: Reference, document: Document | None) -> Iterator[Fault]:
    name = _NAMES[named.shelf]
    if document is None:
        yield Fault(f"payload.{named.path}", f"is not the id of one of your {name}s")
    elif document.deleted_at is not None:
        yield Fault(f"payload.{named.path}", f"is the id of a {name} in the trash; restore it first")


def _field_faults(request: JobRequest, stored: Mapping[str, Json]) -> Iterator[Fault]:
    """What is wrong with the fields to rewrite. Which fields a piece has depends on its kind."""
    job_type = JOB_TYPES[request.type]
    if not job_type.is_rewriting:
        return
    kind = job_type.kind_of(stored)
    known = FIELDS.get(kind)
    if known is None:
        yield Fault("payload.piece_id", f"is the id of a {kind}, and pieces of that kind cannot be rewritten")
        return
    for index, field in enumerate(cast(Sequence[str], request.payload["fields"])):
        if field not in known:
            yield Fault(f"payload.fields[{index}]", f"is not a field of a {kind}; the fields are: {', '.join(known)}")


def _context_faults(request: JobRequest, stored: Mapping[str, Json]) -> Iterator[Fault]:
    """Too many pieces. Those that belong to the job come first, canon last."""
    params = JOB_TYPES[request.type].params(stored, request.owner)
    if len(as_object(params.get("context") or {})) > MAX_CONTEXT:
        field = "canon" if request.payload.get("canon") else "pieces"
        yield Fault(f"payload.{field}", f"are too many: a job takes at most {MAX_CONTEXT} pieces in all")


def _size_faults(request: JobRequest, stored: Mapping[str, Json]) -> Iterator[Fault]:
    """Too much text for a prompt, or for the world made of it. Otherwise the job would fail after it was paid for."""
    sizes = chosen_bytes(stored)
    if sum(sizes.values()) > MAX_CHOSEN_BYTES:
        yield _too_large(max(sizes, key=lambda name: sizes[name]))
    elif JOB_TYPES[request.type].delivery is Delivery.WORLD and size_bytes(world_pieces(stored)) > MAX_CHOSEN_BYTES:
        yield _too_large("selectedLore")


def _too_large(field: str) -> Fault:
    return Fault(
        f"payload.{field}", f"are too large: a job takes at most {MAX_CHOSEN_BYTES // 1024} KiB of pieces in all"
    )
