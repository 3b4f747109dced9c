"""Turns what was generated into the job's result."""

from chalicelib.domain.job import Job
from chalicelib.domain.world import World, world_of
from chalicelib.port.world_store import WorldStore
from foundation.json_value import Json, as_object


async def deliver_result(_job: Job, written: Json) -> Json:
    """The pieces unchanged: an array of {name, description, type, language, details}."""
    return written


async def deliver_world(worlds: WorldStore, job: Job, written: Json) -> Json:
    """Save the world, once for a job and all its retries. Raises `LibraryUnavailable`."""
    world = await worlds.save(world_of(job, as_object(written)))
    return world_result(world)


def world_result(world: World) -> Json:
    """The result of the job that wrote the world."""
    return {
        "world_id": world.id,
        "language": world.language,
        "title": world.title,
        "story": world.story,
        "quest": world.quest,
        "pieces": world.pieces,
    }
