"""A drain keeps new jobs waiting and loses none."""

import asyncio

import pytest

from chalicelib.api import endpoint
from chalicelib.domain.diagnosis import Finding, diagnose
from chalicelib.domain.drain import Drain, Draining
from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.quota import Quota, Standing
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.system import OWNER, System
from tests.virtual_time import now_ms

HOUR_S = 3_600


def drain(system: System, *, lasts_s: float = HOUR_S, refuses: bool = False) -> None:
    ends_at = now_ms() + int(lasts_s * 1000)
    system.server.drain = Drain(by="me", reason="a release", began_at=now_ms(), ends_at=ends_at, refuses=refuses)


async def deliver(system: System) -> None:
    """Deliver every visible message to a worker."""
    await system.work(*(sent.job.id for sent in system.queue.receive()))


async def test_a_worker_begins_no_job_during_a_drain() -> None:
    """The job stays pending, uses no attempt, and its message comes back."""
    system = System()
    job = await system.submitted(count=1)
    drain(system)
    assert await system.work(job.id) == []
    waiting = await system.job(job.id)
    assert (waiting.status, waiting.attempt, waiting.revision) == (Status.PENDING, 0, 1)
    assert system.queue.sent == [(job.id, 0), (job.id, 15)]


async def test_a_waiting_job_completes_after_the_drain() -> None:
    system = System()
    job = await system.submitted(count=1)
    drain(system, lasts_s=60)
    while (await system.job(job.id)).status is Status.PENDING:
        await deliver(system)
        await asyncio.sleep(1)
    done = await system.job(job.id)
    assert (done.status, done.attempt) == (Status.COMPLETED, 1)
    assert 60_000 <= (done.started_at or 0) - job.created_at <= 76_000


async def test_a_drain_of_three_hours_loses_no_job() -> None:
    """A job fails if it waits for a worker for an hour. During a drain it waits for the operator."""
    system = System()
    job = await system.submitted(count=1)
    drain(system, lasts_s=3 * HOUR_S + 1)
    for _ in range(3 * HOUR_S // 60):
        await asyncio.sleep(60)
        await deliver(system)
        await system.services.recovery.sweep()
    assert diagnose(await system.job(job.id), system.timing) is Finding.CLAIMABLE
    assert len(system.queue.sent) < 2 + 3 * HOUR_S // 60, "recovery has sent copies"
    await asyncio.sleep(60)
    await deliver(system)
    assert (await system.job(job.id)).status is Status.COMPLETED


async def test_messages_that_are_lost_during_a_drain_are_missed_soon_each_time() -> None:
    """Recovery waits longer for each message that no worker has used. A drained worker has used them."""
    system = System()
    job = await system.submitted(count=1)
    drain(system, lasts_s=2 * HOUR_S)
    for _ in range(20):
        await system.work(job.id)
        system.queue.receive()
        await asyncio.sleep(60)
        assert await system.services.recovery.recover(await system.job(job.id)), "the lost message is not missed"
    assert (await system.job(job.id)).status is Status.PENDING


async def test_a_job_that_no_worker_takes_for_an_hour_after_a_drain_fails() -> None:
    system = System()
    job = await system.submitted(count=1)
    drain(system)
    await system.work(job.id)
    await asyncio.sleep(HOUR_S + 1)
    await system.services.recovery.sweep()
    assert (await system.job(job.id)).error_code == "timeout"


async def test_the_next_attempt_of_a_job_that_has_begun_is_not_kept_waiting() -> None:
    """Its deadline runs. The drain would make it fail."""
    system = System()
    job = await system.submitted(count=1)

    system.generator.down = True
    await system.work(job.id)
    system.generator.down = False
    drain(system)
    await asyncio.sleep(5)
    await deliver(system)
    assert (await system.job(job.id)).status is Status.COMPLETED


async def test_a_job_for_which_the_generator_had_no_room_waits_for_the_end_of_the_drain() -> None:
    """It has not begun: its deadline does not run."""
    system = System()
    job = await system.submitted(count=1)

    async def refuse(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("overloaded", "Busy.", retryable=True, uses_attempt=False)

    system.generator.before_stage = refuse
    await system.work(job.id)
    drain(system)
    await asyncio.sleep(30)
    await deliver(system)
    waiting = await system.job(job.id)
    assert (waiting.status, waiting.has_begun, waiting.attempt) == (Status.PROCESSING, False, 0)
    assert waiting.waits_since == now_ms()


async def test_new_jobs_are_accepted_during_a_drain() -> None:
    system = System()
    drain(system)
    assert (await system.submitted(count=1)).status is Status.PENDING


async def test_a_drain_can_refuse_new_jobs_without_counting_them() -> None:
    system = System(quota=Quota())
    drain(system, refuses=True)
    refused = await answer(system, endpoint.submit_job, request({"type": "generate_relics", "payload": {"count": 1}}))
    assert (refused.status, refused.body["code"], refused.headers["Retry-After"]) == (503, "draining", "30")
    assert (await system.quotas.unfinished_ages(OWNER), system.queue.sent) == ({}, [])
    with pytest.raises(Draining):
        await system.submitted(count=1)


async def test_health_tells_of_a_drain_but_not_who_began_it() -> None:
    """The parts are up, so the answer is 200: a load balancer must not take the API away."""
    system = System()
    assert "drain" not in (await answer(system, endpoint.check_health, request())).body
    drain(system, refuses=True)
    await asyncio.sleep(1)
    found = await answer(system, endpoint.check_health, request())
    assert found.status == 200
    assert found.body["drain"].keys() == {"since", "until", "refuses_jobs"}


async def test_copies_of_a_message_become_one_during_a_drain() -> None:
    """Otherwise each copy is sent again for as long as the drain lasts, and recovery adds more during a backlog."""
    system = System()
    job = await system.submitted(count=1)
    drain(system)
    await system.work(job.id)
    await asyncio.sleep(1)
    sent = len(system.queue.sent)
    await system.work(job.id)
    await system.work(job.id)
    assert len(system.queue.sent) == sent
    await asyncio.sleep(15)
    await deliver(system)
    assert len(system.queue.sent) == sent + 1


async def test_a_repeated_request_of_a_job_that_exists_does_not_stop_counting_it() -> None:
    """Two equal requests at the same time: one is accepted just before the drain, and the other is refused."""
    system = System(quota=Quota(max_unfinished=1))
    job = await system.submitted(count=1)
    drain(system, refuses=True)
    counts = await system.services.submission._acceptance._admission.count(OWNER, {job.id: 100})
    assert [type(count) for count in counts.values()] == [Standing]
    assert list(await system.quotas.unfinished_ages(OWNER)) == [job.id]
