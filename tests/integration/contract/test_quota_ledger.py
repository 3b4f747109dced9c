"""The contract of `port.QuotaLedger`."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from chalicelib.domain import change
from chalicelib.domain.quota import UNLIMITED, Quota, QuotaExceeded
from chalicelib.port.job_store import JobStore
from chalicelib.port.quota_ledger import QuotaLedger
from tests.clock import FakeClock
from tests.integration.contract.stored_job import created
from tests.ledger import counted

QUOTA = Quota(max_unfinished=2, max_submissions=4, window_s=60, max_running=2)


@pytest.fixture
def owner() -> str:
    return str(uuid.uuid4())


async def test_an_owner_cannot_have_more_unfinished_jobs_than_the_quota(quotas: QuotaLedger, owner: str) -> None:
    standings = [await counted(quotas, owner, job_id, 1_000, QUOTA) for job_id in ("first", "second")]
    with pytest.raises(QuotaExceeded):
        await counted(quotas, owner, "third", 1_000, QUOTA)
    assert [standing.unfinished_left for standing in standings] == [1, 0]
    assert (await quotas.unfinished_ages(owner)).keys() == {"first", "second"}


async def test_the_end_of_a_job_releases_its_quota(jobs: JobStore, quotas: QuotaLedger, owner: str) -> None:
    job = await created(jobs, owner=owner)
    for job_id in (job.id, "another"):
        await counted(quotas, owner, job_id, 1_000, QUOTA)
        assert await quotas.acquire_run_slot(owner, job_id, QUOTA, 60)
    await jobs.apply(job.id, change.cancel())
    assert (await counted(quotas, owner, "third", 1_000, QUOTA)).unfinished_left == 0
    assert await quotas.acquire_run_slot(owner, "third", QUOTA, 60)


async def test_a_discarded_job_releases_its_quota(jobs: JobStore, quotas: QuotaLedger, owner: str) -> None:
    job = await created(jobs, owner=owner)
    await counted(quotas, owner, job.id, 1_000, QUOTA)
    await jobs.discard(job)
    assert await quotas.unfinished_ages(owner) == {}


async def test_a_released_job_counts_neither_as_unfinished_nor_as_running(quotas: QuotaLedger, owner: str) -> None:
    await counted(quotas, owner, "job", 1_000, QUOTA)
    await quotas.acquire_run_slot(owner, "job", QUOTA, 60)
    for _ in range(2):
        await quotas.release(owner, "job")
    assert await quotas.unfinished_ages(owner) == {}
    assert [await quotas.acquire_run_slot(owner, other, QUOTA, 60) for other in ("a", "b", "c")] == [True, True, False]


async def test_the_age_of_a_job_is_the_time_since_it_was_counted(
    quotas: QuotaLedger, owner: str, clock: FakeClock
) -> None:
    await counted(quotas, owner, "first", 1_000, QUOTA)
    clock.advance(20)
    await counted(quotas, owner, "second", 1_000, QUOTA)
    clock.advance(10)
    assert await quotas.unfinished_ages(owner) == {"first": 30, "second": 10}


async def test_submissions_are_counted_in_a_sliding_window(quotas: QuotaLedger, owner: str, clock: FakeClock) -> None:
    for n in range(4):
        await counted(quotas, owner, f"job-{n}", 1_000, QUOTA)
        await quotas.release(owner, f"job-{n}")
        clock.advance(10)
    with pytest.raises(QuotaExceeded) as refusal:
        await counted(quotas, owner, "too-soon", 1_000, QUOTA)
    assert refusal.value.retry_after_s == 20
    clock.advance(20)
    assert (await counted(quotas, owner, "in-time", 1_000, QUOTA)).submissions_left == 0


async def test_a_job_is_counted_once(quotas: QuotaLedger, owner: str) -> None:
    standings = [await counted(quotas, owner, "job", 1_000, QUOTA) for _ in range(10)]
    assert {standing.submissions_left for standing in standings} == {3}


async def test_a_job_that_is_counted_again_after_its_release_is_one_submission(quotas: QuotaLedger, owner: str) -> None:
    for _ in range(2):
        standing = await counted(quotas, owner, "job", 1_000, QUOTA)
        await quotas.release(owner, "job")
    assert standing.submissions_left == 3


async def test_submissions_at_once_cannot_exceed_the_quota(quotas: QuotaLedger, owner: str) -> None:
    answers = await asyncio.gather(
        *(counted(quotas, owner, f"job-{n}", 1_000, QUOTA) for n in range(10)), return_exceptions=True
    )
    assert sum(isinstance(answer, QuotaExceeded) for answer in answers) == 8


async def test_each_owner_has_its_own_quota(quotas: QuotaLedger) -> None:
    for _ in range(4):
        owner, job_id = str(uuid.uuid4()), str(uuid.uuid4())
        await counted(quotas, owner, job_id, 1_000, Quota(max_unfinished=1, max_submissions=1))
        assert await quotas.acquire_run_slot(owner, job_id, Quota(max_running=1), 60)


async def test_an_owner_cannot_have_more_run_slots_than_the_limit(quotas: QuotaLedger, owner: str) -> None:
    assert [await quotas.acquire_run_slot(owner, job_id, QUOTA, 60) for job_id in ("a", "b", "c")] == [
        True,
        True,
        False,
    ]
    for _ in range(2):
        await quotas.release_run_slot(owner, "b")
    assert await quotas.acquire_run_slot(owner, "c", QUOTA, 60)


async def test_run_slots_acquired_at_once_cannot_exceed_the_quota(quotas: QuotaLedger, owner: str) -> None:
    answers = await asyncio.gather(*(quotas.acquire_run_slot(owner, f"job-{n}", QUOTA, 60) for n in range(10)))
    assert sum(answers) == 2


async def test_a_job_holds_one_run_slot_however_often_it_acquires_it(quotas: QuotaLedger, owner: str) -> None:
    assert all([await quotas.acquire_run_slot(owner, "job", QUOTA, 60) for _ in range(5)])
    assert await quotas.acquire_run_slot(owner, "another", QUOTA, 60)


async def test_a_run_slot_that_is_never_released_expires(quotas: QuotaLedger, owner: str, clock: FakeClock) -> None:
    for n in range(2):
        await quotas.acquire_run_slot(owner, f"job-{n}", QUOTA, 60)
    clock.advance(59)
    assert not await quotas.acquire_run_slot(owner, "third", QUOTA, 60)
    clock.advance(2)
    assert await quotas.acquire_run_slot(owner, "third", QUOTA, 60)


async def test_an_owner_without_jobs_has_no_ages(quotas: QuotaLedger, owner: str) -> None:
    assert await quotas.unfinished_ages(owner) == {}


async def test_without_limits_everything_is_admitted(quotas: QuotaLedger, owner: str) -> None:
    standings = [await counted(quotas, owner, f"job-{n}", 1_000, UNLIMITED) for n in range(3)]
    assert {(standing.unfinished_left, standing.submissions_left) for standing in standings} == {(None, None)}
    assert all([await quotas.acquire_run_slot(owner, f"job-{n}", UNLIMITED, 60) for n in range(3)])


async def test_several_jobs_are_counted_in_their_order_until_the_quota_is_used_up(
    quotas: QuotaLedger, owner: str
) -> None:
    quota = replace(UNLIMITED, max_unfinished=3, max_tokens=10_000)
    wanted = {"a": 4_000, "b": 7_000, "c": 5_000, "d": 1_000, "e": 0}
    counts = await quotas.count_submissions(owner, wanted, quota)
    assert list(counts) == list(wanted)
    refused = {job_id for job_id, count in counts.items() if isinstance(count, QuotaExceeded)}
    assert refused == {"b", "e"}, "b has too many tokens, and e would be the fourth unfinished job"
    assert set(await quotas.unfinished_ages(owner)) == {"a", "c", "d"}
    again = await quotas.count_submissions(owner, {"a": 4_000, "b": 0}, quota)
    assert [isinstance(count, QuotaExceeded) for count in again.values()] == [False, True]


async def test_no_jobs_are_counted_at_no_cost(quotas: QuotaLedger) -> None:
    assert await quotas.count_submissions("owner", {}, UNLIMITED) == {}
    assert await quotas.reserve_for_all({}, 0) == {}
