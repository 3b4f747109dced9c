"""Accepting jobs and retries."""

import asyncio

import pytest

from chalicelib.domain.error import (
    GenerationFailed,
    IdempotencyMismatch,
    InvalidSubmission,
    NotAllowedNow,
    NotFound,
    QueueUnavailable,
    StoreUnavailable,
)
from chalicelib.domain.job import Job, PieceWarning
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.timing import Timing
from foundation import log_context
from tests.unit.chalicelib.system import OWNER, System

pytestmark = pytest.mark.virtual_time


async def test_an_accepted_job_is_stored_and_queued() -> None:
    system = System()
    job = await system.submitted(theme="steampunk")
    assert (await system.job(job.id)).payload["theme"] == "steampunk"
    assert system.queue.sent == [(job.id, 0)]


async def test_a_job_that_cannot_be_queued_is_deleted() -> None:
    system = System()
    system.queue.down = True
    with pytest.raises(QueueUnavailable):
        await system.submitted()
    assert await system.unfinished() == []


async def test_nothing_is_queued_while_the_store_is_down() -> None:
    system = System()
    system.server.down = True
    with pytest.raises(StoreUnavailable):
        await system.submitted()
    assert system.queue.sent == []


async def test_an_invalid_submission_stores_and_queues_nothing() -> None:
    system = System()
    with pytest.raises(InvalidSubmission):
        await system.submitted(count=11)
    assert await system.unfinished() == []
    assert system.queue.sent == []


async def test_eight_equal_submissions_at_once_make_one_job() -> None:
    system = System()
    accepted = await asyncio.gather(
        *(system.submit(OWNER, "generate_relics", {"theme": "noir"}, "one-key") for _ in range(8))
    )
    assert len({each.job.id for each in accepted}) == 1
    assert sorted(each.is_replayed for each in accepted) == [False] + [True] * 7
    assert len(system.queue.sent) == 1


async def test_a_key_belongs_to_one_request_of_one_owner() -> None:
    submit = System().submit
    first = await submit(OWNER, "generate_relics", {"theme": "noir"}, "key")
    with pytest.raises(IdempotencyMismatch):
        await submit(OWNER, "generate_relics", {"theme": "opera"}, "key")
    other = await submit("somebody-else", "generate_relics", {"theme": "opera"}, "key")
    assert other.job.id != first.job.id


async def test_invisible_characters_do_not_make_a_different_request() -> None:
    """The key is bound to the normalised request."""
    submit = System().submit
    first = await submit(OWNER, "create_world", {"user_id": 7, "theme": "No\u00ebl"}, "key")
    again = await submit(OWNER, "create_world", {"user_id": "7\u200b", "theme": "\ufeffNoe\u0308\u00adl\n"}, "key")
    assert (again.is_replayed, again.job.id) == (True, first.job.id)
    with pytest.raises(IdempotencyMismatch):
        await submit(OWNER, "create_world", {"user_id": 7, "theme": "Noel"}, "key")


async def test_a_key_whose_first_request_died_before_the_job_was_stored_still_works() -> None:
    """The binding outlives the request that made it, and must not lock the caller out."""
    system = System()
    submit = system.submit
    system.server.down_after = 1
    with pytest.raises(StoreUnavailable):
        await submit(OWNER, "generate_relics", {}, "key")
    system.server.down = False
    accepted = await submit(OWNER, "generate_relics", {}, "key")
    assert not accepted.is_replayed
    assert system.queue.sent == [(accepted.job.id, 0)]


async def test_a_keyed_job_that_could_not_be_queued_stays_and_recovery_queues_it() -> None:
    """An equal request may have returned the job already, so it must not vanish."""
    system = System()
    system.queue.down = True
    accepted = await system.submit(OWNER, "generate_relics", {}, "key")
    system.queue.down = False
    await asyncio.sleep(system.timing.resend_after_s + 1)
    await system.services.recovery.sweep()
    assert system.queue.sent == [(accepted.job.id, 0)]


