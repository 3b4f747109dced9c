"""Turns what was generated into the job's result."""

from chalicelib.domain.document import Document
from chalicelib.domain.job import Job
from chalicelib.domain.world_content import world_of
from chalicelib.port.document_store import DocumentStore
from foundation.json_value import Json, as_object


async def deliver_result(_job: Job, written: Json) -> Json:
    """The pieces unchanged: an array of {name, description, type, language, details}."""
    return written


async def deliver_world(documents: DocumentStore, job: Job, written: Json) -> Json:
    """Save the world, once for a job and all its retries. Raises `LibraryUnavailable`."""
    world = await documents.add(world_of(job, as_object(written)))
    return world_result(world)


def world_result(world: Document) -> Json:
    """The result of the job that wrote the world."""
    return {"world_id": world.id, **{name: world.content[name] for name in _OF_THE_RESULT}}


_OF_THE_RESULT = ("language", "title", "story", "quest", "pieces")
