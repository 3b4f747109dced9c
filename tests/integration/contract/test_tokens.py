"""The contract of `port.QuotaLedger` for tokens: the daily limits of one owner and of all owners."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from chalicelib.domain import change
from chalicelib.domain.job import Checkpoint, Job, Usage
from chalicelib.domain.quota import UNLIMITED, QuotaExceeded
from chalicelib.domain.spending import MARGIN, SpendingStopped
from chalicelib.port.job_store import JobStore
from chalicelib.port.quota_ledger import QuotaLedger
from tests import ledger
from tests.clock import FakeClock
from tests.integration.contract.stored_job import TIMING, TOKEN, created
from tests.ledger import counted

QUOTA = replace(UNLIMITED, max_tokens=10_000)
DAY_S = 86_400


@pytest.fixture
def owner() -> str:
    return str(uuid.uuid4())


@pytest.fixture(autouse=True)
def noon(clock: FakeClock) -> None:
    """No test crosses midnight by accident."""
    clock.advance(DAY_S - clock.now_ms() / 1000 % DAY_S + DAY_S / 2)


class Day:
    """What one owner, or all owners together, have spent and reserved today."""

    def __init__(self, quotas: QuotaLedger) -> None:
        self._quotas = quotas

    async def of(self, owner: str) -> tuple[int, int]:
        probe = str(uuid.uuid4())
        today = (await counted(self._quotas, owner, probe, 0, UNLIMITED)).today
        await self._quotas.release(owner, probe)
        return today.spent, today.reserved

    async def left_for_all(self) -> int:
        """What is left of a very high stop. Other tests spend on the same day."""
        with pytest.raises(SpendingStopped) as refusal:
            await ledger.reserved(self._quotas, str(uuid.uuid4()), 10**15, 10**15 - 1)
        return refusal.value.left


@pytest.fixture
def day(quotas: QuotaLedger) -> Day:
    return Day(quotas)


async def reserved(quotas: QuotaLedger, jobs: JobStore, owner: str, tokens: int) -> Job:
    """A job that has reserved tokens for its owner and for all."""
    job_id = str(uuid.uuid4())
    await counted(quotas, owner, job_id, tokens, QUOTA)
    await ledger.reserved(quotas, job_id, tokens, None)
    return await created(jobs, id=job_id, owner=owner, token_budget=tokens)


async def worked_on(jobs: JobStore, job: Job, usage: Usage) -> None:
    await jobs.apply(job.id, change.claim(job, TOKEN, TIMING))
    stage = Checkpoint(0, "name", {"name": "Ada"}, usage)
    await jobs.apply(job.id, change.advance(TOKEN, 50, "Generated names...", stage))


async def test_concurrent_submissions_cannot_reserve_more_than_the_limit(
    quotas: QuotaLedger, owner: str, day: Day
) -> None:
    answers = await asyncio.gather(
        *(counted(quotas, owner, f"job-{n}", 700, QUOTA) for n in range(100)), return_exceptions=True
    )
    assert sum(not isinstance(answer, QuotaExceeded) for answer in answers) == 14
    assert await day.of(owner) == (0, 9_800)


async def test_a_refused_submission_reserves_and_counts_nothing(quotas: QuotaLedger, owner: str, day: Day) -> None:
    await counted(quotas, owner, "first", 9_000, QUOTA)
    with pytest.raises(QuotaExceeded):
        await counted(quotas, owner, "second", 1_001, QUOTA)
    assert (await quotas.unfinished_ages(owner)).keys() == {"first"}
    assert (await counted(quotas, owner, "third", 1_000, QUOTA)).tokens_left == 0


async def test_a_submission_that_another_quota_refuses_reserves_nothing(
    quotas: QuotaLedger, owner: str, day: Day
) -> None:
    with pytest.raises(QuotaExceeded):
        await counted(quotas, owner, "job", 100, replace(QUOTA, max_unfinished=0))
    assert await day.of(owner) == (0, 0)


async def test_a_job_reserves_once_however_often_it_is_counted(quotas: QuotaLedger, owner: str, day: Day) -> None:
    for _ in range(3):
        await counted(quotas, owner, "job", 6_000, QUOTA)
    assert await day.of(owner) == (0, 6_000)


async def test_the_end_of_a_job_replaces_its_reservation_by_its_cost_once(
    quotas: QuotaLedger, jobs: JobStore, owner: str, day: Day
) -> None:
    left_before = await day.left_for_all()
    job = await reserved(quotas, jobs, owner, 6_000)
    await worked_on(jobs, job, Usage(3, 900, 100))
    assert await day.left_for_all() == left_before - 6_000
    done = await jobs.apply(job.id, change.complete(TOKEN, [], []))
    for _ in range(3):
        await quotas.settle(done)
    assert await day.of(owner) == (1_000, 0)
    assert await day.left_for_all() == left_before - 1_000


async def test_jobs_that_are_settled_concurrently_are_each_counted_once(
    quotas: QuotaLedger, jobs: JobStore, owner: str, day: Day
) -> None:
    ended = []
    for _ in range(5):
        job = await reserved(quotas, jobs, owner, 2_000)
        await worked_on(jobs, job, Usage(1, 90, 10))
        ended.append(await jobs.apply(job.id, change.fail(TOKEN, "refused", "No.", retryable=False)))
    await asyncio.gather(*(quotas.settle(job) for job in ended for _ in range(10)))
    assert await day.of(owner) == (500, 0)


async def test_a_job_that_costs_more_than_its_reservation_counts_in_full(
    quotas: QuotaLedger, jobs: JobStore, owner: str, day: Day
) -> None:
    job = await reserved(quotas, jobs, owner, 1_000)
    await worked_on(jobs, job, Usage(1, 9_000, 3_000))
    await jobs.apply(job.id, change.complete(TOKEN, [], []))
    assert await day.of(owner) == (12_000, 0)
    with pytest.raises(QuotaExceeded):
        await counted(quotas, owner, "next", 0, replace(QUOTA, max_tokens=11_000))


async def test_a_job_cancelled_before_it_runs_costs_nothing(
    quotas: QuotaLedger, jobs: JobStore, owner: str, day: Day
) -> None:
    job = await reserved(quotas, jobs, owner, 6_000)
    await jobs.apply(job.id, change.cancel())
    assert await day.of(owner) == (0, 0)


async def test_a_job_cancelled_while_running_counts_at_least_its_expected_cost(
    quotas: QuotaLedger, jobs: JobStore, owner: str, day: Day
) -> None:
    """The cost of the running calls is never known. If cancels were free, they would evade the limit."""
    job = await reserved(quotas, jobs, owner, 6_000)
    await worked_on(jobs, job, Usage(1, 90, 10))
    await jobs.apply(job.id, change.cancel())
    assert await day.of(owner) == (6_000 // MARGIN, 0)


async def test_a_discarded_job_costs_nothing(quotas: QuotaLedger, jobs: JobStore, owner: str, day: Day) -> None:
    left_before = await day.left_for_all()
    await jobs.discard(await reserved(quotas, jobs, owner, 6_000))
    assert await day.of(owner) == (0, 0)
    assert await day.left_for_all() == left_before


async def test_a_released_job_costs_nothing(quotas: QuotaLedger, owner: str, day: Day) -> None:
    left_before = await day.left_for_all()
    await counted(quotas, owner, "job", 6_000, QUOTA)
    await ledger.reserved(quotas, "job", 6_000, None)
    for _ in range(2):
        await quotas.release(owner, "job")
    assert await day.of(owner) == (0, 0)
    assert await day.left_for_all() == left_before


async def test_the_next_day_has_its_own_tokens(quotas: QuotaLedger, owner: str, clock: FakeClock) -> None:
    await counted(quotas, owner, "today", 10_000, QUOTA)
    with pytest.raises(QuotaExceeded) as refusal:
        await counted(quotas, owner, "too much", 1, QUOTA)
    assert refusal.value.standing.today.ends_in_s == pytest.approx(DAY_S / 2, abs=1)
    clock.advance(DAY_S / 2 + 1)
    assert (await counted(quotas, owner, "tomorrow", 10_000, QUOTA)).tokens_left == 0


@pytest.mark.parametrize("created_later_s", [0, 0.2])
async def test_a_job_that_ends_after_midnight_counts_for_the_day_of_its_reservation(
    quotas: QuotaLedger, jobs: JobStore, owner: str, clock: FakeClock, day: Day, created_later_s: float
) -> None:
    clock.advance(DAY_S / 2 - 0.1)
    job_id = str(uuid.uuid4())
    await counted(quotas, owner, job_id, 6_000, QUOTA)
    clock.advance(created_later_s)
    job = await created(jobs, id=job_id, owner=owner, token_budget=6_000)
    clock.advance(60)
    await worked_on(jobs, job, Usage(1, 900, 100))
    await jobs.apply(job.id, change.complete(TOKEN, [], []))
    assert await day.of(owner) == (0, 0)
    clock.advance(-61)
    assert await day.of(owner) == (1_000, 0)


async def test_a_job_that_was_counted_on_two_days_costs_once(
    quotas: QuotaLedger, jobs: JobStore, owner: str, clock: FakeClock, day: Day
) -> None:
    """Two equal requests around midnight may count the same job. Neither day keeps a reservation."""
    clock.advance(DAY_S / 2 - 0.1)
    job_id = str(uuid.uuid4())
    await counted(quotas, owner, job_id, 6_000, QUOTA)
    clock.advance(1)
    await counted(quotas, owner, job_id, 6_000, QUOTA)
    job = await created(jobs, id=job_id, owner=owner, token_budget=6_000)
    await worked_on(jobs, job, Usage(1, 900, 100))
    await jobs.apply(job.id, change.complete(TOKEN, [], []))
    assert await day.of(owner) == (1_000, 0)
    clock.advance(-1)
    assert await day.of(owner) == (0, 0)


async def test_the_stop_holds_across_owners(quotas: QuotaLedger, day: Day) -> None:
    spent = 10**15 - 1 - await day.left_for_all()
    stop = spent + 10_000
    answers = await asyncio.gather(
        *(ledger.reserved(quotas, str(uuid.uuid4()), 700, stop) for _ in range(100)), return_exceptions=True
    )
    assert sum(not isinstance(answer, SpendingStopped) for answer in answers) == 14


async def test_of_several_jobs_those_that_fit_reserve_their_tokens(quotas: QuotaLedger, day: Day) -> None:
    spent = 10**15 - 1 - await day.left_for_all()
    first, second, third = (str(uuid.uuid4()) for _ in range(3))
    stopped = await quotas.reserve_for_all({first: 6_000, second: 5_000, third: 4_000}, spent + 10_000)
    assert [(job_id, getattr(refusal, "left", None)) for job_id, refusal in stopped.items()] == [(second, 4_000)]


async def test_reservations_of_all_owners_are_listed_with_their_age(quotas: QuotaLedger, clock: FakeClock) -> None:
    job_id = str(uuid.uuid4())
    await ledger.reserved(quotas, job_id, 100, None)
    clock.advance(20)
    await ledger.reserved(quotas, job_id, 100, None)
    assert (await quotas.reserved_ages())[job_id] == (await quotas.reserved_ages(min_age_s=20))[job_id] == 20
    assert job_id not in await quotas.reserved_ages(min_age_s=21)
    clock.advance(DAY_S / 2)
    assert (await quotas.reserved_ages())[job_id] == 20 + DAY_S / 2
    await quotas.release_for_all(job_id)
    assert job_id not in await quotas.reserved_ages()
