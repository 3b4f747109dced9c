"""Accepting a job, and taking one up again."""

import asyncio

import pytest

from chalicelib.domain.change import Change
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
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from foundation import log_context
from tests import virtual_time
from tests.unit.chalicelib.system import OWNER, System


def test_an_accepted_job_is_stored_and_queued() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted(theme="steampunk")
        assert (await system.job(job.id)).payload["theme"] == "steampunk"
        assert system.queue.sent == [(job.id, 0)]

    virtual_time.run(scenario())


def test_a_job_that_cannot_be_queued_is_not_kept() -> None:
    async def scenario() -> None:
        system = System()
        system.queue.down = True
        with pytest.raises(QueueUnavailable):
            await system.submitted()
        assert [job_id async for job_id in system.store.unfinished()] == []

    virtual_time.run(scenario())


def test_nothing_is_queued_while_the_store_is_down() -> None:
    async def scenario() -> None:
        system = System()
        system.store.down = True
        with pytest.raises(StoreUnavailable):
            await system.submitted()
        assert system.queue.sent == []

    virtual_time.run(scenario())


def test_an_invalid_submission_stores_and_queues_nothing() -> None:
    async def scenario() -> None:
        system = System()
        with pytest.raises(InvalidSubmission):
            await system.submitted(count=11)
        assert [job_id async for job_id in system.store.unfinished()] == []
        assert system.queue.sent == []

    virtual_time.run(scenario())


def test_eight_equal_submissions_at_once_make_one_job() -> None:
    async def scenario() -> None:
        system = System()
        accepted = await asyncio.gather(
            *(
                system.services.submission.submit(OWNER, "generate_relics", {"theme": "noir"}, "one-key")
                for _ in range(8)
            )
        )
        assert len({each.job.id for each in accepted}) == 1
        assert sorted(each.is_replayed for each in accepted) == [False] + [True] * 7
        assert len(system.queue.sent) == 1

    virtual_time.run(scenario())


def test_a_key_belongs_to_one_request_of_one_owner() -> None:
    async def scenario() -> None:
        submit = System().services.submission.submit
        first = await submit(OWNER, "generate_relics", {"theme": "noir"}, "key")
        with pytest.raises(IdempotencyMismatch):
            await submit(OWNER, "generate_relics", {"theme": "opera"}, "key")
        other = await submit("somebody-else", "generate_relics", {"theme": "opera"}, "key")
        assert other.job.id != first.job.id

    virtual_time.run(scenario())


def test_invisible_characters_do_not_make_a_different_request() -> None:
    """The key is bound to the cleaned request."""

    async def scenario() -> None:
        submit = System().services.submission.submit
        first = await submit(OWNER, "create_world", {"user_id": 7, "theme": "No\u00ebl"}, "key")
        again = await submit(OWNER, "create_world", {"user_id": "7\u200b", "theme": "\ufeffNoe\u0308\u00adl\n"}, "key")
        assert (again.is_replayed, again.job.id) == (True, first.job.id)
        with pytest.raises(IdempotencyMismatch):
            await submit(OWNER, "create_world", {"user_id": 7, "theme": "Noel"}, "key")

    virtual_time.run(scenario())


def test_a_key_whose_first_request_died_before_the_job_was_stored_still_works() -> None:
    """The reservation outlives the request that made it, and must not lock the caller out."""

    async def scenario() -> None:
        system = System()
        submit = system.services.submission.submit
        system.store.down_after = 1
        with pytest.raises(StoreUnavailable):
            await submit(OWNER, "generate_relics", {}, "key")
        system.store.down = False
        accepted = await submit(OWNER, "generate_relics", {}, "key")
        assert not accepted.is_replayed
        assert system.queue.sent == [(accepted.job.id, 0)]

    virtual_time.run(scenario())


def test_a_keyed_job_that_could_not_be_queued_stays_and_recovery_queues_it() -> None:
    """An equal request may have been promised the job already: it must not vanish."""

    async def scenario() -> None:
        system = System()
        system.queue.down = True
        accepted = await system.services.submission.submit(OWNER, "generate_relics", {}, "key")
        system.queue.down = False
        await asyncio.sleep(system.timing.resend_after_s + 1)
        await system.services.recovery.sweep()
        assert system.queue.sent == [(accepted.job.id, 0)]

    virtual_time.run(scenario())