async def test_a_key_refused_by_the_quota_works_for_its_request_later() -> None:
    """The key stays bound for a minute. Meanwhile an equal request may succeed, and must not be paid for twice."""
    system = System(quota=Quota(max_unfinished=1))
    submit = system.submit
    first = await system.submitted()
    with pytest.raises(QuotaExceeded):
        await submit(OWNER, "generate_relics", {}, "key")
    await system.work(first.id)
    made = await submit(OWNER, "generate_relics", {}, "key")
    again = await submit(OWNER, "generate_relics", {}, "key")
    assert (made.is_replayed, again.is_replayed, again.job.id) == (False, True, made.job.id)
    with pytest.raises(IdempotencyMismatch):
        await submit(OWNER, "generate_events", {}, "key")


async def test_the_key_of_an_accepted_job_lives_as_long_as_the_job_and_that_of_a_refused_request_does_not() -> None:
    """Otherwise refused requests could fill the store with keys."""
    system = System(quota=Quota(max_unfinished=1))
    submit = system.submit
    accepted = await submit(OWNER, "generate_relics", {}, "accepted")
    with pytest.raises(QuotaExceeded):
        await submit(OWNER, "generate_relics", {}, "refused")
    await system.work(accepted.job.id)
    await asyncio.sleep(23 * 3600)
    again = await submit(OWNER, "generate_relics", {}, "accepted")
    assert (again.is_replayed, again.job.id) == (True, accepted.job.id)
    assert (await submit(OWNER, "generate_events", {}, "refused")).job.type == "generate_events"


async def test_equal_requests_at_once_make_one_job_and_one_message() -> None:
    """Even if they share a trace id, as the requests of a caller that tries again do."""
    system = System()
    log_context.begin(request_id="4bf92f3577b34da6a3ce929d0e0e4736")
    submit = system.submit
    accepted = await asyncio.gather(*(submit(OWNER, "generate_relics", {}, "key") for _ in range(8)))
    assert len({each.job.id for each in accepted}) == 1
    assert [each.is_replayed for each in accepted].count(False) == 1
    assert len(system.queue.sent) == 1


