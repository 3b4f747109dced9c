"""Sends notifications to webhooks: one invocation takes a batch of messages, and sends them side by side."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

from chalicelib.domain.error import StoreUnavailable
from chalicelib.domain.notification import DeliveryAttempt, DeliveryState, Notification, round_over
from chalicelib.domain.retry import Jitter
from chalicelib.domain.webhook import WebhookEvent
from chalicelib.domain.webhook_schedule import WebhookSchedule
from chalicelib.domain.webhook_secret import signature_headers
from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.delivery_log import DeliveryLog
from chalicelib.port.job_store import JobStore
from chalicelib.port.meter import Meter
from chalicelib.port.notification_queue import NotificationQueue
from chalicelib.port.webhook_client import TIMEOUT, Answer, WebhookClient
from chalicelib.port.webhook_store import WebhookStore
from chalicelib.service.full_window import Clock
from chalicelib.service.message_batch import failures
from chalicelib.service.slow_receivers import SlowReceivers
from chalicelib.service.worker import Message
from foundation import log_context

log = logging.getLogger(__name__)

#: The body of a request, from a notification with a `view`.
Render = Callable[[Notification], bytes]

#: The receiver wants no more of this (RFC 9110, 15.5.11).
_GONE = 410
#: Answers whose Retry-After counts.
_BUSY = (429, 503)
#: An owner without a secret: nothing can be signed.
_UNSIGNED = "no_secret"


class WebhookSending:
    def __init__(
        self,
        *,
        queue: NotificationQueue,
        store: WebhookStore,
        jobs: JobStore,
        deliveries: DeliveryLog,
        client: WebhookClient,
        schedule: WebhookSchedule,
        meter: Meter,
        jitter: Jitter,
        clock: Clock = time.time,
    ) -> None:
        self._queue = queue
        self._store = store
        self._jobs = jobs
        self._deliveries = deliveries
        self._client = client
        self._schedule = schedule
        self._meter = meter
        self._jitter = jitter
        self._clock = clock
        self._slow = SlowReceivers()
        #: By notification. A lock that nobody holds is forgotten.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, messages: Sequence[Message], render: Render) -> list[str]:
        """Send the notifications of a batch side by side. Returns the ids of the messages to deliver again."""

        async def handle(message: Message) -> bool:
            await self._handle(message.body, render)
            return True

        return await failures(messages, handle, "webhook", self._meter)

    async def _handle(self, body: str, render: Render) -> None:
        """Do what a message asks for. Returns when it may be deleted.

        A notification is sent at least once: what follows an attempt is queued before its message is deleted. Raises
        `Unavailable` if the message must be delivered again, and `ValueError` if it is not a notification.
        """
        notification = self._queue.parse(body)
        log_context.begin(job_id=notification.job_id, event=notification.event.value)
        if notification.event is WebhookEvent.PROGRESS:
            await self._handle_progress(notification, render)
            return
        # Of two copies in one batch, the second waits here, and then finds what the first has marked.
        async with self._locks.setdefault(notification.id, asyncio.Lock()):
            if not await self._was_handled(notification):
                await self._handle_end(notification, render)

    async def _handle_end(self, notification: Notification, render: Render) -> None:
        url = _url(notification)
        if notification.due_at > self._in_ms(0):
            await self._put_off(notification, notification.due_at)
        elif self._slow.is_slow(notification.owner, url.origin):
            # This receiver has just kept another message waiting. That uses no attempt.
            await self._put_off(notification, self._in_ms(self._slow.pause_s * self._jitter(1.0, 2.0)))
        else:
            await self._attempt(notification, url, render)

    async def _handle_progress(self, notification: Notification, render: Render) -> None:
        """Send the job as it is now, once. Not if the job has ended, or if the receiver is slow or knows its state."""
        ready, url = await _as_it_is_now(notification, self._jobs, self._deliveries), _url(notification)
        if ready is not None and not self._slow.is_slow(notification.owner, url.origin):
            await self._attempt(ready, url, render)

    async def _was_handled(self, notification: Notification) -> bool:
        """Whether another copy of the message was handled, or its round is over."""
        try:
            marks = await self._deliveries.marks(notification.id)
        except StoreUnavailable:
            return False  # better twice than never
        if found := not marks.isdisjoint([notification.step, round_over(notification.round)]):
            log.info("Webhook message dropped: it was handled, or its round is over")
        return found

    async def _put_off(self, notification: Notification, due_at: int) -> None:
        """Send another message for this attempt."""
        await self._queue.send(notification.later(due_at), due_at / 1000 - self._clock())
        await self._mark(notification, notification.step)

    async def _attempt(self, notification: Notification, url: WebhookUrl, render: Render) -> None:
        now_ms, began_at = self._in_ms(0), self._clock()
        secret = await self._store.secret(notification.owner)
        if secret is None:
            answer = Answer(error_code=_UNSIGNED)
        else:
            body = render(notification)
            headers = signature_headers(secret.signing(now_ms), notification.id, now_ms // 1000, body)
            answer = await self._client.post(url, headers, body)
        if answer.error_code == TIMEOUT:
            self._slow.note(notification.owner, url.origin)
        entry = DeliveryAttempt.of(
            notification,
            number=notification.number,
            at=now_ms,
            status=answer.status,
            error_code=_error_code(answer),
            duration_ms=round((self._clock() - began_at) * 1000),
            state=DeliveryState.DELIVERED if answer.is_success else DeliveryState.FAILED,
        )
        if not answer.is_success:
            entry = await self._followed_up(notification, answer, entry)
        await self._note(notification, entry)

    async def _followed_up(
        self, notification: Notification, answer: Answer, failed: DeliveryAttempt
    ) -> DeliveryAttempt:
        """What follows a failed attempt: the next one, or none."""
        delay_s = self._schedule.delay_s(notification.number, self._jitter)
        if notification.event is WebhookEvent.PROGRESS or answer.status == _GONE:
            return failed
        if delay_s is None:
            # An operator may put it back at once, when this message still counts as handled.
            await self._queue.bury(notification.afresh)
            return failed
        if answer.status in _BUSY and answer.retry_after_s is not None:
            delay_s = max(delay_s, min(answer.retry_after_s, self._schedule.longest_s))
        due_at = self._in_ms(delay_s)
        await self._queue.send(notification.again(due_at), delay_s)
        return replace(failed, state=DeliveryState.WAITING, next_at=due_at)

    async def _note(self, notification: Notification, entry: DeliveryAttempt) -> None:
        """For the caller, for operators, and so that another copy of the message is dropped."""
        log.info(
            "Webhook attempt: %s",
            entry.state.value,
            extra={
                "delivery_id": entry.notification_id,
                "number": entry.number,
                "status": entry.status,
                "error_code": entry.error_code,
                "duration_ms": entry.duration_ms,
            },
        )
        is_delivered = entry.state is DeliveryState.DELIVERED
        if notification.event is not WebhookEvent.PROGRESS:
            await self._mark(notification, round_over(notification.round) if is_delivered else notification.step)
            if entry.state is not DeliveryState.WAITING:
                self._meter.webhook_settled(delivered=is_delivered)
        with suppress(StoreUnavailable):
            await self._deliveries.append(notification.job_id, entry)

    async def _mark(self, notification: Notification, step: str) -> None:
        """Last, so that a message is never dropped before what follows from it is queued."""
        with suppress(StoreUnavailable):
            await self._deliveries.mark(notification.id, step)

    def _in_ms(self, delay_s: float) -> int:
        return round((self._clock() + delay_s) * 1000)


async def _as_it_is_now(notification: Notification, jobs: JobStore, deliveries: DeliveryLog) -> Notification | None:
    """Progress, with its job. None if the job has ended, or if the receiver knows this revision or a later one."""
    view = await jobs.view(notification.job_id, outputs=False)
    if view is None or view.job.is_final:
        return None
    entries = await deliveries.read(notification.job_id)
    known = [entry.revision for entry in entries if entry.state is DeliveryState.DELIVERED]
    if view.job.revision <= max(known, default=0):
        return None
    return replace(notification, view=view, occurred_at=view.job.updated_at)


def _url(notification: Notification) -> WebhookUrl:
    return WebhookUrl.parse(notification.url, allow_local=True)  # the client checks where it leads


def _error_code(answer: Answer) -> str | None:
    if answer.is_success or answer.error_code is not None:
        return answer.error_code
    if answer.status is not None and 300 <= answer.status < 400:
        return "redirected"
    return "gone" if answer.status == _GONE else "refused"