def test_a_key_whose_request_the_quota_refused_is_good_for_it_later() -> None:
    """It stays bound for a minute: an equal request may be getting through, and must not be paid for twice."""

    async def scenario() -> None:
        system = System(quota=Quota(max_unfinished=1))
        submit = system.services.submission.submit
        first = await system.submitted()
        with pytest.raises(QuotaExceeded):
            await submit(OWNER, "generate_relics", {}, "key")
        await system.work(first.id)
        made = await submit(OWNER, "generate_relics", {}, "key")
        again = await submit(OWNER, "generate_relics", {}, "key")
        assert (made.is_replayed, again.is_replayed, again.job.id) == (False, True, made.job.id)
        with pytest.raises(IdempotencyMismatch):
            await submit(OWNER, "generate_events", {}, "key")

    virtual_time.run(scenario())


def test_a_key_of_an_accepted_job_lasts_as_long_as_the_job_and_one_of_a_refused_request_does_not() -> None:
    """Else whoever is refused could fill the store with keys."""

    async def scenario() -> None:
        system = System(quota=Quota(max_unfinished=1))
        submit = system.services.submission.submit
        accepted = await submit(OWNER, "generate_relics", {}, "accepted")
        with pytest.raises(QuotaExceeded):
            await submit(OWNER, "generate_relics", {}, "refused")
        await system.work(accepted.job.id)
        await asyncio.sleep(23 * 3600)
        again = await submit(OWNER, "generate_relics", {}, "accepted")
        assert (again.is_replayed, again.job.id) == (True, accepted.job.id)
        assert (await submit(OWNER, "generate_events", {}, "refused")).job.type == "generate_events"

    virtual_time.run(scenario())


def test_equal_requests_at_once_are_one_job_and_one_message() -> None:
    """Also where they are of one trace, as those of a caller that tries again are."""

    async def scenario() -> None:
        system = System()
        log_context.begin(request_id="4bf92f3577b34da6a3ce929d0e0e4736")
        submit = system.services.submission.submit
        accepted = await asyncio.gather(*(submit(OWNER, "generate_relics", {}, "key") for _ in range(8)))
        assert len({each.job.id for each in accepted}) == 1
        assert [each.is_replayed for each in accepted].count(False) == 1
        assert len(system.queue.sent) == 1

    virtual_time.run(scenario())


