"""Recovering jobs that are stuck."""

import asyncio

import pytest

from chalicelib.adapter.emf_meter import EmfMeter
from chalicelib.domain import change
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.service.worker import Message
from foundation.job_failure import NEVER_STARTED
from tests.unit.chalicelib.system import OWNER, System, message
from tests.virtual_time import now_ms


async def _claimed(system: System, job: Job, token: str = "the-dead") -> None:
    await system.jobs.apply(job.id, change.claim(await system.job(job.id), token, system.timing))


async def test_a_job_whose_message_was_lost_is_queued_again_after_growing_waits() -> None:
    """A backlog must not fill the queue with copies."""
    system = System()
    job = await system.submitted()
    sent_at = []
    for second in range(300):
        await asyncio.sleep(1)
        if await system.services.recovery.sweep():
            sent_at.append(second + 1)
    assert sent_at == [31, 92, 213]
    assert system.queue.sent == [(job.id, 0)] * 4


async def test_the_job_of_a_dead_worker_is_queued_again_once_its_lease_has_expired() -> None:
    system = System()
    job = await system.submitted()
    await _claimed(system, job)
    await asyncio.sleep(system.timing.lease_s - 1)
    assert await system.services.recovery.sweep() == 0
    await asyncio.sleep(2)
    assert await system.services.recovery.sweep() == 1
    assert await system.services.recovery.sweep() == 0
    assert system.queue.sent[1:] == [(job.id, 0)]


async def test_a_poll_of_a_stuck_job_recovers_it() -> None:
    """Recovery needs no process that is always running."""
    system = System()
    job = await system.submitted()
    await _claimed(system, job)
    await asyncio.sleep(system.timing.lease_s + 1)
    await system.services.reading.job(OWNER, job.id)
    assert system.queue.sent[1:] == [(job.id, 0)]


async def test_eight_polls_of_a_stuck_job_queue_it_once() -> None:
    system = System()
    job = await system.submitted()
    await _claimed(system, job)
    await asyncio.sleep(system.timing.lease_s + 1)
    await asyncio.gather(*(system.services.reading.job(OWNER, job.id) for _ in range(8)))
    assert len(system.queue.sent) == 2


async def test_a_job_whose_workers_died_three_times_fails() -> None:
    system = System()
    job = await system.submitted()
    for n in range(3):
        await _claimed(system, job, f"worker-{n}")
        await asyncio.sleep(system.timing.lease_s + 1)
    await system.services.recovery.sweep()
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code, failed.retryable) == (Status.FAILED, "worker_lost", True)


async def test_the_first_reader_fails_a_job_past_its_deadline() -> None:
    system = System()
    job = await system.submitted()
    await _claimed(system, job)
    await asyncio.sleep(system.timing.job_deadline_s + 1)
    view, _ = await system.services.reading.job(OWNER, job.id)
    assert (view.job.status, view.job.error_code) == (Status.FAILED, "timeout")


async def test_a_living_worker_has_time_to_end_its_own_job_at_the_deadline() -> None:
    system = System()
    job = await system.submitted()
    await _claimed(system, job)
    for _ in range(121):
        await asyncio.sleep(1)
        await system.jobs.apply(job.id, change.renew("the-dead", system.timing))
    await system.services.recovery.sweep()
    assert (await system.job(job.id)).status is Status.PROCESSING
    await asyncio.sleep(system.timing.deadline_grace_s)
    await system.services.recovery.sweep()
    assert (await system.job(job.id)).status is Status.FAILED


async def test_a_job_that_nobody_claims_for_an_hour_fails() -> None:
    system = System()
    job = await system.submitted()
    await asyncio.sleep(system.timing.max_pending_s + 1)
    assert await system.work(job.id) == []
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code) == (Status.FAILED, "timeout")


