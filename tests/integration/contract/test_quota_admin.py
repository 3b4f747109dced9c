"""The contract of `port.QuotaAdmin`: it reads what `QuotaLedger` counts."""

import uuid

import pytest

from chalicelib.domain.quota import Quota
from chalicelib.port.job_database import JobDatabase
from chalicelib.port.quota_ledger import QuotaLedger
from tests.clock import FakeClock

QUOTA = Quota(max_unfinished=4, max_submissions=4, window_s=60, max_running=2)


@pytest.fixture
def owner() -> str:
    return str(uuid.uuid4())


async def test_it_reads_what_the_ledger_has_counted(
    database: JobDatabase, quotas: QuotaLedger, owner: str, clock: FakeClock
) -> None:
    await quotas.count_submissions(owner, {"first": 1_000}, QUOTA)
    clock.advance(10)
    counted = await quotas.count_submissions(owner, {"second": 2_000}, QUOTA)
    await quotas.acquire_run_slot(owner, "first", QUOTA, 60)
    use = await database.quota_admin.use_of(owner, QUOTA)
    assert use.standing == counted["second"]
    assert (use.standing.submissions, use.standing.window_moves_in_s, use.running) == (2, 50, 1)


async def test_what_is_over_no_longer_counts(
    database: JobDatabase, quotas: QuotaLedger, owner: str, clock: FakeClock
) -> None:
    """It does not wait for the ledger to clean up, because a read must change nothing."""
    await quotas.count_submissions(owner, {"first": 1_000}, QUOTA)
    await quotas.acquire_run_slot(owner, "first", QUOTA, 30)
    clock.advance(61)
    use = await database.quota_admin.use_of(owner, QUOTA)
    assert (use.standing.submissions, use.standing.unfinished, use.running) == (0, 1, 0)


async def test_a_reset_forgets_submissions_and_keeps_what_unfinished_jobs_count(
    database: JobDatabase, quotas: QuotaLedger, owner: str
) -> None:
    await quotas.count_submissions(owner, {"first": 1_000}, QUOTA)
    for _ in range(2):
        await database.quota_admin.reset(owner)
    use = await database.quota_admin.use_of(owner, QUOTA)
    assert (use.standing.submissions, use.standing.unfinished) == (0, 1)
    assert (use.standing.today.spent, use.standing.today.reserved) == (0, 1_000)


async def test_an_unknown_owner_uses_nothing(database: JobDatabase, owner: str) -> None:
    use = await database.quota_admin.use_of(owner, QUOTA)
    assert (use.standing.submissions, use.standing.unfinished, use.standing.today.reserved, use.running) == (0, 0, 0, 0)


async def test_the_tokens_of_all_owners_are_those_of_the_day(database: JobDatabase, quotas: QuotaLedger) -> None:
    before = await database.quota_admin.tokens_of_all()
    job_id = str(uuid.uuid4())
    await quotas.reserve_for_all({job_id: 1_500}, None)
    assert (await database.quota_admin.tokens_of_all()).reserved == before.reserved + 1_500
    await quotas.release_for_all(job_id)