@pytest.mark.parametrize("key", [None, "key"])
def test_a_job_whose_creation_was_answered_twice_is_sent(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    """The answer to its creation was lost, and the connection's own second try found it there."""

    async def scenario() -> None:
        system = System()
        create = system.store.create

        async def create_twice(job_id: str, creation: Change) -> Job:
            await create(job_id, creation)
            return await create(job_id, creation)

        monkeypatch.setattr(system.store, "create", create_twice)
        log_context.begin(request_id="4bf92f3577b34da6a3ce929d0e0e4736")
        accepted = await system.services.submission.submit(OWNER, "generate_relics", {}, key)
        assert not accepted.is_replayed
        assert system.queue.sent == [(accepted.job.id, 0)]

    virtual_time.run(scenario())


def test_a_slow_equal_request_takes_no_place_for_a_job_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        system = System(quota=Quota(max_unfinished=1))
        submit, admit = system.services.submission.submit, system.store.admit

        async def admit_late(owner: str, job_id: str, quota: Quota) -> Standing:
            monkeypatch.setattr(system.store, "admit", admit)
            faster = await submit(OWNER, "generate_relics", {}, "key")
            await system.services.reading.cancel(OWNER, faster.job.id)
            return await admit(owner, job_id, quota)

        monkeypatch.setattr(system.store, "admit", admit_late)
        slow = await submit(OWNER, "generate_relics", {}, "key")
        assert (slow.is_replayed, slow.job.status) == (True, Status.CANCELLED)
        assert await system.submitted()

    virtual_time.run(scenario())


def test_submissions_at_once_do_not_free_each_others_places() -> None:
    """Between its admission and its creation a job looks like one that never came to be."""

    async def scenario() -> None:
        system = System(quota=Quota(max_unfinished=2))
        answers = await asyncio.gather(*(system.submitted() for _ in range(40)), return_exceptions=True)
        assert sum(not isinstance(answer, QuotaExceeded) for answer in answers) == 2

    virtual_time.run(scenario())


def test_the_end_of_a_job_frees_its_place() -> None:
    async def scenario() -> None:
        system = System(quota=Quota(max_unfinished=2))
        first = await system.submitted()
        await system.submitted()
        with pytest.raises(QuotaExceeded) as refusal:
            await system.submitted()
        assert len(system.queue.sent) == 2
        assert refusal.value.retry_after_s > 0
        await system.work(first.id)
        await system.submitted()

    virtual_time.run(scenario())


def test_a_place_that_a_dead_process_left_taken_is_found_and_freed() -> None:
    async def scenario() -> None:
        system = System(quota=Quota(max_unfinished=1))
        await system.store.admit(OWNER, "a-job-that-never-came-to-be", Quota(max_unfinished=1))
        with pytest.raises(QuotaExceeded):
            await system.submitted()
        await asyncio.sleep(31)
        assert (await system.submitted()).status is Status.PENDING

    virtual_time.run(scenario())


def test_whoever_sees_the_end_of_a_job_may_submit_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job has ended for everybody a moment before its place is free."""

    async def scenario() -> None:
        system = System(quota=Quota(max_unfinished=1))
        job = await system.submitted()
        dismiss = system.store.dismiss

        async def dismiss_late(_owner: str, _job_id: str) -> None:
            monkeypatch.setattr(system.store, "dismiss", dismiss)

        monkeypatch.setattr(system.store, "dismiss", dismiss_late)
        await system.services.reading.cancel(OWNER, job.id)
        assert (await system.submitted()).status is Status.PENDING

    virtual_time.run(scenario())


def test_a_job_that_could_not_be_queued_takes_no_place() -> None:
    async def scenario() -> None:
        system = System(quota=Quota(max_unfinished=1))
        system.queue.down = True
        with pytest.raises(QueueUnavailable):
            await system.submitted()
        system.queue.down = False
        await system.submitted()

    virtual_time.run(scenario())


def test_a_retry_goes_on_from_what_is_finished() -> None:
    async def scenario() -> None:
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

    virtual_time.run(scenario())


def test_a_job_that_lacks_pieces_can_be_retried_for_them() -> None:
    async def scenario() -> None:
        system = System()
        system.generator.missing = [PieceWarning(2, "backstory", "truncated", "Cut short.", True)]
        old = await system.submitted()
        await system.work(old.id)
        assert (await system.services.submission.retry(OWNER, old.id)).job.retry_of == old.id

    virtual_time.run(scenario())


def test_a_job_that_runs_or_is_whole_cannot_be_retried() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        with pytest.raises(NotAllowedNow):
            await system.services.submission.retry(OWNER, job.id)
        await system.work(job.id)
        with pytest.raises(NotAllowedNow):
            await system.services.submission.retry(OWNER, job.id)

    virtual_time.run(scenario())


def test_somebody_elses_job_cannot_be_retried() -> None:
    async def scenario() -> None:
        system = System()
        job = await system.submitted()
        with pytest.raises(NotFound):
            await system.services.submission.retry("thief", job.id)

    virtual_time.run(scenario())


def test_eight_retries_at_once_make_one_job() -> None:
    """Two clicks, two tabs, with keys of their own or none: the missing pieces are paid for once."""

    async def scenario() -> None:
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

    virtual_time.run(scenario())


def test_a_job_that_was_retried_with_success_is_not_retried_again() -> None:
    async def scenario() -> None:
        system = System()
        old = await system.submitted()
        await system.services.reading.cancel(OWNER, old.id)
        new = (await system.services.submission.retry(OWNER, old.id)).job
        await system.work(new.id)
        again = await system.services.submission.retry(OWNER, old.id)
        assert (again.job.id, again.job.status, again.is_replayed) == (new.id, Status.COMPLETED, True)

    virtual_time.run(scenario())


def test_a_retry_that_failed_is_gone_on_from() -> None:
    """Whichever of the two the caller names, the next one has the pieces of both."""

    async def scenario() -> None:
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

    virtual_time.run(scenario())


def test_a_retry_that_the_queue_did_not_take_stays() -> None:
    """An equal request may have been promised it."""

    async def scenario() -> None:
        system = System()
        old = await system.submitted()
        await system.services.reading.cancel(OWNER, old.id)
        system.queue.down = True
        new = (await system.services.submission.retry(OWNER, old.id)).job
        system.queue.down = False
        await asyncio.sleep(system.timing.resend_after_s + 1)
        await system.services.recovery.sweep()
        assert system.queue.sent[-1] == (new.id, 0)

    virtual_time.run(scenario())


def test_an_endless_chain_of_retries_is_not_walked() -> None:
    async def scenario() -> None:
        system = System()
        first = job = await system.submitted()
        for _ in range(100):
            await system.services.reading.cancel(OWNER, job.id)
            job = (await system.services.submission.retry(OWNER, job.id)).job
        await system.services.reading.cancel(OWNER, job.id)
        with pytest.raises(NotAllowedNow):
            await system.services.submission.retry(OWNER, first.id)
        assert (await system.services.submission.retry(OWNER, job.id)).job.retry_of == job.id

    virtual_time.run(scenario())
