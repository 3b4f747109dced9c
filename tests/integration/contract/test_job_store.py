"""The contract of `port.JobStore`."""

import asyncio
import uuid
from typing import Any

import pytest

from chalicelib.domain import change
from chalicelib.domain.error import JobConflict
from chalicelib.domain.job import Checkpoint, Job, PieceWarning, Remark, Usage
from chalicelib.domain.lifecycle import FENCED, INVISIBLE, TRANSITIONS, Action, Status
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from tests.clock import FakeClock
from tests.integration.contract.stored_job import TIMING, TOKEN, change_for, claimed, created, in_status, new_job


async def test_a_new_job_reads_back_as_it_was_created(jobs: JobStore, clock: FakeClock) -> None:
    job = await created(jobs)
    now = clock.now_ms()
    assert await jobs.read(job.id) == job
    assert (job.status, job.progress, job.message) == (Status.PENDING, 0, "Preparing your request...")
    assert job.payload == {"theme": "Nórdic ☃", "count": 3}
    assert (job.revision, job.attempt) == (1, 0)
    assert (job.created_at, job.updated_at, job.sent_at) == (now, now, now)
    assert job.expires_at == now + 24 * 3600 * 1000


async def test_a_job_that_does_not_exist_has_no_state_and_no_events(jobs: JobStore) -> None:
    assert await jobs.read(str(uuid.uuid4())) is None
    assert await jobs.view(str(uuid.uuid4())) is None
    assert await jobs.events(str(uuid.uuid4()), 0) == []


async def test_a_job_id_can_be_created_only_once(jobs: JobStore) -> None:
    job = await created(jobs)
    with pytest.raises(JobConflict) as conflict:
        await jobs.create(new_job(id=job.id, owner="thief"), TIMING)
    assert conflict.value.status == "pending"
    assert (await jobs.read(job.id)) == job


async def test_a_discarded_job_leaves_nothing_behind(jobs: JobStore, index: JobIndex) -> None:
    """A caller that got a 503 must not find its job later."""
    job = await created(jobs)
    assert await jobs.discard(job)
    assert await jobs.read(job.id) is None
    assert await jobs.events(job.id, 0) == []
    assert job.id not in [job_id async for page in index.list_unfinished() for job_id in page]


async def test_a_claimed_job_is_not_discarded(jobs: JobStore) -> None:
    job = await claimed(jobs)
    assert not await jobs.discard(job)
    found = await jobs.read(job.id)
    assert found is not None
    assert found.status is Status.PROCESSING


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", [action for action in Action if action is not Action.DISCARD])
async def test_the_table_decides_which_actions_are_allowed(jobs: JobStore, status: Status, action: Action) -> None:
    """Tries each action from each status and compares the outcome with the table."""
    job = await in_status(jobs, status)
    sources, target = TRANSITIONS[action]
    legal = status in sources and (action not in FENCED or job.lease_token == TOKEN)
    if not legal:
        with pytest.raises(JobConflict) as conflict:
            await jobs.apply(job.id, change_for(action, job))
        assert conflict.value.status == status
        assert await jobs.read(job.id) == job
        return
    after = await jobs.apply(job.id, change_for(action, job))
    assert after.status is (target or status)
    assert after.revision == job.revision + (action not in INVISIBLE)
    assert after.progress >= job.progress


@pytest.mark.parametrize("action", sorted(FENCED))
async def test_only_the_lease_holder_writes(jobs: JobStore, action: Action) -> None:
    """A worker that was paused past its lease must not change its successor's work."""
    job = await claimed(jobs)
    successor = await jobs.apply(job.id, change.claim(job, "the-successor", TIMING))
    with pytest.raises(JobConflict) as conflict:
        await jobs.apply(job.id, change_for(action, job))
    assert conflict.value.reason == "token"
    assert await jobs.read(job.id) == successor


async def test_two_workers_that_read_the_same_job_claim_it_once(jobs: JobStore) -> None:
    job = await created(jobs)
    tokens = [f"worker-{n}" for n in range(20)]
    claims = await asyncio.gather(
        *(jobs.apply(job.id, change.claim(job, token, TIMING)) for token in tokens), return_exceptions=True
    )
    winners = [claim for claim in claims if isinstance(claim, Job)]
    assert len(winners) == 1
    found = await jobs.read(job.id)
    assert found is not None
    assert (found.attempt, found.lease_token) == (1, winners[0].lease_token)


async def test_a_renewed_lease_defeats_a_claim_that_saw_the_old_one(jobs: JobStore, clock: FakeClock) -> None:
    job = await claimed(jobs)
    clock.advance(TIMING.lease_s + 1)
    stale = await jobs.read(job.id)
    assert stale is not None
    await jobs.apply(job.id, change.renew(TOKEN, TIMING))
    with pytest.raises(JobConflict) as conflict:
        await jobs.apply(job.id, change.claim(stale, "thief", TIMING))
    assert conflict.value.reason == "lease_until"


