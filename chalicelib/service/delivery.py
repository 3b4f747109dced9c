"""What becomes of what was generated: the job's result."""

from chalicelib.domain.job import Job, Json
from chalicelib.domain.world import World, world_of
from chalicelib.port import WorldStore


async def deliver_result(_job: Job, written: Json) -> Json:
    """As it is: an array of {name, description, type, details}."""
    return written


async def deliver_world(worlds: WorldStore, job: Job, written: Json) -> Json:
    """Saved as a world, once however often it is called for a job and its retries. Raises `WorldsUnavailable`."""
    world = await worlds.save(world_of(job, written))
    return world_result(world)


def world_result(world: World) -> Json:
    """A world as the result of the job that made it."""
    return {
        "world_id": world.id,
        "title": world.title,
        "story": world.story,
        "quest": world.quest,
        "pieces": world.pieces,
    }
