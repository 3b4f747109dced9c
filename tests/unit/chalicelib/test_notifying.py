"""Who is told of a job, and when."""

import asyncio

import pytest

from chalicelib.domain import change
from chalicelib.domain.error import NoWebhookSecret, WebhooksOff
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.notification import Notification
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.webhook import DEFAULT_EVENTS, ENDS, Webhook, WebhookEvent
from chalicelib.service.default_webhooks import REMEMBERED_S
from tests.unit.chalicelib.system import OWNER, System, message
from tests.unit.chalicelib.webhook_system import URL, accepted, bodies, send, send_all, webhook
from tests.virtual_time import now_ms

MINE = {"url": URL}


async def told(system: System) -> list[tuple[str, str]]:
    """(type of the event, address) of everything that was sent."""
    await send_all(system)
    events = bodies(system.receivers.received)
    return [(event["type"], str(got.url)) for event, got in zip(events, system.receivers.received, strict=True)]


async def test_a_completed_job_is_told_to_its_own_webhook_as_soon_as_it_is_archived() -> None:
    system = System()
    job = await accepted(system, webhook=MINE)
    await system.work(job.id)
    assert await system.unfinished() == []
    assert await told(system) == [("job.completed", URL)]


async def test_a_jobs_own_webhook_wins_over_the_default() -> None:
    system = System()
    await system.webhook_store.set_default(OWNER, webhook("https://default.example.com/"))
    for job in (await accepted(system, webhook=MINE), await accepted(system)):
        await system.work(job.id)
    assert await told(system) == [("job.completed", URL), ("job.completed", "https://default.example.com/")]


async def test_a_change_of_the_default_takes_effect_within_ten_seconds() -> None:
    """A process remembers it for so long: each job that ends would otherwise read it."""
    system = System()
    await system.work((await accepted(system)).id)
    await system.webhook_store.set_default(OWNER, webhook())
    await asyncio.sleep(REMEMBERED_S)
    await system.work((await accepted(system)).id)
    await system.webhook_store.set_default(OWNER, None)
    await asyncio.sleep(REMEMBERED_S)
    await system.work((await accepted(system)).id)
    assert len(await told(system)) == 1


async def test_null_turns_the_default_off_for_one_job() -> None:
    system = System()
    await system.webhook_store.set_default(OWNER, webhook())
    await system.work((await accepted(system, webhook=None)).id)
    assert await told(system) == []


async def test_nobody_is_told_if_there_is_no_webhook() -> None:
    system = System()
    await system.work((await accepted(system)).id)
    assert await told(system) == []


async def test_a_webhook_is_told_only_of_the_events_that_it_names() -> None:
    system = System()
    done = await accepted(system, webhook=MINE | {"events": ["job.cancelled"]})
    stopped = await accepted(system, webhook=MINE | {"events": ["job.cancelled"]})
    await system.services.reading.cancel(OWNER, stopped.id)
    await system.work(done.id, stopped.id)
    assert await told(system) == [("job.cancelled", URL)]


async def test_a_failed_job_is_told_with_its_error() -> None:
    system = System()
    job = await accepted(system, webhook=MINE)
    await asyncio.sleep(system.timing.max_pending_s + 1)
    await system.services.recovery.sweep()
    assert (await system.job(job.id)).is_final
    await system.services.recovery.sweep()
    assert await told(system) == [("job.failed", URL)]
    (event,) = bodies(system.receivers.received)
    assert (event["data"]["error_code"], event["data"]["result"]) == ("timeout", None)


async def test_a_retry_has_the_webhook_of_the_job_that_it_retries() -> None:
    system = System()
    old = await accepted(system, webhook=MINE)
    await system.services.reading.cancel(OWNER, old.id)
    new = (await system.services.submission.retry(OWNER, old.id)).job
    await system.work(old.id, new.id)
    assert sorted(await told(system)) == [("job.cancelled", URL), ("job.completed", URL)]


async def test_an_end_that_the_queue_did_not_take_is_told_later() -> None:
    """The job stays in the list of unfinished jobs, which is the outbox."""
    system = System()
    job = await accepted(system, webhook=MINE)
    system.notifications.down = True
    await system.work(job.id)
    assert await system.unfinished() == [job.id]
    await system.services.recovery.sweep()
    assert await system.unfinished() == [job.id]
    system.notifications.down = False
    await asyncio.sleep(60)
    await system.services.recovery.sweep()
    assert await system.unfinished() == []
    assert await told(system) == [("job.completed", URL)]


async def test_a_job_that_redis_has_lost_is_told_to_the_webhook_that_its_message_names() -> None:
    system = System()
    job = await accepted(system, webhook=MINE)
    body = QueuedJob.of(job).encode()
    system.server.records.clear()
    lost = message(job.id)
    await system.services.worker.work([type(lost)(lost.id, body)])
    assert await told(system) == [("job.failed", URL)]
    (event,) = bodies(system.receivers.received)
    assert (event["data"]["error_code"], event["data"]["revision"]) == ("job_lost", 10**9)


