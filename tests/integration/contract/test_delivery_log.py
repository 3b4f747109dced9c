"""The contract of `port.DeliveryLog`."""

import asyncio
import uuid

import pytest

from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.domain.job import Job
from chalicelib.domain.notification import DeliveryAttempt, DeliveryState
from chalicelib.domain.webhook import WebhookEvent
from chalicelib.port.delivery_log import MARKED_S, MAX_ENTRIES, DeliveryLog
from chalicelib.port.job_database import JobDatabase
from chalicelib.port.job_store import JobStore
from tests.clock import FakeClock
from tests.integration.contract.stored_job import TIMING, created


@pytest.fixture
def log(database: JobDatabase) -> DeliveryLog:
    return database.deliveries


@pytest.fixture
async def job(jobs: JobStore) -> Job:
    return await created(jobs)


def entry(number: int = 0) -> DeliveryAttempt:
    return DeliveryAttempt(
        notification_id="msg_1",
        event=WebhookEvent.COMPLETED,
        revision=7,
        url="https://example.com/hööks",
        round="",
        number=number,
        at=1_900_000_000_123,
        status=503,
        error_code="refused",
        duration_ms=12,
        state=DeliveryState.WAITING,
        next_at=1_900_000_005_000,
    )


async def test_entries_are_read_as_they_were_written_oldest_first(log: DeliveryLog, job: Job) -> None:
    for number in range(3):
        assert await log.append(job.id, entry(number))
    assert await log.read(job.id) == [entry(0), entry(1), entry(2)]


async def test_a_job_without_entries_has_none(log: DeliveryLog, job: Job) -> None:
    assert await log.read(job.id) == []


async def test_nothing_is_written_for_a_job_that_is_not_stored(log: DeliveryLog) -> None:
    job_id = str(uuid.uuid4())
    assert not await log.append(job_id, entry())
    assert await log.read(job_id) == []


async def test_the_oldest_entries_are_dropped(log: DeliveryLog, job: Job) -> None:
    for number in range(MAX_ENTRIES + 3):
        await log.append(job.id, entry(number))
    assert [kept.number for kept in await log.read(job.id)] == list(range(3, MAX_ENTRIES + 3))


async def test_entries_written_at_the_same_time_are_all_kept(log: DeliveryLog, job: Job) -> None:
    await asyncio.gather(*(log.append(job.id, entry(number)) for number in range(20)))
    assert sorted(kept.number or 0 for kept in await log.read(job.id)) == list(range(20))


async def test_the_log_expires_with_its_job(
    log: DeliveryLog, job: Job, database: JobDatabase, clock: FakeClock
) -> None:
    await log.append(job.id, entry())
    if isinstance(database, RedisDatabase):  # it expires keys by its own clock, which no test can change
        keys = [f"job:{{{job.id}}}", f"job:{{{job.id}}}:deliveries"]
        first, second = [await database._connection.client.pttl(key) for key in keys]
        assert abs(first - second) < 60_000
        assert second > 0
        return
    clock.advance(TIMING.job_ttl_s + 1)
    assert await log.read(job.id) == []


async def test_steps_are_marked_for_each_notification(log: DeliveryLog) -> None:
    first, second = f"msg_{uuid.uuid4().hex}", f"msg_{uuid.uuid4().hex}"
    assert await log.marks(first) == set()
    await log.mark(first, "/0/0")
    await log.mark(first, "/0/0")
    await log.mark(first, "/1/0")
    assert await log.marks(first) == {"/0/0", "/1/0"}
    assert await log.marks(second) == set()


async def test_marks_expire(log: DeliveryLog, database: JobDatabase) -> None:
    """Otherwise they would fill Redis."""
    notification_id = f"msg_{uuid.uuid4().hex}"
    await log.mark(notification_id, "/0/0")
    if isinstance(database, RedisDatabase):
        left_s = await database._connection.client.ttl(f"notification:{notification_id}")
        assert 0 < left_s <= MARKED_S
