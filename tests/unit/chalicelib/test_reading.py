"""Reading jobs, long polls, events and lists; cancelling jobs."""

import asyncio
import json

import pytest

from chalicelib.domain import change
from chalicelib.domain.change import Change
from chalicelib.domain.error import NotFound, StoreUnavailable
from chalicelib.domain.job import Checkpoint, Job
from chalicelib.domain.lifecycle import Status
from tests.unit.chalicelib.system import OWNER, System


async def test_another_owners_job_is_not_found() -> None:
    system = System()
    job = await system.submitted()
    reading = system.services.reading
    for attempt in (
        reading.job("thief", job.id),
        reading.events("thief", job.id, 0),
        reading.cancel("thief", job.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await system.job(job.id)).status is Status.PENDING


async def test_a_long_poll_answers_with_the_next_revision() -> None:
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, known_revisions={job.revision}, wait_s=20))
    await asyncio.sleep(5)
    assert not poll.done()
    await system.services.reading.cancel(OWNER, job.id)
    view, waited = await poll
    assert (view.job.status, waited) == (Status.CANCELLED, True)
    assert asyncio.get_running_loop().time() == pytest.approx(5, abs=0.1)


async def test_a_long_poll_without_a_known_revision_waits_for_the_end() -> None:
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, wait_s=20))
    await system.work(job.id)
    view, waited = await poll
    assert (view.job.status, waited) == (Status.COMPLETED, True)


async def test_a_long_poll_of_a_job_that_has_ended_is_answered_at_once() -> None:
    """Even if the caller knows its last revision: nothing more will happen."""
    system = System()
    job = await system.submitted()
    ended, _ = await system.services.reading.cancel(OWNER, job.id)
    view, _ = await system.services.reading.job(OWNER, job.id, known_revisions={ended.job.revision}, wait_s=20)
    assert view.job.revision == ended.job.revision
    assert asyncio.get_running_loop().time() == 0


async def test_a_long_poll_ends_in_time_and_says_that_it_waited() -> None:
    system = System()
    job = await system.submitted()
    view, waited = await system.services.reading.job(OWNER, job.id, known_revisions={1}, wait_s=20)
    assert (view.job.revision, waited) == (1, True)
    assert asyncio.get_running_loop().time() == pytest.approx(20, abs=0.1)


async def claimed(system: System, job: Job) -> None:
    await system.jobs.apply(job.id, change.claim(job, "worker", system.timing))


async def advanced(system: System, job: Job, progress: int) -> None:
    await system.jobs.apply(job.id, change.advance("worker", progress, "Generated names..."))


async def test_a_long_poll_can_gather_the_changes_that_follow_the_first() -> None:
    """So a burst of changes costs one answer."""
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, known_revisions={1}, wait_s=20, gather_s=2))
    await asyncio.sleep(3)
    await claimed(system, job)
    await asyncio.sleep(1)
    await advanced(system, job, 30)
    assert not poll.done()
    view, waited = await poll
    assert (view.job.progress, waited) == (30, True)
    assert asyncio.get_running_loop().time() == pytest.approx(5, abs=0.1)


async def test_a_change_before_the_poll_is_gathered_too() -> None:
    """A client that calls again at once must not get one answer for each change."""
    system = System()
    job = await system.submitted()
    await claimed(system, job)
    await system.services.reading.job(OWNER, job.id, known_revisions={1}, wait_s=20, gather_s=2)
    assert asyncio.get_running_loop().time() == pytest.approx(2, abs=0.1)


async def test_the_end_of_a_job_is_not_held_back_to_gather_more() -> None:
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, known_revisions={1}, wait_s=20, gather_s=10))
    await asyncio.sleep(1)
    await claimed(system, job)
    await asyncio.sleep(1)
    await advanced(system, job, 30)
    await asyncio.sleep(1)
    await system.services.reading.cancel(OWNER, job.id)
    view, _ = await poll
    assert view.job.status is Status.CANCELLED
    assert asyncio.get_running_loop().time() == pytest.approx(3, abs=0.1)


async def test_gathering_does_not_make_a_long_poll_longer() -> None:
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, known_revisions={1}, wait_s=20, gather_s=10))
    await asyncio.sleep(15)
    await claimed(system, job)
    view, _ = await poll
    assert view.job.status is Status.PROCESSING
    assert asyncio.get_running_loop().time() == pytest.approx(20, abs=0.1)


async def test_gathering_survives_a_short_outage_of_the_store() -> None:
    system = System()
    job = await system.submitted()
    await claimed(system, job)
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, known_revisions={1}, wait_s=20, gather_s=2))
    await asyncio.sleep(1)
    system.server.down = True
    await asyncio.sleep(0)
    await system.server.wake_waiters()
    await asyncio.sleep(5)
    system.server.down = False
    await advanced(system, job, 30)
    view, _ = await poll
    assert view.job.progress == 30


async def test_one_long_poll_too_many_is_answered_at_once() -> None:
    system = System()
    job = await system.submitted()
    polls = [
        asyncio.create_task(system.services.reading.job(OWNER, job.id, known_revisions={1}, wait_s=20))
        for _ in range(64)
    ]
    await asyncio.sleep(1)
    view, waited = await system.services.reading.job(OWNER, job.id, known_revisions={1}, wait_s=20)
    assert (view.job.revision, waited) == (1, False)
    assert asyncio.get_running_loop().time() == pytest.approx(1, abs=0.1)
    await asyncio.gather(*polls)