async def test_a_job_that_redis_has_lost_is_told_once() -> None:
    system = System()
    await accepted(system)
    await system.webhook_store.set_default(OWNER, webhook())
    job = await accepted(system)
    system.server.records.clear()
    await system.work(job.id, job.id)
    assert await told(system) == [("job.failed", URL)]


async def test_progress_is_told_at_most_twice_a_second_and_not_after_the_end() -> None:
    system = System()
    job = await accepted(system, payload={"count": 10}, webhook=MINE | {"events": [*WebhookEvent]})
    working = asyncio.create_task(system.work(job.id))
    while not working.done():
        await send(system)
        await asyncio.sleep(0.05)
    ended_at = asyncio.get_running_loop().time()
    await send_all(system)
    *progress, end = system.receivers.received
    types = [event["type"] for event in bodies(system.receivers.received)]
    assert types == ["job.progress"] * len(progress) + ["job.completed"]
    assert progress
    assert len(progress) <= 2 * (ended_at + 1)
    revisions = [event["data"]["revision"] for event in bodies(system.receivers.received)]
    assert revisions == sorted(set(revisions))
    assert end.at >= progress[-1].at


async def test_a_progress_event_that_arrives_after_the_end_is_dropped() -> None:
    system = System()
    job = await accepted(system, webhook=MINE | {"events": ["job.progress"]})
    async with system.services.worker._executor._notifying.following(job) as advanced:
        advanced()
        await asyncio.sleep(0.1)
    assert len(system.notifications.waiting) == 1
    await system.jobs.apply(job.id, change.cancel())
    assert await told(system) == []


async def test_a_receiver_of_progress_gets_no_revision_twice() -> None:
    system = System()
    job = await accepted(system, webhook=MINE | {"events": ["job.progress"]})
    for _ in range(3):
        async with system.services.worker._executor._notifying.following(job) as advanced:
            advanced()
            await asyncio.sleep(0.1)
        await send(system)
    assert len(system.receivers.received) == 1


@pytest.mark.parametrize(("options", "reads"), [({}, 2), ({"webhook": None}, 0)])
async def test_a_job_without_a_webhook_costs_no_request_for_each_step(
    options: dict[str, object], reads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker looks for its owner's default when the job first gets further, and when it ends, but not in between."""
    system = System()
    calls: list[str] = []
    default = system.webhook_store.default

    async def counted(owner: str) -> Webhook | None:
        calls.append(owner)
        return await default(owner)

    monkeypatch.setattr(system.webhook_store, "default", counted)
    job = await accepted(system, payload={"count": 10}, **options)
    await system.work(job.id)
    assert (await system.job(job.id)).revision > 10
    assert (len(calls), system.notifications.sent) == (reads, 0)


async def test_a_job_completes_at_its_first_attempt_although_telling_its_progress_breaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = System()
    job = await accepted(system, webhook=MINE | {"events": [*WebhookEvent]})

    def broken(*_: object) -> Notification:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Notification, "of_progress", broken)
    assert await system.work(job.id) == []
    assert (await system.job(job.id)).status == "completed"
    assert await told(system) == [("job.completed", URL)]


async def test_work_that_is_stopped_while_it_stops_telling_progress_is_stopped() -> None:
    """A lease may be lost, or a job cancelled, at any moment."""
    system = System()
    job = await accepted(system, webhook=MINE | {"events": [*WebhookEvent]})
    leaving = asyncio.Event()

    async def work() -> None:
        async with system.services.worker._executor._notifying.following(job) as advanced:
            advanced()
            await asyncio.sleep(0.1)
            leaving.set()

    task = asyncio.create_task(work())
    await leaving.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_deployment_without_a_way_out_refuses_webhooks_and_runs_jobs() -> None:
    system = System(sends_webhooks=False)
    await system.webhook_store.rotate_secret(OWNER, now_ms())
    with pytest.raises(WebhooksOff):
        await system.services.submission.submit(
            JobRequest.parse(OWNER, {"type": "generate_relics", "webhook": MINE}, system.timing)
        )
    job = await system.submitted(count=1)
    await system.work(job.id)
    assert await system.unfinished() == []


async def test_a_webhook_needs_a_secret_first() -> None:
    system = System()
    with pytest.raises(NoWebhookSecret):
        await system.services.submission.submit(
            JobRequest.parse(OWNER, {"type": "generate_relics", "webhook": MINE}, system.timing)
        )
    assert system.queue.sent == []


def test_a_webhook_that_names_no_events_is_told_of_every_end() -> None:
    assert webhook().events == list(DEFAULT_EVENTS) == [event.value for event in ENDS.values()]
    assert Webhook.restore(webhook().as_json()) == webhook()
