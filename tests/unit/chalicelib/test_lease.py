"""Leases of the jobs of one process."""

import asyncio

from chalicelib.domain.change import Change
from chalicelib.domain.lifecycle import Action, Status
from chalicelib.domain.timing import Timing
from tests.unit.chalicelib.system import System

TIMING = Timing()


async def test_leases_are_renewed_until_the_last_of_several_invocations_ends() -> None:
    """The invocations of one process share a heartbeat. The end of the first must not stop it."""
    system = System(TIMING)
    quick, slow = await system.submitted(count=1), await system.submitted(count=1)

    async def take_long(job_id: str, _item: int, stage: str) -> None:
        await asyncio.sleep(2 * TIMING.lease_s if (job_id, stage) == (slow.id, "name") else 0)

    system.generator.before_stage = take_long
    working = [asyncio.create_task(system.work(job.id)) for job in (slow, quick)]
    await working[1]
    await asyncio.sleep(1.5 * TIMING.lease_s)
    assert await system.services.recovery.sweep() == 0
    await working[0]
    assert (await system.job(slow.id)).attempt == 1
    assert (await system.job(slow.id)).status is Status.COMPLETED


async def test_invocations_side_by_side_renew_each_lease_once_per_heartbeat() -> None:
    """A process with many invocations would otherwise renew the leases of all its jobs for each of them."""
    assert await _calls_of(5) <= 5 * await _calls_of(1)


async def test_a_lease_that_cannot_be_renewed_does_not_keep_the_others_from_it() -> None:
    system = System(TIMING)
    jobs = [await system.submitted(count=1) for _ in range(6)]
    record, renewed = system.jobs.record, set[str]()

    async def fail_for_the_first(job_id: str, change: Change) -> None:
        if change.action is Action.RENEW:
            if job_id == jobs[0].id:
                raise ValueError("a reply that nobody knows")
            renewed.add(job_id)
        await record(job_id, change)

    async def take_long(_job_id: str, _item: int, _stage: str) -> None:
        await asyncio.sleep(2 * TIMING.heartbeat_s)

    system.jobs.record = fail_for_the_first  # type: ignore[method-assign]
    system.generator.before_stage = take_long
    await system.work(*(job.id for job in jobs))
    assert renewed == {job.id for job in jobs[1:]}


async def _calls_of(count: int) -> int:
    """How many calls to the store this many invocations make, with one slow job each."""
    system = System(TIMING)

    async def take_long(_job_id: str, _item: int, _stage: str) -> None:
        await asyncio.sleep(20)

    system.generator.before_stage = take_long
    jobs = [await system.submitted(count=1) for _ in range(count)]
    system.server.down_after = many = 10**6
    await asyncio.gather(*(system.work(job.id) for job in jobs))
    return many - system.server.down_after
