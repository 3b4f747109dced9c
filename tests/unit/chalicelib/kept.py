"""Pieces and worlds that an owner keeps."""

from typing import Any

from chalicelib.domain.document import Author, Document, Shelf
from chalicelib.domain.job_type import JOB_TYPES
from foundation.json_value import Json
from tests.unit.chalicelib.system import OWNER, System

PIECE_ID = "11111111-0000-4000-8000-000000000001"
WORLD_ID = "22222222-0000-4000-8000-000000000002"
OSK: dict[str, Json] = {
    "name": "Osk Venn",
    "description": "He ferried the plague ship.",
    "language": "en",
    "details": {"concept": "a ferryman", "appearance": "Tall, in tar-black oilskins.", "secret": "He can swim."},
}
LOW_TARN: dict[str, Json] = {
    "title": "Low Tarn",
    "story": "The bells ring.\n\nNobody counts them.",
    "quest": {"title": "The Bell", "description": "Find who rings it."},
    "language": "en",
    "pieces": {"setting": {"name": "Low Tarn", "description": "A drowned town.", "type": "setting"}},
}
FACTS: dict[str, Json] = {"user_id": "42", "job_id": "33333333-0000-4000-8000-000000000003", "theme": "folk tales"}


def piece(document_id: str = PIECE_ID, *, kind: str = "character", owner: str = OWNER, **content: Json) -> Document:
    return _document(document_id, Shelf.PIECES, owner, facts={"kind": kind}, content=OSK | content)


def world(document_id: str = WORLD_ID, *, owner: str = OWNER, **content: Json) -> Document:
    return _document(document_id, Shelf.WORLDS, owner, facts=FACTS, content=LOW_TARN | content)


def _document(document_id: str, shelf: Shelf, owner: str, **parts: Any) -> Document:
    person = Author()
    return Document(
        id=document_id, owner=owner, shelf=shelf, origin=person, author=person, created_at=1, updated_at=1, **parts
    )


async def keep_examples(system: System) -> None:
    """Keep what the examples of the job types name."""
    for job_type in JOB_TYPES.values():
        if "piece_id" in job_type.example:
            await system.documents.add(piece(str(job_type.example["piece_id"])))
        if "world_id" in job_type.example:
            await system.documents.add(world(str(job_type.example["world_id"])))
