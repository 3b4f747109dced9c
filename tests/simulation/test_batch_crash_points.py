"""The API dies while it accepts a batch. The caller sends the same batch with the same key again."""

import asyncio

import pytest

from chalicelib.domain.job import Job
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.quota import UNLIMITED, Quota
from chalicelib.service.acceptance import Accepted, Verdict
from tests.simulation.dying import dying
from tests.simulation.process import Killed
from tests.unit.chalicelib.system import OWNER, System

SIZE = 3
#: More gates than a submission of the batch passes.
POINTS = 60


async def _died(system: System, point: int, key: str | None) -> bool:
    """Whether a process that submits the batch died at its `point`-th gate."""
    services, _ = dying(system, point)
    try:
        await services.submission.submit_all(OWNER, _requests(system), key)
    except Killed:
        return True
    return False


def _requests(system: System) -> list[JobRequest]:
    return [system.request(OWNER, "generate_relics", {"count": 1, "theme": f"theme {n}"}) for n in range(SIZE)]


def _jobs(verdicts: list[Verdict]) -> list[Job]:
    return [verdict.job for verdict in verdicts if isinstance(verdict, Accepted)]


async def _finished(system: System) -> None:
    """Let the schedule and the workers do their part."""
    for _ in range(3):
        await asyncio.sleep(system.timing.resend_after_s + 1)
        await system.services.recovery.sweep()
        await system.work(*{job_id for job_id, _ in system.queue.sent})


@pytest.mark.parametrize("quota", [UNLIMITED, Quota()], ids=["no limit", "quotas"])
async def test_an_api_killed_at_any_await_makes_no_job_of_a_batch_twice(quota: Quota) -> None:
    points = 0
    for point in range(1, POINTS):
        system = System(quota=quota)
        if not await _died(system, point, "key"):
            break
        points += 1
        verdicts = await system.services.submission.submit_all(OWNER, _requests(system), "key")
        jobs = _jobs(verdicts)
        assert len(jobs) == SIZE, f"point {point}"
        await _finished(system)
        assert set(system.server.records) == {job.id for job in jobs}, f"point {point}"
        assert {(await system.job(job.id)).status for job in jobs} == {Status.COMPLETED}, f"point {point}"
        assert [(await system.job(job.id)).payload["theme"] for job in jobs] == ["theme 0", "theme 1", "theme 2"]
        assert await system.quotas.unfinished_ages(OWNER) == {}
    assert points > SIZE * 4


async def test_a_batch_without_a_key_leaves_jobs_that_complete_and_no_reservation() -> None:
    """Some of its jobs may exist, although the caller got no answer."""
    for point in range(1, POINTS):
        system = System()
        if not await _died(system, point, None):
            break
        await asyncio.sleep(60)
        await _finished(system)
        assert all(system.server.job(record).is_final for record in system.server.records.values())
        assert await system.quotas.reserved_ages() == {}, f"point {point}"
