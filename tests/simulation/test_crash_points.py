"""The worker is killed at each of its awaits in turn. The next reader sees a legal job, and the job still ends well."""

import asyncio

import pytest

from chalicelib.bootstrap import assemble
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import TERMINAL, Status
from tests.simulation.process import GatedDatabase, Mortal, gated
from tests.unit.chalicelib.system import OWNER, System, message

pytestmark = pytest.mark.virtual_time

#: More than a job of one piece passes: the last points lie after its end.
POINTS = 80


async def _worker_killed_at(system: System, point: int, job: Job) -> bool:
    """Run a worker that dies at its `point`-th gate; False if it ended before."""
    life = Mortal()
    passed = 0

    async def gate() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            life.kill()
        await life.gate()

    services = assemble(
        database=GatedDatabase.of(system.database, gate),
        queue=gated(system.queue, gate),
        generator=gated(system.generator, gate),
        worlds=gated(system.worlds, gate),
        timing=system.timing,
    )
    working = asyncio.create_task(services.worker.work([message(job.id)]))
    try:
        await working
    except BaseException as death:
        # A task group may wrap the exception. Either way, the process is gone.
        if life.alive:
            raise death from None
    return not life.alive


async def _recovered(system: System, job: Job) -> None:
    """Do what the schedule and the queue do afterwards."""
    for _ in range(10):
        await asyncio.sleep(10)
        await system.services.recovery.sweep()
        await system.work(*{job_id for job_id, _ in system.queue.sent[1:]})
        if (await system.job(job.id)).is_final:
            return


@pytest.mark.parametrize("point", range(1, POINTS + 1))
@pytest.mark.parametrize("type_name", ["generate_characters", "create_world"])
async def test_a_worker_killed_at_any_await_leaves_a_legal_job_that_ends_well(type_name: str, point: int) -> None:
    system = System()
    payload: dict[str, object] = {"user_id": "1"} if type_name == "create_world" else {"count": 1}
    job = await system.submitted(type_name, **payload)
    died = await _worker_killed_at(system, point, job)
    view, _ = await system.services.reading.job(OWNER, job.id)
    assert view.job.status in {Status.PENDING, Status.PROCESSING, Status.COMPLETED}
    assert (view.job.result is not None) is (view.job.status is Status.COMPLETED)
    assert died or view.job.status in TERMINAL
    await _recovered(system, job)
    done = await system.job(job.id)
    assert done.status is Status.COMPLETED
    assert done.attempt <= 2
    worlds, _ = await system.worlds.page(OWNER, 10, None)
    assert len(worlds) == (type_name == "create_world")
    paid_twice = [count for count in system.generator.started.values() if count > 1]
    assert len(paid_twice) <= 2, "only what was on its way to the store, and what was under way, may be paid again"


async def test_the_enumeration_reaches_the_end_of_the_job() -> None:
    """Otherwise the points would not cover every await."""
    system = System()
    job = await system.submitted(count=1)
    assert not await _worker_killed_at(system, POINTS, job)
