"""The limit of running jobs for each owner."""

import pytest

from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.quota import Quota
from tests.unit.chalicelib.system import OWNER, System


async def test_a_job_waits_while_its_owner_has_no_free_run_slot() -> None:
    """One owner must not occupy all workers. A waiting job uses no attempt and is not lost."""
    system = System(quota=Quota(max_running=2))
    jobs = [await system.submitted(count=1) for _ in range(3)]
    assert await system.work(*(job.id for job in jobs)) == []
    states = [await system.job(job.id) for job in jobs]
    assert [state.status for state in states] == [Status.COMPLETED, Status.COMPLETED, Status.PENDING]
    assert system.queue.sent[3:] == [(jobs[2].id, 3.0)]
    await system.work(jobs[2].id)
    assert (await system.job(jobs[2].id)).attempt == 1


async def test_copies_of_the_message_of_a_waiting_job_become_one() -> None:
    """SQS sometimes delivers copies. Waiting copies must not circulate side by side for ever."""
    system = System(quota=Quota(max_running=1))
    await system.quotas.acquire_run_slot(OWNER, "a job on another worker", Quota(max_running=1), 60)
    job = await system.submitted(count=1)
    await system.work(job.id, job.id, job.id)
    assert len(system.queue.sent) == 2


async def test_a_job_between_attempts_holds_no_run_slot() -> None:
    system = System(quota=Quota(max_running=1))
    first, second = [await system.submitted(count=1) for _ in range(2)]

    async def fail(job_id: str, _item: int, _stage: str) -> None:
        if job_id == first.id:
            raise GenerationFailed("generator_unavailable", "Later.", retryable=True)

    system.generator.before_stage = fail
    await system.work(first.id)
    await system.work(second.id)
    assert (await system.job(first.id)).status is Status.PROCESSING
    assert (await system.job(second.id)).status is Status.COMPLETED


async def test_the_run_slot_is_free_before_the_next_message_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker that receives the message gets its own slot, which a late release would take away."""
    system = System(quota=Quota(max_running=1))
    job = await system.submitted(count=1)

    async def fail(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("generator_unavailable", "Later.", retryable=True)

    async def send(_job: Job, _delay_s: float = 0) -> None:
        free.append(await system.quotas.acquire_run_slot(OWNER, "another", system.limits.quota, 60))

    free: list[bool] = []
    system.generator.before_stage = fail
    monkeypatch.setattr(system.queue, "send", send)
    await system.work(job.id)
    assert free == [True]
