"""What follows an attempt that fails, hangs, or loses its worker."""

import asyncio
from contextlib import suppress

import pytest

from chalicelib.domain.change import Change
from chalicelib.domain.error import GenerationFailed, StoreUnavailable
from chalicelib.domain.job import Job, Usage
from chalicelib.domain.lifecycle import Action, Status
from foundation.job_failure import NEVER_STARTED
from tests.unit.chalicelib.system import System


async def test_a_transient_failure_is_retried_without_paying_twice() -> None:
    system = System()

    async def overloaded_once(_job_id: str, item: int, stage: str) -> None:
        if (item, stage) == (1, "appearance") and len(system.queue.sent) == 1:
            raise GenerationFailed("provider_unavailable", "Down.", retryable=True)

    system.generator.before_stage = overloaded_once
    job = await system.submitted()
    assert await system.work(job.id) == []
    waiting = await system.job(job.id)
    assert (waiting.status, waiting.lease_token) == (Status.PROCESSING, None)
    assert waiting.message == "Interrupted; trying again (attempt 2 of 3)..."
    assert system.queue.sent[1] == (job.id, 1.0)
    await asyncio.sleep(1)
    await system.work(job.id)
    done = await system.job(job.id)
    assert (done.status, done.attempt) == (Status.COMPLETED, 2)
    assert set(system.generator.started.values()) == {1}


async def test_a_duplicate_message_does_not_start_a_delayed_attempt_early() -> None:
    system = System()

    async def busy(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("provider_rate_limited", "Slow down.", retryable=True, retry_after_s=10)

    system.generator.before_stage = busy
    job = await system.submitted()
    await system.work(job.id)
    assert await system.work(job.id) == []
    assert (await system.job(job.id)).attempt == 1


async def test_the_third_failure_ends_the_job() -> None:
    system = System()

    async def down(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("provider_unavailable", "The generator cannot be reached.", retryable=True)

    system.generator.before_stage = down
    job = await system.submitted()
    for _ in range(3):
        await system.work(job.id)
        await asyncio.sleep(20)
    failed = await system.job(job.id)
    assert (failed.status, failed.attempt) == (Status.FAILED, 3)
    assert (failed.error_code, failed.retryable) == ("provider_unavailable", True)
    assert failed.error == "The generator cannot be reached."
    assert failed.usage == Usage(3, 300, 0), "failed calls are paid for too"


async def test_a_permanent_failure_ends_the_job_at_once() -> None:
    system = System()

    async def refuse(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("refused", "The writer refused this request.", retryable=False)

    system.generator.before_stage = refuse
    job = await system.submitted()
    await system.work(job.id)
    failed = await system.job(job.id)
    assert (failed.status, failed.attempt, failed.retryable) == (Status.FAILED, 1, False)
    assert len(system.queue.sent) == 1


async def _full(_job_id: str, _item: int, _stage: str) -> None:
    raise GenerationFailed("overloaded", "Busy.", retryable=True, retry_after_s=2, uses_attempt=False)


async def test_a_full_generator_uses_no_attempt_and_no_time() -> None:
    """The deadline is counted from the first claim for which the generator has room."""
    system = System()
    has_room, system.generator.before_stage = system.generator.before_stage, _full
    job = await system.submitted()
    began_at = asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() - began_at < 2 * system.timing.job_deadline_s:
        await system.work(job.id)
        await asyncio.sleep(4)
    waiting = await system.job(job.id)
    assert (waiting.attempt, waiting.status) == (0, Status.PROCESSING)

    system.generator.before_stage = has_room
    await asyncio.sleep(system.timing.backoff_cap_s + 3)
    await system.work(job.id)
    assert (await system.job(job.id)).status is Status.COMPLETED


async def test_a_worker_ends_a_job_that_found_no_room_in_the_generator_for_an_hour() -> None:
    system = System()
    system.generator.before_stage = _full
    job = await system.submitted()
    await asyncio.sleep(system.timing.max_pending_s - 2)
    await system.work(job.id)
    ended = await system.job(job.id)
    assert (ended.status, ended.error_code, ended.retryable) == (Status.FAILED, "overloaded", True)


async def test_recovery_ends_a_job_that_found_no_room_in_the_generator() -> None:
    system = System()
    system.generator.before_stage = _full
    job = await system.submitted()
    await system.work(job.id)
    await asyncio.sleep(system.timing.max_pending_s - 60)
    assert not (await system.job(job.id)).is_final
    await asyncio.sleep(61)
    await system.services.recovery.sweep()
    ended = await system.job(job.id)
    assert (ended.error_code, ended.error) == ("timeout", NEVER_STARTED)


async def test_a_job_that_was_interrupted_keeps_its_deadline_when_the_generator_is_full() -> None:
    system = System()

    async def break_off(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("generator_unavailable", "Later.", retryable=True, retry_after_s=2)

    system.generator.before_stage = break_off
    job = await system.submitted()
    await system.work(job.id)
    await asyncio.sleep(4)
    deadline_at = (await system.job(job.id)).deadline_at
    assert deadline_at is not None

    system.generator.before_stage = _full
    await system.work(job.id)
    assert (await system.job(job.id)).deadline_at == deadline_at


async def test_a_released_job_is_queued_although_the_answer_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second try finds it released already. The next attempt must not wait until the message counts as lost."""
    system = System()
    apply = system.jobs.apply

    async def lose_the_answer(job_id: str, asked: Change) -> Job:
        job = await apply(job_id, asked)
        if asked.action is Action.RELEASE:
            raise StoreUnavailable
        return job

    async def fail(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("generator_unavailable", "Later.", retryable=True, retry_after_s=2)

    monkeypatch.setattr(system.jobs, "apply", lose_the_answer)
    system.generator.before_stage = fail
    job = await system.submitted()
    await system.work(job.id)
    assert system.queue.sent == [(job.id, 0), (job.id, 3)]


async def test_a_hanging_generator_times_out_at_the_deadline() -> None:
    system = System()

    async def hang(_job_id: str, _item: int, _stage: str) -> None:
        await asyncio.sleep(10_000)

    system.generator.before_stage = hang
    job = await system.submitted()
    started_at = asyncio.get_running_loop().time()
    await system.work(job.id)
    await asyncio.sleep(2)
    await system.work(job.id)
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code) == (Status.FAILED, "timeout")
    assert asyncio.get_running_loop().time() - started_at <= system.timing.job_deadline_s + 1
    assert system.generator.under_way == 0


async def test_another_worker_can_take_the_job_of_a_stopped_worker() -> None:
    system = System()
    job = await system.submitted()
    working = asyncio.create_task(system.work(job.id))
    await asyncio.sleep(2.5)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    assert system.generator.under_way == 0
    await asyncio.sleep(system.timing.lease_s + 1)
    assert await system.services.recovery.sweep() == 1
    assert system.queue.sent[-1] == (job.id, 0.0)
    await system.work(job.id)
    assert (await system.job(job.id)).status is Status.COMPLETED
    assert sum(system.generator.started.values()) == 9 + 1