async def test_a_job_that_could_not_be_queued_again_is_queued_by_a_later_sweep() -> None:
    system = System()
    job = await system.submitted()
    await _claimed(system, job)
    await asyncio.sleep(system.timing.lease_s + 1)
    system.queue.down = True
    view, _ = await system.services.reading.job(OWNER, job.id)
    assert view.job.status is Status.PROCESSING
    system.queue.down = False
    await asyncio.sleep(system.timing.resend_after_s + 1)
    assert await system.services.recovery.sweep() == 1
    assert len(system.queue.sent) == 2


async def test_a_message_that_could_not_be_sent_is_not_counted_as_sent() -> None:
    """Otherwise each failed try would double the wait for the next one."""
    system = System()
    job = await system.submitted()
    await asyncio.sleep(system.timing.resend_after_s + 1)
    system.queue.down = True
    for _ in range(5):
        with pytest.raises(QueueUnavailable):
            await system.services.recovery.sweep()
    system.queue.down = False
    assert await system.services.recovery.sweep() == 1
    assert system.queue.sent[1:] == [(job.id, 0)]


async def test_a_dead_letter_of_an_overdue_or_exhausted_job_reports_the_cause() -> None:
    system = System()
    overdue, exhausted = await system.submitted(), await system.submitted()
    for _ in range(exhausted.max_attempts):
        await _claimed(system, await system.job(exhausted.id))
        await asyncio.sleep(system.timing.lease_s + 1)
    assert await system.services.worker.fail_dead_letters([message(exhausted.id)]) == []
    assert (await system.job(exhausted.id)).error_code == "worker_lost"
    await asyncio.sleep(system.timing.max_pending_s + 1)
    assert await system.services.worker.fail_dead_letters([message(overdue.id)]) == []
    assert (await system.job(overdue.id)).error_code == "timeout"


async def test_a_dead_letter_does_not_fail_a_job_whose_next_attempt_is_queued() -> None:
    """The dead letter is an old message. The next attempt has a message of its own."""
    system = System()
    job = await system.submitted()
    await _claimed(system, job)
    release = change.release("the-dead", "Again...", 1, uses_attempt=True)
    await system.jobs.apply(job.id, release)
    await asyncio.sleep(2)
    assert await system.services.worker.fail_dead_letters([message(job.id)]) == [message(job.id).id]
    await system.work(job.id)
    assert (await system.job(job.id)).status is Status.COMPLETED
    assert await system.services.worker.fail_dead_letters([message(job.id)]) == []


async def test_a_dead_letter_fails_its_job() -> None:
    system = System()
    job = await system.submitted()
    assert await system.services.worker.fail_dead_letters([message(job.id)]) == []
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code, failed.retryable) == (Status.FAILED, "undeliverable", True)


async def test_a_dead_letter_of_a_running_job_comes_back_later() -> None:
    """The worker may be alive. The job is failed only once its lease has expired."""
    system = System()
    job = await system.submitted()
    await _claimed(system, job)
    assert await system.services.worker.fail_dead_letters([message(job.id)]) == [message(job.id).id]
    await asyncio.sleep(system.timing.lease_s + 1)
    assert await system.services.worker.fail_dead_letters([message(job.id)]) == []
    assert (await system.job(job.id)).status is Status.FAILED


@pytest.mark.parametrize("body", ["", "{}", "not json", '{"job_id": 7}', '{"job_id": "id"}', "[]"])
async def test_a_dead_letter_that_names_no_job_is_dropped(body: str) -> None:
    system = System()
    letter = Message(id="letter", body=body)
    assert await system.services.worker.fail_dead_letters([letter]) == []


async def test_an_entry_without_a_job_is_removed_from_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """A crash between listing and creating a job leaves such an entry. No job is lost."""
    system = System(meter=EmfMeter("dev", None))
    job = await system.submitted()
    await system.jobs.discard(job)
    system.server.unfinished[job.id] = now_ms()
    await asyncio.sleep(120)
    await system.services.recovery.sweep()
    assert await system.unfinished() == []
    assert "JobsLost" not in capsys.readouterr().out


