"""The quota of unfinished jobs, from submission to the end of the job."""

import asyncio

import pytest

from chalicelib.domain.error import (
    QueueUnavailable,
)
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.quota import Quota, QuotaExceeded
from tests.ledger import counted
from tests.unit.chalicelib.system import OWNER, System


async def test_submissions_at_once_do_not_release_each_other() -> None:
    """Between being counted and being created, a job looks like one whose process died."""
    system = System(quota=Quota(max_unfinished=2))
    answers = await asyncio.gather(*(system.submitted() for _ in range(40)), return_exceptions=True)
    assert sum(not isinstance(answer, QuotaExceeded) for answer in answers) == 2


async def test_the_end_of_a_job_releases_its_quota() -> None:
    system = System(quota=Quota(max_unfinished=2))
    first = await system.submitted()
    await system.submitted()
    with pytest.raises(QuotaExceeded) as refusal:
        await system.submitted()
    assert len(system.queue.sent) == 2
    assert refusal.value.retry_after_s > 0
    await system.work(first.id)
    await system.submitted()


async def test_quota_left_by_a_dead_process_is_released() -> None:
    system = System(quota=Quota(max_unfinished=1))
    await counted(system.quotas, OWNER, "a-job-that-was-never-created", 1_000, Quota(max_unfinished=1))
    with pytest.raises(QuotaExceeded):
        await system.submitted()
    await asyncio.sleep(31)
    assert (await system.submitted()).status is Status.PENDING


async def test_a_caller_that_sees_the_end_of_a_job_can_submit_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone can see the end of a job a moment before its quota is released."""
    system = System(quota=Quota(max_unfinished=1))
    job = await system.submitted()
    release = system.quotas.release

    async def release_late(_owner: str, _job_id: str) -> None:
        monkeypatch.setattr(system.quotas, "release", release)

    monkeypatch.setattr(system.quotas, "release", release_late)
    await system.services.reading.cancel(OWNER, job.id)
    assert (await system.submitted()).status is Status.PENDING


async def test_a_job_that_could_not_be_queued_does_not_count() -> None:
    system = System(quota=Quota(max_unfinished=1))
    system.queue.down = True
    with pytest.raises(QueueUnavailable):
        await system.submitted()
    system.queue.down = False
    await system.submitted()
