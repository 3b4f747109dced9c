"""The contract of `port.JobStore`: waiting for a job's next event, and for its end."""

import asyncio

import pytest

from chalicelib.domain import change
from chalicelib.domain.change import Change
from chalicelib.port.job_store import JobStore
from tests.integration.contract.conftest import CountWaits
from tests.integration.contract.stored_job import TOKEN, claimed
from tests.unit.generator.until import until


async def test_a_waiter_is_woken_by_the_next_event(jobs: JobStore, count_waits: CountWaits) -> None:
    job = await claimed(jobs)
    waiter = asyncio.create_task(jobs.wait_for_event(job.id, job.revision, 600))
    await until(lambda: count_waits() > 0, timeout_s=60)
    assert not waiter.done()
    await jobs.apply(job.id, change.advance(TOKEN, 20, "Generating characters..."))
    event = await waiter
    assert event is not None
    assert (event.revision, event.progress) == (job.revision + 1, 20)


async def test_a_wait_without_an_event_ends_with_none(jobs: JobStore) -> None:
    job = await claimed(jobs)
    assert await jobs.wait_for_event(job.id, job.revision, 0.001) is None


async def test_a_wait_for_a_past_event_ends_at_once_with_the_newest(jobs: JobStore) -> None:
    job = await claimed(jobs)
    event = await jobs.wait_for_event(job.id, 0, 600)
    assert event is not None
    assert (event.revision, event.status) == (job.revision, "processing")


async def test_only_the_end_wakes_a_waiter_for_the_end(jobs: JobStore, count_waits: CountWaits) -> None:
    """Waking a caller costs the API more than the event costs the worker."""
    job = await claimed(jobs)
    waiter = asyncio.create_task(jobs.wait_for_end(job.id, 600))
    await until(lambda: count_waits() > 0, timeout_s=60)
    await jobs.apply(job.id, change.advance(TOKEN, 20, "Generating characters..."))
    assert await jobs.wait_for_event(job.id, job.revision, 600)
    assert not waiter.done()
    await jobs.apply(job.id, change.complete(TOKEN, [], []))
    event = await waiter
    assert event is not None
    assert (event.revision, event.status, event.progress) == (job.revision + 2, "completed", 100)


@pytest.mark.parametrize("ending", [change.cancel(), change.fail(TOKEN, "internal", "It failed.", retryable=True)])
async def test_a_wait_for_a_past_end_ends_at_once(jobs: JobStore, ending: Change) -> None:
    job = await claimed(jobs)
    ended = await jobs.apply(job.id, ending)
    event = await jobs.wait_for_end(job.id, 600)
    assert event is not None
    assert (event.revision, event.status) == (ended.revision, ended.status)
    assert [event.revision for event in await jobs.events(job.id, job.revision)] == [ended.revision]


async def test_a_wait_for_an_event_after_the_end_returns_the_end(jobs: JobStore) -> None:
    """If the caller slept instead of ending, it would never learn of the end. If it got nothing, it would ask on."""
    job = await claimed(jobs)
    ended = await jobs.apply(job.id, change.cancel())
    event = await jobs.wait_for_event(job.id, ended.revision + 1, 600)
    assert event is not None
    assert (event.revision, event.status) == (ended.revision, "cancelled")


async def test_a_wait_for_the_end_of_a_running_job_returns_none(jobs: JobStore) -> None:
    job = await claimed(jobs)
    assert await jobs.wait_for_end(job.id, 0.001) is None