async def test_the_deadline_is_counted_from_the_first_claim(jobs: JobStore, clock: FakeClock) -> None:
    job = await claimed(jobs)
    first_deadline_at = job.deadline_at
    clock.advance(30)
    released = await jobs.apply(job.id, change.release(TOKEN, "Again...", 2, uses_attempt=True))
    clock.advance(3)
    again = await jobs.apply(job.id, change.claim(released, "second", TIMING))
    assert first_deadline_at == job.created_at + TIMING.job_deadline_s * 1000
    assert (again.deadline_at, again.started_at) == (first_deadline_at, job.started_at)
    assert again.attempt == 2


async def test_a_deadline_of_the_callers_own_is_counted_from_the_creation(jobs: JobStore, clock: FakeClock) -> None:
    job = await created(jobs, deadline_s=40)
    assert (job.deadline_s, job.deadline_at) == (40, job.created_at + 40_000)
    clock.advance(10)
    taken = await jobs.apply(job.id, change.claim(job, TOKEN, TIMING))
    assert taken.deadline_at == job.deadline_at


async def test_a_deadline_is_never_later_than_that_of_the_stage(jobs: JobStore) -> None:
    """A retry keeps the deadline of a job that was submitted while jobs had more time."""
    job = await created(jobs, deadline_s=TIMING.job_deadline_s + 1)
    assert job.deadline_at == job.created_at + TIMING.job_deadline_s * 1000


async def test_a_release_that_used_no_attempt_restores_the_count(jobs: JobStore, clock: FakeClock) -> None:
    job = await claimed(jobs)
    released = await jobs.apply(job.id, change.release(TOKEN, "Busy...", 2.5, uses_attempt=False))
    assert (released.attempt, released.lease_token) == (0, None)
    assert released.not_before == released.sent_at == clock.now_ms() + 2500


async def test_a_release_can_reset_the_deadline(jobs: JobStore, clock: FakeClock) -> None:
    job = await claimed(jobs)
    release = change.release(TOKEN, "Busy...", 2, uses_attempt=False, resets_deadline=True)
    released = await jobs.apply(job.id, release)
    assert (released.deadline_at, released.started_at) == (None, job.started_at)
    clock.advance(60)
    again = await jobs.apply(job.id, change.claim(released, "second", TIMING))
    assert again.deadline_at == clock.now_ms() + TIMING.job_deadline_s * 1000


async def test_progress_never_goes_down(jobs: JobStore) -> None:
    job = await claimed(jobs)
    await jobs.apply(job.id, change.advance(TOKEN, 60, "far"))
    after = await jobs.apply(job.id, change.advance(TOKEN, 30, "late"))
    assert (after.progress, after.message) == (60, "late")


async def test_a_stage_is_stored_and_paid_for_once(jobs: JobStore) -> None:
    job = await claimed(jobs)
    piece: dict[str, Any] = {"name": "Ysolde", "description": None, "type": "character", "details": {}}
    remarks = (Remark("adjusted", "The name was cut."), Remark("below_standard", "concept is too short."))
    stage = Checkpoint(1, "name", {"name": "Ysolde"}, Usage(1, 100, 20), remarks)
    for _ in range(2):
        after = await jobs.apply(job.id, change.advance(TOKEN, 24, "Generated names...", stage, piece))
    view = await jobs.view(job.id)
    assert view is not None
    assert list(view.checkpoints) == [stage]
    assert view.pieces == {1: piece}
    assert after.usage == Usage(1, 100, 20)


async def test_a_stage_that_was_written_again_replaces_the_first_and_is_paid_for_too(jobs: JobStore) -> None:
    """A new release may be unable to use the old output. Without the replacement, every attempt would pay again."""
    job = await claimed(jobs)
    for name, cost in (("Ysolde", 20), ("Maren", 30)):
        stage = Checkpoint(1, "name", {"name": name}, Usage(1, 100, cost))
        after = await jobs.apply(job.id, change.advance(TOKEN, 24, "Generated names...", stage))
    view = await jobs.view(job.id)
    assert view is not None
    assert list(view.checkpoints) == [stage]
    assert after.usage == Usage(2, 200, 50)


