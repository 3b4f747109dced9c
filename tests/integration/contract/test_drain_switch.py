"""The contract of `port.DrainSwitch`."""

import uuid

from chalicelib.domain import change
from chalicelib.domain.drain import Drain, Draining
from chalicelib.domain.lifecycle import Status
from chalicelib.port.drain_switch import DrainSwitch
from chalicelib.port.job_store import JobStore
from chalicelib.port.quota_ledger import QuotaLedger
from tests.clock import FakeClock
from tests.integration.contract.stored_job import created


def drain(clock: FakeClock, *, minutes: float = 5, refuses: bool = False) -> Drain:
    ends_at = clock.now_ms() + int(minutes * 60_000)
    return Drain(by="arn:ñ", reason='a "new" version', began_at=clock.now_ms(), ends_at=ends_at, refuses=refuses)


async def test_a_drain_is_read_as_it_was_started(drains: DrainSwitch, clock: FakeClock) -> None:
    assert await drains.read() is None
    await drains.start(drain(clock))
    await drains.start(replacement := drain(clock, minutes=9, refuses=True))
    assert await drains.read() == replacement


async def test_a_drain_can_be_ended_twice(drains: DrainSwitch, clock: FakeClock) -> None:
    await drains.start(drain(clock))
    for _ in range(2):
        await drains.end()
        assert await drains.read() is None


async def test_a_drain_that_is_over_is_gone(drains: DrainSwitch, clock: FakeClock) -> None:
    """A forgotten drain must not stop a stage for ever."""
    await drains.start(drain(clock, minutes=0))
    while await drains.read() is not None:
        pass


async def test_a_worker_reads_the_drain_with_the_job(drains: DrainSwitch, jobs: JobStore, clock: FakeClock) -> None:
    job = await created(jobs)
    assert await drains.read_with_job(job.id) == (None, job)
    await drains.start(began := drain(clock))
    assert await drains.read_with_job(job.id) == (began, job)
    assert await drains.read_with_job(str(uuid.uuid4())) == (began, None)


async def test_only_a_drain_that_refuses_jobs_reserves_no_tokens(
    drains: DrainSwitch, quotas: QuotaLedger, clock: FakeClock
) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    await drains.start(drain(clock))
    assert await quotas.reserve_for_all({first: 1_000}, None) == {}
    await drains.start(drain(clock, refuses=True))
    refused = await quotas.reserve_for_all({second: 1_000}, None)
    assert [type(refusal) for refusal in refused.values()] == [Draining]
    assert second not in await quotas.reserved_ages()
    assert await quotas.reserve_for_all({first: 1_000}, None) == {}, "an equal request was accepted before"
    await quotas.release_for_all(first)


async def test_a_job_that_a_drain_holds_starts_to_wait_again(jobs: JobStore, clock: FakeClock) -> None:
    """It stays pending, and its caller sees no change."""
    job = await created(jobs)
    clock.advance(3_000)
    held = await jobs.apply(job.id, change.hold(job, 15))
    assert (held.status, held.revision, held.attempt) == (Status.PENDING, 1, 0)
    assert (held.waited_s, held.age_s, held.sent_at) == (0, 3_000, clock.now_ms() + 15_000)