@pytest.mark.parametrize("key", [None, "key"])
async def test_a_job_that_was_created_twice_is_queued(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    """The answer to its creation was lost, and the connection's own second try found the job."""
    system = System()
    create = system.jobs.create

    async def create_twice(new: NewJob, timing: Timing) -> Job:
        await create(new, timing)
        return await create(new, timing)

    monkeypatch.setattr(system.jobs, "create", create_twice)
    log_context.begin(request_id="4bf92f3577b34da6a3ce929d0e0e4736")
    accepted = await system.submit(OWNER, "generate_relics", {}, key)
    assert not accepted.is_replayed
    assert system.queue.sent == [(accepted.job.id, 0)]


async def test_a_slow_equal_request_does_not_count_a_job_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System(quota=Quota(max_unfinished=1))
    submit, count = system.submit, system.quotas.count_submission

    async def count_late(owner: str, job_id: str, quota: Quota) -> Standing:
        monkeypatch.setattr(system.quotas, "count_submission", count)
        faster = await submit(OWNER, "generate_relics", {}, "key")
        await system.services.reading.cancel(OWNER, faster.job.id)
        return await count(owner, job_id, quota)

    monkeypatch.setattr(system.quotas, "count_submission", count_late)
    slow = await submit(OWNER, "generate_relics", {}, "key")
    assert (slow.is_replayed, slow.job.status) == (True, Status.CANCELLED)
    assert await system.submitted()


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
    await system.quotas.count_submission(OWNER, "a-job-that-was-never-created", Quota(max_unfinished=1))
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


async def test_a_retry_continues_from_what_is_finished() -> None:
    system = System()

    async def refuse(_job_id: str, item: int, stage: str) -> None:
        if (item, stage) == (2, "backstory") and len(system.queue.sent) == 1:
            raise GenerationFailed("refused", "No.", retryable=False)

    system.generator.before_stage = refuse
    old = await system.submitted()
    await system.work(old.id)
    new = (await system.services.submission.retry(OWNER, old.id)).job
    assert (new.retry_of, new.root_id, new.attempt) == (old.id, old.id, 0)
    await system.work(new.id)
    assert (await system.job(new.id)).status is Status.COMPLETED
    assert system.generator.started[new.id, 2, "backstory"] == 1
    assert sum(count for (job_id, *_), count in system.generator.started.items() if job_id == new.id) == 1


async def test_a_job_with_missing_pieces_can_be_retried() -> None:
    system = System()
    system.generator.missing = [PieceWarning(2, "backstory", "truncated", "Cut short.", True)]
    old = await system.submitted()
    await system.work(old.id)
    assert (await system.services.submission.retry(OWNER, old.id)).job.retry_of == old.id


async def test_a_running_or_complete_job_cannot_be_retried() -> None:
    system = System()
    job = await system.submitted()
    with pytest.raises(NotAllowedNow):
        await system.services.submission.retry(OWNER, job.id)
    await system.work(job.id)
    with pytest.raises(NotAllowedNow):
        await system.services.submission.retry(OWNER, job.id)


async def test_another_owners_job_cannot_be_retried() -> None:
    system = System()
    job = await system.submitted()
    with pytest.raises(NotFound):
        await system.services.submission.retry("thief", job.id)


async def test_eight_retries_at_once_make_one_job() -> None:
    """Two clicks or two tabs, with different keys or none: the missing pieces are paid for once."""
    system = System(quota=Quota(max_unfinished=1))
    old = await system.submitted()
    await system.services.reading.cancel(OWNER, old.id)
    retry = system.services.submission.retry
    accepted = await asyncio.gather(
        *(retry(OWNER, old.id, key) for key in (None, "a", None, "b", None, "a", "c", None))
    )
    assert len({each.job.id for each in accepted}) == 1
    assert sorted(each.is_replayed for each in accepted) == [False] + [True] * 7
    assert len(system.queue.sent) == 2


async def test_a_successful_retry_is_returned_instead_of_a_second_one() -> None:
    system = System()
    old = await system.submitted()
    await system.services.reading.cancel(OWNER, old.id)
    new = (await system.services.submission.retry(OWNER, old.id)).job
    await system.work(new.id)
    again = await system.services.submission.retry(OWNER, old.id)
    assert (again.job.id, again.job.status, again.is_replayed) == (new.id, Status.COMPLETED, True)


async def test_a_failed_retry_is_retried_in_turn() -> None:
    """Whichever of the two jobs the caller names, the new one has the pieces of both."""
    system = System()
    retry = system.services.submission.retry
    first = await system.submitted()
    await system.services.reading.cancel(OWNER, first.id)
    second = (await retry(OWNER, first.id, "key")).job
    await system.services.reading.cancel(OWNER, second.id)
    third = await asyncio.gather(retry(OWNER, first.id), retry(OWNER, second.id))
    assert len({each.job.id for each in third} | {first.id, second.id}) == 3
    assert (third[0].job.retry_of, third[0].job.root_id) == (second.id, first.id)
    assert (await retry(OWNER, first.id, "key")).job.id == second.id


async def test_a_retry_that_could_not_be_queued_stays_and_recovery_queues_it() -> None:
    """An equal request may have returned it already."""
    system = System()
    old = await system.submitted()
    await system.services.reading.cancel(OWNER, old.id)
    system.queue.down = True
    new = (await system.services.submission.retry(OWNER, old.id)).job
    system.queue.down = False
    await asyncio.sleep(system.timing.resend_after_s + 1)
    await system.services.recovery.sweep()
    assert system.queue.sent[-1] == (new.id, 0)


async def test_a_very_long_chain_of_retries_is_refused() -> None:
    system = System()
    first = job = await system.submitted()
    for _ in range(100):
        await system.services.reading.cancel(OWNER, job.id)
        job = (await system.services.submission.retry(OWNER, job.id)).job
    await system.services.reading.cancel(OWNER, job.id)
    with pytest.raises(NotAllowedNow):
        await system.services.submission.retry(OWNER, first.id)
    assert (await system.services.submission.retry(OWNER, job.id)).job.retry_of == job.id
