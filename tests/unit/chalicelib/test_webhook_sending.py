"""What follows each attempt to deliver a notification."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from standardwebhooks import Webhook as Verifier

from chalicelib.adapter import notification_codec
from chalicelib.domain.job import JobView
from chalicelib.domain.notification import Notification
from chalicelib.domain.webhook_schedule import DEFAULT_S
from chalicelib.port.webhook_client import TIMEOUT, Answer
from chalicelib.service.webhook_sending import WebhookSending
from chalicelib.service.worker import Message
from loresmith import verify_webhook
from tests.unit.chalicelib.system import OWNER, System
from tests.unit.chalicelib.webhook_system import URL, accepted, always, bodies, ended, send, send_all, send_until

HOUR_S = 3600
#: How much later a message may arrive than it was due: whole seconds, and the pauses of the test.
LATE_S = 3.0


def gaps(system: System) -> list[float]:
    times = [request.at for request in system.receivers.received]
    return [later - earlier for earlier, later in pairwise(times)]


async def test_a_request_is_signed_with_the_owners_secret_and_has_the_job() -> None:
    system = System()
    job_id = await ended(system)
    await send_all(system)
    (request,) = system.receivers.received
    secret = await system.webhook_store.secret(OWNER)
    assert secret is not None
    # The clock is virtual, so the library would refuse the time. It signs the same instead.
    sent_at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
    signed = Verifier(secret.current).sign(request.headers["webhook-id"], sent_at, request.body.decode())
    assert request.headers["webhook-signature"] == signed
    (event,) = bodies([request])
    assert (event["type"], event["data"]["id"], event["data"]["result_omitted"]) == ("job.completed", job_id, False)
    assert len(event["data"]["result"]) == 1
    assert "owner" not in event["data"]


async def test_the_python_client_reads_what_is_sent() -> None:
    system = System()
    job_id = await ended(system)
    await send_all(system)
    (request,) = system.receivers.received
    secret = await system.webhook_store.secret(OWNER)
    assert secret is not None
    sent_at = int(request.headers["webhook-timestamp"])
    event = verify_webhook(request.body, request.headers, secret.current, now_s=lambda: sent_at)
    assert (event.type, event.job.id, event.job.status) == ("job.completed", job_id, "completed")


async def test_a_receiver_that_is_down_for_an_hour_gets_the_event_when_it_is_back() -> None:
    system = System()
    await ended(system)
    system.receivers.answer = always(Answer(error_code="not_reached"))
    end_at = asyncio.get_running_loop().time() + HOUR_S
    await send_until(system, lambda: asyncio.get_running_loop().time() >= end_at)
    tries = len(system.receivers.received)
    system.receivers.answer = always(Answer(status=200))
    await send_all(system)
    assert tries == 4
    assert len(system.receivers.received) == tries + 1
    assert {request.headers["webhook-id"] for request in system.receivers.received} == {
        system.receivers.received[0].headers["webhook-id"]
    }


async def test_a_receiver_that_never_accepts_is_tried_for_a_day_and_the_event_is_kept_for_operators() -> None:
    system = System()
    job_id = await ended(system)
    system.receivers.answer = always(Answer(status=500))
    await send_all(system)
    assert len(system.receivers.received) == 1 + len(DEFAULT_S)
    for gap, planned in zip(gaps(system), DEFAULT_S, strict=True):
        assert planned <= gap <= planned * 1.1 + LATE_S
    assert sum(DEFAULT_S) > 24 * HOUR_S
    (dead,) = system.notifications.dead
    assert (dead.job_id, dead.url) == (job_id, URL)


async def test_gone_ends_it_at_once() -> None:
    system = System()
    job_id = await ended(system)
    system.receivers.answer = always(Answer(status=410))
    await send_all(system)
    (delivery,) = await system.services.webhooks.deliveries(OWNER, job_id)
    assert [(attempt.status, attempt.error_code) for attempt in delivery.attempts] == [(410, "gone")]
    assert delivery.state == "failed"
    assert system.notifications.dead == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(status=302), "redirected"),
        (Answer(status=404), "refused"),
        (Answer(status=500), "refused"),
        (Answer(error_code="address_refused"), "address_refused"),
        (Answer(error_code=TIMEOUT), TIMEOUT),
    ],
)
async def test_every_other_failure_is_shown_and_repeated(answer: Answer, code: str) -> None:
    system = System()
    job_id = await ended(system)
    system.receivers.answer = always(answer)
    await send(system)
    (delivery,) = await system.services.webhooks.deliveries(OWNER, job_id)
    assert (delivery.state, delivery.url) == ("waiting", "https://example.com/hooks")
    assert [(attempt.status, attempt.error_code) for attempt in delivery.attempts] == [(answer.status, code)]
    assert delivery.next_at is not None
    system.receivers.answer = always(Answer(status=200))
    await send_all(system)
    (delivery,) = await system.services.webhooks.deliveries(OWNER, job_id)
    assert (delivery.state, delivery.next_at, len(delivery.attempts)) == ("delivered", None, 2)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_receiver_says_when_to_try_again(status: int) -> None:
    system = System()
    await ended(system)
    system.receivers.answer = always(Answer(status=status, retry_after_s=2 * HOUR_S))
    await send(system)
    system.receivers.answer = always(Answer(status=200))
    await send_all(system)
    assert 2 * HOUR_S <= gaps(system)[0] <= 2 * HOUR_S + LATE_S


async def test_a_receiver_cannot_ask_for_a_delay_of_years() -> None:
    system = System()
    await ended(system)
    system.receivers.answer = always(Answer(status=503, retry_after_s=10 * 365 * 24 * HOUR_S))
    await send(system)
    system.receivers.answer = always(Answer(status=200))
    await send_all(system)
    assert gaps(system)[0] <= max(DEFAULT_S) + LATE_S


async def test_a_message_that_arrives_twice_is_sent_once() -> None:
    system = System()
    await ended(system)
    ((message_id, body),) = system.notifications.receive()
    for copy in (message_id, "copy"):
        assert system.services.webhook_sending is not None
        assert await _sent(system.services.webhook_sending, Message(copy, body)) == []
    assert len(system.receivers.received) == 1


async def test_copies_of_messages_do_not_multiply() -> None:
    """Each message arrives twice. A message for an attempt in ten hours is followed by some forty others."""
    system = System()
    system.notifications._copies = lambda: 2
    await ended(system)
    system.receivers.answer = always(Answer(status=500))
    await send_all(system)
    assert len(system.receivers.received) == 1 + len(DEFAULT_S)


async def test_the_next_attempt_is_queued_before_this_one_is_noted() -> None:
    """If the queue fails, the message returns, and nothing says that it was handled."""
    system = System()
    job_id = await ended(system)
    system.receivers.answer = always(Answer(status=500))
    batch = system.notifications.receive()
    system.notifications.down = True
    assert system.services.webhook_sending is not None
    assert await _sent(system.services.webhook_sending, Message(*batch[0])) == [batch[0][0]]
    system.notifications.down = False
    (delivery,) = await system.services.webhooks.deliveries(OWNER, job_id)
    assert list(delivery.attempts) == []
    system.receivers.answer = always(Answer(status=200))
    await send_all(system)
    assert len(system.receivers.received) == 2


@pytest.mark.parametrize("part", ["library", "redis"])
async def test_an_outage_of_our_own_loses_nothing(part: str) -> None:
    system = System()
    await ended(system)
    if part == "library":
        system.webhook_store.down = True
    else:
        system.server.down = True
    for _ in range(5):
        await send(system)
        await asyncio.sleep(200)
    system.webhook_store.down = system.server.down = False
    await send_all(system)
    assert system.receivers.received
    assert system.notifications.dead == []


async def test_a_job_that_has_expired_is_still_told() -> None:
    """The message has everything that is sent."""
    system = System()
    await ended(system)
    await asyncio.sleep(system.timing.job_ttl_s + 1)
    await send_all(system)
    (event,) = bodies(system.receivers.received)
    assert event["data"]["status"] == "completed"


async def test_a_result_that_is_too_large_for_a_message_is_left_out() -> None:
    system = System()
    job = await accepted(system, webhook={"url": URL})
    await system.work(job.id)
    view = await system.view(job.id)
    large = JobView(replace(view.job, result=["é" * 40_000]), view.checkpoints, view.pieces)
    notification = notification_codec.decode(notification_codec.encode(Notification.of_end(large, URL)))
    assert notification.result_omitted
    assert notification.view is not None
    assert (notification.view.job.result, dict(notification.view.pieces)) == (None, {})
    assert len(notification_codec.encode(notification)) < 10_000


async def test_a_message_says_all_that_the_api_shows() -> None:
    system = System()
    job = await accepted(system, webhook={"url": URL})
    await system.work(job.id)
    view, _ = await system.services.reading.job(OWNER, job.id)
    sent = Notification.of_end(view, URL)
    received = notification_codec.decode(notification_codec.encode(sent))
    assert received.view is not None
    assert received.view.job == replace(view.job, payload={}, webhook=None, lease_token=None)
    assert (received.view.stages, received.view.pieces) == (view.stages, view.pieces)
    assert (received.id, received.event, received.url) == (sent.id, sent.event, sent.url)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"event": "job.completed"}', "null"])
async def test_a_message_that_is_no_notification_returns_to_its_queue(body: str) -> None:
    """From there, it gets into the dead-letter queue."""
    system = System()
    assert system.services.webhook_sending is not None
    assert await _sent(system.services.webhook_sending, Message("m1", body)) == ["m1"]


async def _sent(sending: WebhookSending, message: Message) -> list[str]:
    return await sending.send([message], lambda _notification: b"{}")