async def test_one_owner_cannot_hold_all_long_polls() -> None:
    system = System()
    reading = system.services.reading

    async def poll(owner: str, job_id: str) -> bool:
        return (await reading.job(owner, job_id, known_revisions={1}, wait_s=20))[1]

    hers, his = [(await system.submit(owner, "generate_relics", {})).job.id for owner in ("greedy", "somebody-else")]
    greedy = [asyncio.create_task(poll("greedy", hers)) for _ in range(64)]
    await asyncio.sleep(1)
    assert sum(task.done() for task in greedy) == 64 - 16
    assert await poll("somebody-else", his)
    assert sum(await asyncio.gather(*greedy)) == 16
    assert await poll("greedy", hers)


async def test_events_are_read_after_a_revision() -> None:
    system = System()
    job = await system.submitted()
    await system.work(job.id)
    events, _, _ = await system.services.reading.events(OWNER, job.id, 0)
    later, _, _ = await system.services.reading.events(OWNER, job.id, 5)
    assert [event.revision for event in events] == list(range(1, len(events) + 1))
    assert later == events[5:]


async def test_a_request_can_wait_for_events() -> None:
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(system.services.reading.events(OWNER, job.id, after=1, wait_s=20))
    await asyncio.sleep(3)
    await system.services.reading.cancel(OWNER, job.id)
    events, _, waited = await poll
    assert ([event.status for event in events], waited) == ([Status.CANCELLED], True)


async def test_cancel_is_idempotent_and_final() -> None:
    system = System()
    job = await system.submitted()
    first, stopped = await system.services.reading.cancel(OWNER, job.id)
    second, stopped_again = await system.services.reading.cancel(OWNER, job.id)
    assert (stopped, stopped_again) == (True, False)
    assert first.job.revision == second.job.revision
    assert await system.work(job.id) == []
    assert (await system.job(job.id)).status is Status.CANCELLED


async def test_a_completed_job_is_not_cancelled() -> None:
    system = System()
    job = await system.submitted()
    await system.work(job.id)
    done, stopped = await system.services.reading.cancel(OWNER, job.id)
    assert (done.job.status, stopped) == (Status.COMPLETED, False)


async def test_a_page_of_a_filtered_list_reads_a_limited_number_of_jobs() -> None:
    """An owner with thousands of jobs must not make one request read them all."""
    system = System()
    oldest = await system.submitted(count=1)
    await system.services.reading.cancel(OWNER, oldest.id)
    for _ in range(500):
        await system.submitted(count=1)
    page, cursor = await system.services.listing.page(OWNER, 1, status="cancelled")
    assert page == []
    assert cursor is not None
    page, _ = await system.services.listing.page(OWNER, 1, status="cancelled", after=cursor)
    assert [job.id for job in page] == [oldest.id]


async def test_a_page_ends_before_its_results_exceed_what_lambda_can_return(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    ids = [(await system.submitted(count=1)).id for _ in range(5)]
    await system.work(*ids)
    result = (await system.job(ids[0])).result
    size = len(json.dumps(result, separators=(",", ":")))
    monkeypatch.setattr("chalicelib.service.listing.MAX_RESULT_BYTES", int(size * 1.5))
    listed: list[str] = []
    cursor, pages = None, 0
    while cursor or not pages:
        page, cursor = await system.services.listing.page(OWNER, 100, after=cursor)
        listed += [job.id for job in page]
        pages += 1
    assert (listed, pages) == (ids[::-1], 3)


async def test_a_cancel_shows_what_was_written_just_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer has the revision that a read would have, so it must have the same content."""
    system = System()
    job = await system.submitted(count=1)
    await system.jobs.apply(job.id, change.claim(job, "worker", system.timing))
    apply = system.jobs.apply

    async def apply_late(job_id: str, cancelling: Change) -> Job:
        monkeypatch.setattr(system.jobs, "apply", apply)
        stage, piece = Checkpoint(0, "name", {"name": "Ada"}), {"name": "Ada", "description": None}
        await apply(job_id, change.advance("worker", 40, "Generated names...", stage, piece))
        return await apply(job_id, cancelling)

    monkeypatch.setattr(system.jobs, "apply", apply_late)
    cancelled, _ = await system.services.reading.cancel(OWNER, job.id)
    read, _ = await system.services.reading.job(OWNER, job.id)
    assert cancelled.pieces == read.pieces != {}
    assert cancelled.job.revision == read.job.revision


async def test_a_long_poll_survives_a_short_outage_of_the_store() -> None:
    """A failover takes seconds. Pollers need not notice it."""
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, known_revisions={job.revision}, wait_s=20))
    await asyncio.sleep(1)
    system.server.down = True
    await asyncio.sleep(0)
    await system.server.wake_waiters()  # the wait ends, and the next read fails
    await asyncio.sleep(5)
    system.server.down = False
    await system.services.reading.cancel(OWNER, job.id)
    view, waited = await poll
    assert (view.job.status, waited) == (Status.CANCELLED, True)


async def test_a_long_poll_fails_if_the_store_stays_down() -> None:
    """The state before the outage must not be returned as the current one."""
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, wait_s=20))
    await asyncio.sleep(1)
    system.server.down = True
    with pytest.raises(StoreUnavailable):
        await poll
    assert 19 <= asyncio.get_running_loop().time() <= 21


async def test_a_stuck_job_is_shown_while_the_store_refuses_writes() -> None:
    """It cannot be recovered at that moment, but it can be shown."""
    system = System()
    job = await system.submitted()
    await asyncio.sleep(system.timing.resend_after_s + 5)
    system.server.refuses_writes = True
    view, _ = await system.services.reading.job(OWNER, job.id)
    assert view.job.status is Status.PENDING
    system.server.refuses_writes = False
    await system.services.reading.job(OWNER, job.id)
    assert system.queue.sent == [(job.id, 0), (job.id, 0)]