async def test_the_cost_of_failed_calls_is_stored_with_the_ending(jobs: JobStore) -> None:
    """A job ends only once, so a repeated write bills nothing twice."""
    job = await claimed(jobs)
    release = change.release(TOKEN, "Again...", 1, uses_attempt=True)
    released = await jobs.apply(job.id, change.billed(release, Usage(2, 30, 4)))
    again = await jobs.apply(job.id, change.claim(released, TOKEN, TIMING))
    ending = change.billed(change.fail(TOKEN, "refused", "No.", retryable=False), Usage(1, 10, 2))
    failed = await jobs.apply(job.id, ending)
    assert (again.usage, failed.usage) == (Usage(2, 30, 4), Usage(3, 40, 6))
    with pytest.raises(JobConflict):
        await jobs.apply(job.id, ending)


async def test_a_job_keeps_which_model_wrote_its_newest_stage(jobs: JobStore) -> None:
    job = await claimed(jobs)
    assert (job.model, job.prompt_version) == (None, None)
    for model, version in (("first", 1), ("seco\u00f1d", 2)):
        stage = Checkpoint(version, "name", {"name": "Ysolde"})
        written = change.advance(TOKEN, 30, "Generated names...", stage, model=model, prompt_version=version)
        await jobs.apply(job.id, written)
    done = await jobs.apply(job.id, change.complete(TOKEN, [], []))
    assert (done.model, done.prompt_version) == ("seco\u00f1d", 2)
    again = await created(jobs, model=done.model, prompt_version=done.prompt_version)
    assert (again.model, again.prompt_version) == ("seco\u00f1d", 2)


async def test_a_retry_takes_over_finished_stages_at_no_cost(jobs: JobStore) -> None:
    kept = Checkpoint(0, "name", {"name": "Ysolde"}, Usage(1, 100, 20))
    retry_of = str(uuid.uuid4())
    job = await created(jobs, retry_of=retry_of, checkpoints=[kept], pieces={0: {"name": "Ysolde"}})
    view = await jobs.view(job.id)
    assert view is not None
    assert [c.output for c in view.checkpoints] == [{"name": "Ysolde"}]
    assert view.job.usage == Usage()
    assert view.pieces == {0: {"name": "Ysolde"}}
    assert view.job.retry_of == retry_of


async def test_a_completed_job_has_a_result_warnings_and_an_end(jobs: JobStore, clock: FakeClock) -> None:
    job = await claimed(jobs)
    missing = PieceWarning(2, "stats", "invalid_output", "The third piece could not be finished.", True)
    done = await jobs.apply(job.id, change.complete(TOKEN, [{"name": "A", "n": 3, "x": None}], [missing]))
    assert done.result == [{"name": "A", "n": 3, "x": None}]
    assert list(done.warnings) == [missing]
    assert (done.progress, done.completed_at, done.lease_token) == (100, clock.now_ms(), None)
    assert await jobs.read(job.id) == done


async def test_a_failed_job_says_why_and_keeps_its_progress(jobs: JobStore) -> None:
    job = await claimed(jobs)
    await jobs.apply(job.id, change.advance(TOKEN, 44, "Generated traits..."))
    failed = await jobs.apply(job.id, change.fail(TOKEN, "refused", "The writer refused.", retryable=False))
    assert (failed.progress, failed.error_code, failed.error) == (44, "refused", "The writer refused.")
    assert failed.retryable is False


async def test_each_visible_change_makes_one_event(jobs: JobStore) -> None:
    job = await claimed(jobs)
    await jobs.apply(job.id, change.advance(TOKEN, 20, "Generating characters..."))
    await jobs.apply(job.id, change.renew(TOKEN, TIMING))
    await jobs.apply(job.id, change.complete(TOKEN, [], []))
    events = await jobs.events(job.id, 0)
    assert [(e.revision, e.status, e.progress) for e in events] == [
        (1, "pending", 0),
        (2, "processing", 0),
        (3, "processing", 20),
        (4, "completed", 100),
    ]
    assert [e.revision for e in await jobs.events(job.id, 2)] == [3, 4]


async def test_the_second_of_two_identical_resends_is_refused(jobs: JobStore, clock: FakeClock) -> None:
    job = await created(jobs)
    clock.advance(60)
    await jobs.apply(job.id, change.resend(job))
    with pytest.raises(JobConflict):
        await jobs.apply(job.id, change.resend(job))


async def test_a_job_that_was_claimed_after_it_was_read_is_not_expired(jobs: JobStore, clock: FakeClock) -> None:
    """Recovery may have read the job just before another worker claimed it."""
    stale = await claimed(jobs)
    clock.advance(TIMING.lease_s + 1)
    await jobs.apply(stale.id, change.claim(stale, "another", TIMING))
    with pytest.raises(JobConflict):
        await jobs.apply(stale.id, change.expire(stale, "worker_lost", "Lost.", retryable=True))
    found = await jobs.read(stale.id)
    assert found is not None
    assert found.status is Status.PROCESSING
