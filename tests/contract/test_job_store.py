"""The job store's contract: the same suite on the fake, on a real Redis, and on one in cluster mode."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_store import RedisJobStore
from chalicelib.domain import change
from chalicelib.domain.error import JobConflict, UnknownCursor
from chalicelib.domain.job import Checkpoint, Job, JobHead, PieceWarning, Usage
from chalicelib.domain.lifecycle import FENCED, INVISIBLE, TERMINAL, TRANSITIONS, Action, Status
from chalicelib.domain.quota import Quota, QuotaExceeded
from chalicelib.domain.timing import Timing
from chalicelib.port import JobStore
from tests.clock import FakeClock
from tests.fake.memory_store import MemoryJobStore

TIMING = Timing()
TOKEN = "the-holder"


@pytest.fixture(params=["memory", "redis", "redis-cluster"])
async def store(request: pytest.FixtureRequest, clock: FakeClock) -> AsyncIterator[JobStore]:
    if request.param == "memory":
        yield MemoryJobStore(clock.now_ms)
        return
    cluster = request.param == "redis-cluster"
    url = request.getfixturevalue("redis_cluster_url" if cluster else "redis_url")
    client = redis_client.connect(url, max_connections=8, timeout_s=5, cluster=cluster)
    waiting = redis_client.connect(url, max_connections=8, timeout_s=30, cluster=cluster)
    await client.delete("jobs:unfinished")
    store = RedisJobStore(client, waiting, TIMING.job_ttl_s, now_ms=clock.now_ms)
    yield store
    await store.close()


def new(job_id: str | None = None, **fields: Any) -> dict[str, Any]:
    job_id = job_id or str(uuid.uuid4())
    return {
        "id": job_id,
        "type": "generate_characters",
        "owner": "anonymous",
        "payload": {"theme": "Nórdic ☃", "count": 3},
        "max_attempts": 3,
        "retry_of": None,
        "root_id": job_id,
    } | fields


async def created(store: JobStore, **fields: Any) -> Job:
    record = new(**fields)
    return await store.create(record["id"], change.create(record, TIMING))


async def claimed(store: JobStore, token: str = TOKEN, **fields: Any) -> Job:
    job = await created(store, **fields)
    return await store.apply(job.id, change.claim(job, token, TIMING))


async def in_status(store: JobStore, status: Status) -> Job:
    job = await claimed(store)
    match status:
        case Status.PENDING:
            return await created(store)
        case Status.COMPLETED:
            return await store.apply(job.id, change.complete(TOKEN, [], []))
        case Status.FAILED:
            return await store.apply(job.id, change.fail(TOKEN, "refused", "No.", retryable=False))
        case Status.CANCELLED:
            return await store.apply(job.id, change.cancel())
    return job


def change_for(action: Action, job: Job) -> change.Change:
    """A change of this action that nothing but the status can refuse."""
    return {
        Action.CREATE: change.create(new(job.id), TIMING),
        Action.DISCARD: change.discard(),
        Action.CLAIM: change.claim(job, TOKEN, TIMING),
        Action.ADVANCE: change.advance(TOKEN, 40, "Generated names..."),
        Action.RENEW: change.renew(TOKEN, TIMING),
        Action.RELEASE: change.release(TOKEN, "Again...", 1, uses_attempt=True),
        Action.COMPLETE: change.complete(TOKEN, [], []),
        Action.FAIL: change.fail(TOKEN, "refused", "No.", retryable=False),
        Action.CANCEL: change.cancel(),
        Action.EXPIRE: change.expire(job, "timeout", "Too long.", retryable=True),
        Action.RESEND: change.resend(job),
    }[action]


async def test_a_new_job_reads_back_as_it_was_created(store: JobStore, clock: FakeClock) -> None:
    job = await created(store)
    now = clock.now_ms()
    assert await store.read(job.id) == job
    assert (job.status, job.progress, job.message) == (Status.PENDING, 0, "Preparing your request...")
    assert job.payload == {"theme": "Nórdic ☃", "count": 3}
    assert (job.revision, job.attempt) == (1, 0)
    assert (job.created_at, job.updated_at, job.sent_at) == (now, now, now)
    assert job.expires_at == now + 24 * 3600 * 1000


async def test_a_job_that_does_not_exist_is_none(store: JobStore) -> None:
    assert await store.read(str(uuid.uuid4())) is None
    assert await store.view(str(uuid.uuid4())) is None
    assert await store.events(str(uuid.uuid4()), 0) == []


async def test_an_id_can_be_created_once(store: JobStore) -> None:
    job = await created(store)
    with pytest.raises(JobConflict) as conflict:
        await store.create(job.id, change.create(new(job.id, owner="thief"), TIMING))
    assert conflict.value.status == "pending"
    assert (await store.read(job.id)) == job


async def test_a_discarded_job_leaves_nothing_behind(store: JobStore) -> None:
    """A caller that got a 503 must not find its job later."""
    job = await created(store)
    await store.discard(job)
    assert await store.read(job.id) is None
    assert await store.events(job.id, 0) == []
    assert job.id not in [job_id async for job_id in store.unfinished()]


async def test_a_claimed_job_is_not_discarded(store: JobStore) -> None:
    job = await claimed(store)
    await store.discard(job)
    found = await store.read(job.id)
    assert found is not None
    assert found.status is Status.PROCESSING


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", [action for action in Action if action is not Action.DISCARD])
async def test_the_table_decides_what_may_follow(store: JobStore, status: Status, action: Action) -> None:
    """Each action from each status, against the literal table."""
    job = await in_status(store, status)
    sources, target = TRANSITIONS[action]
    legal = status in sources and (action not in FENCED or job.lease_token == TOKEN)
    if not legal:
        with pytest.raises(JobConflict) as conflict:
            await store.apply(job.id, change_for(action, job))
        assert conflict.value.status == status
        assert await store.read(job.id) == job
        return
    after = await store.apply(job.id, change_for(action, job))
    assert after.status is (target or status)
    assert after.revision == job.revision + (action not in INVISIBLE)
    assert after.progress >= job.progress


@pytest.mark.parametrize("action", sorted(FENCED))
async def test_only_the_lease_holder_writes(store: JobStore, action: Action) -> None:
    """A worker that was paused past its lease must not touch what its successor does."""
    job = await claimed(store)
    successor = await store.apply(job.id, change.claim(job, "the-successor", TIMING))
    with pytest.raises(JobConflict) as conflict:
        await store.apply(job.id, change_for(action, job))
    assert conflict.value.reason == "token"
    assert await store.read(job.id) == successor


async def test_two_workers_that_read_the_same_job_claim_it_once(store: JobStore) -> None:
    job = await created(store)
    tokens = [f"worker-{n}" for n in range(20)]
    claims = await asyncio.gather(
        *(store.apply(job.id, change.claim(job, token, TIMING)) for token in tokens), return_exceptions=True
    )
    winners = [claim for claim in claims if isinstance(claim, Job)]
    assert len(winners) == 1
    found = await store.read(job.id)
    assert found is not None
    assert (found.attempt, found.lease_token) == (1, winners[0].lease_token)


async def test_a_renewed_lease_defeats_a_claim_that_saw_the_old_one(store: JobStore, clock: FakeClock) -> None:
    job = await claimed(store)
    clock.advance(TIMING.lease_s + 1)
    stale = await store.read(job.id)
    assert stale is not None
    await store.apply(job.id, change.renew(TOKEN, TIMING))
    with pytest.raises(JobConflict) as conflict:
        await store.apply(job.id, change.claim(stale, "thief", TIMING))
    assert conflict.value.reason == "lease_until"


async def test_the_deadline_counts_from_the_first_claim(store: JobStore, clock: FakeClock) -> None:
    job = await claimed(store)
    first_deadline_at = job.deadline_at
    clock.advance(30)
    released = await store.apply(job.id, change.release(TOKEN, "Again...", 2, uses_attempt=True))
    clock.advance(3)
    again = await store.apply(job.id, change.claim(released, "second", TIMING))
    assert first_deadline_at == job.created_at + TIMING.job_deadline_s * 1000
    assert (again.deadline_at, again.started_at) == (first_deadline_at, job.started_at)
    assert again.attempt == 2


async def test_a_release_that_used_no_attempt_gives_it_back(store: JobStore, clock: FakeClock) -> None:
    job = await claimed(store)
    released = await store.apply(job.id, change.release(TOKEN, "Busy...", 2.5, uses_attempt=False))
    assert (released.attempt, released.lease_token) == (0, None)
    assert released.not_before == released.sent_at == clock.now_ms() + 2500


async def test_progress_never_goes_down(store: JobStore) -> None:
    job = await claimed(store)
    await store.apply(job.id, change.advance(TOKEN, 60, "far"))
    after = await store.apply(job.id, change.advance(TOKEN, 30, "late"))
    assert (after.progress, after.message) == (60, "late")


async def test_a_stage_is_kept_and_paid_once(store: JobStore) -> None:
    job = await claimed(store)
    piece: dict[str, Any] = {"name": "Ysolde", "description": None, "type": "character", "details": {}}
    stage = Checkpoint(1, "name", {"name": "Ysolde"}, Usage(1, 100, 20))
    for _ in range(2):
        after = await store.apply(job.id, change.advance(TOKEN, 24, "Generated names...", stage, piece))
    view = await store.view(job.id)
    assert view is not None
    assert list(view.checkpoints) == [stage]
    assert view.pieces == {1: piece}
    assert after.usage == Usage(1, 100, 20)


async def test_a_stage_that_had_to_be_written_anew_is_kept_and_paid_too(store: JobStore) -> None:
    """As after a deployment whose writers cannot read the old one: else it would be paid for at every attempt."""
    job = await claimed(store)
    for name, cost in (("Ysolde", 20), ("Maren", 30)):
        stage = Checkpoint(1, "name", {"name": name}, Usage(1, 100, cost))
        after = await store.apply(job.id, change.advance(TOKEN, 24, "Generated names...", stage))
    view = await store.view(job.id)
    assert view is not None
    assert list(view.checkpoints) == [stage]
    assert after.usage == Usage(2, 200, 50)


async def test_what_came_to_nothing_is_billed_with_the_ending(store: JobStore) -> None:
    """An ending applies once, so that a repeated write bills nothing twice."""
    job = await claimed(store)
    release = change.release(TOKEN, "Again...", 1, uses_attempt=True)
    released = await store.apply(job.id, change.billed(release, Usage(2, 30, 4)))
    again = await store.apply(job.id, change.claim(released, TOKEN, TIMING))
    ending = change.billed(change.fail(TOKEN, "refused", "No.", retryable=False), Usage(1, 10, 2))
    failed = await store.apply(job.id, ending)
    assert (again.usage, failed.usage) == (Usage(2, 30, 4), Usage(3, 40, 6))
    with pytest.raises(JobConflict):
        await store.apply(job.id, ending)


async def test_a_retry_keeps_the_finished_stages_at_no_cost(store: JobStore) -> None:
    kept = Checkpoint(0, "name", {"name": "Ysolde"}, Usage(1, 100, 20))
    record = new(retry_of=str(uuid.uuid4()))
    job = await store.create(record["id"], change.create(record, TIMING, [kept], {0: {"name": "Ysolde"}}))
    view = await store.view(job.id)
    assert view is not None
    assert [c.output for c in view.checkpoints] == [{"name": "Ysolde"}]
    assert view.job.usage == Usage()
    assert view.job.retry_of == record["retry_of"]


async def test_a_completed_job_has_result_warnings_and_end(store: JobStore, clock: FakeClock) -> None:
    job = await claimed(store)
    missing = PieceWarning(2, "stats", "invalid_output", "The third piece could not be finished.", True)
    done = await store.apply(job.id, change.complete(TOKEN, [{"name": "A", "n": 3, "x": None}], [missing]))
    assert done.result == [{"name": "A", "n": 3, "x": None}]
    assert list(done.warnings) == [missing]
    assert (done.progress, done.completed_at, done.lease_token) == (100, clock.now_ms(), None)
    assert await store.read(job.id) == done


async def test_a_failed_job_says_why_and_keeps_its_progress(store: JobStore) -> None:
    job = await claimed(store)
    await store.apply(job.id, change.advance(TOKEN, 44, "Generated traits..."))
    failed = await store.apply(job.id, change.fail(TOKEN, "refused", "The writer refused.", retryable=False))
    assert (failed.progress, failed.error_code, failed.error) == (44, "refused", "The writer refused.")
    assert failed.retryable is False


async def test_the_event_log_has_one_line_for_each_visible_change(store: JobStore) -> None:
    job = await claimed(store)
    await store.apply(job.id, change.advance(TOKEN, 20, "Generating characters..."))
    await store.apply(job.id, change.renew(TOKEN, TIMING))
    await store.apply(job.id, change.complete(TOKEN, [], []))
    events = await store.events(job.id, 0)
    assert [(e.revision, e.status, e.progress) for e in events] == [
        (1, "pending", 0),
        (2, "processing", 0),
        (3, "processing", 20),
        (4, "completed", 100),
    ]
    assert [e.revision for e in await store.events(job.id, 2)] == [3, 4]


async def test_a_waiter_is_woken_by_the_next_event(store: JobStore) -> None:
    job = await claimed(store)
    waiter = asyncio.create_task(store.wait_for_event(job.id, job.revision, 10))
    await asyncio.sleep(0.05)
    assert not waiter.done()
    await store.apply(job.id, change.advance(TOKEN, 20, "Generating characters..."))
    assert await waiter is True


async def test_waiting_ends_without_an_event_when_the_time_is_up(store: JobStore) -> None:
    job = await claimed(store)
    assert await store.wait_for_event(job.id, job.revision, 0.05) is False


async def test_a_past_event_needs_no_waiting(store: JobStore) -> None:
    job = await claimed(store)
    assert await store.wait_for_event(job.id, job.revision - 1, 10) is True


@pytest.mark.parametrize("status", list(Status))
async def test_unfinished_jobs_are_listed_until_they_end(store: JobStore, status: Status) -> None:
    job = await in_status(store, status)
    listed = job.id in [job_id async for job_id in store.unfinished()]
    assert listed is (status not in TERMINAL)


QUOTA = Quota(max_unfinished=2, max_submissions=4, window_s=60)


async def test_an_owner_has_so_many_unfinished_jobs_and_no_more(store: JobStore) -> None:
    owner = str(uuid.uuid4())
    first = await created(store, owner=owner)
    standings = [await store.admit(owner, job_id, QUOTA) for job_id in (first.id, "another")]
    with pytest.raises(QuotaExceeded):
        await store.admit(owner, "third", QUOTA)
    assert [standing.unfinished_left for standing in standings] == [1, 0]
    assert (await store.admitted(owner)).keys() == {first.id, "another"}
    assert [head.id for head in await store.heads(["another", first.id])] == [first.id]
    await store.apply(first.id, change.cancel())
    assert (await store.admit(owner, "third", QUOTA)).unfinished_left == 0


async def test_it_is_known_how_long_ago_a_job_was_admitted(store: JobStore, clock: FakeClock) -> None:
    owner = str(uuid.uuid4())
    await store.admit(owner, "first", QUOTA)
    clock.advance(20)
    await store.admit(owner, "second", QUOTA)
    clock.advance(10)
    assert await store.admitted(owner) == {"first": 30, "second": 10}


async def test_submissions_are_counted_in_a_window_that_slides(store: JobStore, clock: FakeClock) -> None:
    owner = str(uuid.uuid4())
    for n in range(4):
        await store.admit(owner, f"job-{n}", QUOTA)
        await store.dismiss(owner, f"job-{n}")
        clock.advance(10)
    with pytest.raises(QuotaExceeded) as refusal:
        await store.admit(owner, "too-soon", QUOTA)
    assert refusal.value.retry_after_s == 20
    clock.advance(20)
    assert (await store.admit(owner, "in-time", QUOTA)).submissions_left == 0


async def test_admission_is_idempotent_for_a_job(store: JobStore) -> None:
    owner = str(uuid.uuid4())
    standings = [await store.admit(owner, "job", QUOTA) for _ in range(10)]
    assert {standing.submissions_left for standing in standings} == {3}


async def test_submissions_at_once_cannot_slip_past_the_quota(store: JobStore) -> None:
    owner = str(uuid.uuid4())
    admissions = await asyncio.gather(
        *(store.admit(owner, f"job-{n}", QUOTA) for n in range(10)), return_exceptions=True
    )
    assert sum(isinstance(admission, QuotaExceeded) for admission in admissions) == 8


async def test_one_owners_quota_is_not_anothers(store: JobStore) -> None:
    for _ in range(4):
        await store.admit(str(uuid.uuid4()), str(uuid.uuid4()), Quota(max_unfinished=1, max_submissions=1))


RUNNING = Quota(max_running=2)


async def test_so_many_jobs_of_an_owner_run_and_no_more(store: JobStore) -> None:
    owner = str(uuid.uuid4())
    first = await created(store, owner=owner)
    assert [await store.enter(owner, job_id, RUNNING, 60) for job_id in (first.id, "another", "third")] == [
        True,
        True,
        False,
    ]
    await store.apply(first.id, change.cancel())
    assert await store.enter(owner, "third", RUNNING, 60)
    await store.leave(owner, "another")
    assert await store.enter(owner, "fourth", RUNNING, 60)


async def test_a_running_job_enters_again_without_taking_another_place(store: JobStore) -> None:
    owner = str(uuid.uuid4())
    assert all([await store.enter(owner, "job", RUNNING, 60) for _ in range(5)])
    assert await store.enter(owner, "another", RUNNING, 60)


async def test_a_running_job_that_never_left_frees_its_place_in_time(store: JobStore, clock: FakeClock) -> None:
    owner = str(uuid.uuid4())
    for n in range(2):
        await store.enter(owner, f"job-{n}", RUNNING, 60)
    clock.advance(59)
    assert not await store.enter(owner, "third", RUNNING, 60)
    clock.advance(2)
    assert await store.enter(owner, "third", RUNNING, 60)


async def test_an_owners_jobs_are_listed_newest_first(store: JobStore, clock: FakeClock) -> None:
    owner = str(uuid.uuid4())
    ids = []
    for _ in range(5):
        ids.append((await created(store, owner=owner)).id)
        clock.advance(1)
    await created(store, owner="somebody-else")
    assert [head.id async for head in store.heads_of(owner)] == ids[::-1]
    assert [head.id async for head in store.heads_of(owner, after=ids[2])] == [ids[1], ids[0]]


async def test_a_row_is_a_job_without_its_payload(store: JobStore) -> None:
    job = await claimed(store)
    done = await store.apply(job.id, change.complete(TOKEN, [{"name": "Zo\u00eb"}], ()))
    (row,) = await store.rows(["nothing", job.id])
    assert row == replace(done, payload={}, observed_at=row.observed_at)
    assert done.payload
    assert await store.rows([]) == []


async def test_whoever_has_no_jobs_has_an_empty_list(store: JobStore) -> None:
    assert [head async for head in store.heads_of(str(uuid.uuid4()))] == []
    assert await store.admitted(str(uuid.uuid4())) == {}
    assert await store.heads([]) == []


async def test_a_place_in_somebody_elses_list_is_no_place(store: JobStore) -> None:
    theirs = await created(store, owner=str(uuid.uuid4()))
    with pytest.raises(UnknownCursor):
        await anext(store.heads_of(str(uuid.uuid4()), after=theirs.id))


async def test_a_resend_that_somebody_else_just_did_is_refused(store: JobStore, clock: FakeClock) -> None:
    job = await created(store)
    clock.advance(60)
    await store.apply(job.id, change.resend(job))
    with pytest.raises(JobConflict):
        await store.apply(job.id, change.resend(job))


async def test_a_key_is_bound_once_however_many_ask_at_the_same_time(store: JobStore) -> None:
    for _ in range(10):
        owner, ids = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in range(20)]
        bound = await asyncio.gather(*(store.reserve(owner, "key", "fingerprint", job_id) for job_id in ids))
        assert len({job_id for _, job_id in bound}) == 1


async def test_a_job_that_was_claimed_since_it_was_read_is_not_ended(store: JobStore, clock: FakeClock) -> None:
    """Whoever found it dead may have looked a moment before somebody took it up."""
    stale = await claimed(store)
    clock.advance(TIMING.lease_s + 1)
    await store.apply(stale.id, change.claim(stale, "another", TIMING))
    with pytest.raises(JobConflict):
        await store.apply(stale.id, change.expire(stale, "worker_lost", "Lost.", retryable=True))
    found = await store.read(stale.id)
    assert found is not None
    assert found.status is Status.PROCESSING


async def test_an_idempotency_key_is_bound_to_its_first_request(store: JobStore) -> None:
    owner = str(uuid.uuid4())
    assert await store.reserve(owner, "key", "fingerprint", "first") == ("fingerprint", "first")
    assert await store.reserve(owner, "key", "other", "second") == ("fingerprint", "first")
    assert await store.reserve(owner + "2", "key", "other", "third") == ("other", "third")


async def test_the_head_of_a_job_says_what_a_list_is_filtered_by(store: JobStore, clock: FakeClock) -> None:
    owner = str(uuid.uuid4())
    waiting = await created(store, owner=owner)
    clock.advance(1)
    (head,) = [head async for head in store.heads_of(owner)]
    assert head == JobHead(waiting.id, Status.PENDING, waiting.type, 0)
    job = await claimed(store, owner=owner)
    await store.apply(job.id, change.complete(TOKEN, [{"name": "Zo\u00eb"}], ()))
    newest, _ = [head async for head in store.heads_of(owner)]
    assert newest == JobHead(job.id, Status.COMPLETED, job.type, len('[{"name":"Zo\u00eb"}]'.encode()))