async def test_a_job_that_expires_before_it_is_archived_is_counted_as_lost(capsys: pytest.CaptureFixture[str]) -> None:
    system = System(meter=EmfMeter("dev", None))
    system.history.down = True
    await system.work((await system.submitted()).id)
    await asyncio.sleep(system.timing.job_ttl_s - 60)
    await system.services.recovery.sweep()
    written = capsys.readouterr().out
    assert ("ArchivesFailed" in written, "JobsLost" in written) == (True, False)
    await asyncio.sleep(60)
    for _ in range(2):
        await system.services.recovery.sweep()
    assert capsys.readouterr().out.count('"JobsLost":[1.0]') == 1
    assert await system.unfinished() == []


async def test_a_broken_job_does_not_hold_up_the_others() -> None:
    system = System()
    broken, lost = await system.submitted(), await system.submitted()
    system.server.records[broken.id].fields["status"] = "nonsense"
    await asyncio.sleep(system.timing.resend_after_s + 1)
    assert await system.services.recovery.sweep() == 1
    assert [job_id for job_id, _ in system.queue.sent[2:]] == [lost.id]


async def test_a_job_that_can_be_read_but_not_recovered_does_not_hold_up_the_others() -> None:
    system = System()
    broken, lost = await system.submitted(), await system.submitted()
    recovery, recover = system.services.recovery, system.services.recovery.recover

    async def fail(job: Job, *, may_send: bool = True) -> bool:
        if job.id == broken.id:
            raise ValueError("its payload cannot be read")
        return await recover(job, may_send=may_send)

    recovery.recover = fail  # type: ignore[method-assign]
    await asyncio.sleep(system.timing.resend_after_s + 1)
    assert await recovery.sweep() == 1
    assert [job_id for job_id, _ in system.queue.sent[2:]] == [lost.id]


async def test_a_sweep_does_not_look_at_jobs_that_are_too_young_to_be_stuck() -> None:
    """Most jobs are archived before that, so a sweep reads next to nothing."""
    system = System()
    job = await system.submitted()
    await system.services.reading.cancel(OWNER, job.id)
    await system.services.recovery.sweep()
    assert await system.unfinished() == [job.id]
    await asyncio.sleep(system.timing.never_stuck_s)
    await system.services.recovery.sweep()
    assert await system.unfinished() == []


async def test_jobs_are_ended_even_if_the_queue_is_down() -> None:
    """A job that waits for a message must not keep later ones from being ended."""
    system = System()
    lost = await system.submitted()
    overdue = await system.submitted()
    await _claimed(system, overdue)
    await asyncio.sleep(system.timing.job_deadline_s + system.timing.deadline_grace_s + 1)
    system.queue.down = True
    with pytest.raises(QueueUnavailable):
        await system.services.recovery.sweep()
    assert (await system.job(overdue.id)).error_code == "timeout"
    assert (await system.job(lost.id)).status is Status.PENDING


async def test_the_error_of_a_job_that_never_started_does_not_say_that_writing_took_too_long() -> None:
    system = System()
    job = await system.submitted()
    await asyncio.sleep(system.timing.max_pending_s + 1)
    await system.services.recovery.sweep()
    ended = await system.job(job.id)
    assert (ended.error_code, ended.error) == ("timeout", NEVER_STARTED)


async def test_leftovers_of_an_ended_job_are_cleaned_up_after_an_outage() -> None:
    """The end was stored, but the store failed before the owner's quota was released."""
    system = System()
    job = await system.submitted()
    await system.work(job.id)
    system.server.unfinished[job.id] = 0
    system.server.counted[OWNER][job.id] = 0
    await system.quotas.acquire_run_slot(OWNER, job.id, system.limits.quota, hold_s=100)
    await system.services.recovery.sweep()
    assert await system.quotas.unfinished_ages(OWNER) == {}
    assert system.server.running[OWNER] == {}
    assert await system.unfinished() == []
