"""Queues notifications for owners' webhooks. `WebhookSending` sends them.

The list of unfinished jobs is the outbox: a job's end is queued before the job leaves it (`Archive`).
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from chalicelib.domain.error import StoreUnavailable, Unavailable
from chalicelib.domain.job import Job, JobView
from chalicelib.domain.notification import DeliveryAttempt, DeliveryState, Notification, lost_job
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.webhook import ENDS, Webhook, WebhookEvent, choice_of
from chalicelib.port.delivery_log import DeliveryLog
from chalicelib.port.notification_queue import NotificationQueue
from chalicelib.port.webhook_store import WebhookStore
from chalicelib.service.default_webhooks import DefaultWebhooks
from chalicelib.service.full_window import Clock
from foundation.json_value import Json

log = logging.getLogger(__name__)

#: The shortest interval between two progress notifications of a job, seconds.
PROGRESS_EVERY_S = 0.5

#: To be called when a job has made progress.
Advanced = Callable[[], None]


class Notifying:
    """`queue`: None if this deployment sends no webhooks. Then all methods do nothing."""

    def __init__(
        self,
        *,
        store: WebhookStore,
        queue: NotificationQueue | None,
        deliveries: DeliveryLog,
        job_ttl_s: int,
        clock: Clock = time.time,
    ) -> None:
        self._defaults = DefaultWebhooks(store)
        self._queue = queue
        self._deliveries = deliveries
        self._job_ttl_s = job_ttl_s
        self._clock = clock

    async def webhook_of(self, owner: str, stored: Json) -> Webhook | None:
        """The webhook of a job whose field `webhook` is `stored`. A default may be a few seconds old.

        May raise `LibraryUnavailable`.
        """
        choice = choice_of(stored)
        if isinstance(choice, Webhook):
            return choice
        return None if choice is False else await self._defaults.of(owner)

    async def queue_end(self, view: JobView) -> None:
        """Queue the end of a job. Idempotent for the receiver: each time, the notification has the same id.

        Raises `LibraryUnavailable` and `QueueUnavailable`; then it must be called again.
        """
        job = view.job
        if self._queue is None:
            return
        webhook = await self.webhook_of(job.owner, job.webhook)
        if webhook is not None and webhook.wants(ENDS[job.status]):
            await self.queue(Notification.of_end(view, webhook.url))

    async def queue_lost(self, queued: QueuedJob) -> None:
        """Queue the end of a job whose state is lost. Raises nothing, because no caller would repeat it."""
        found_at = self._now_ms()
        if self._queue is None:
            return
        try:
            webhook = await self.webhook_of(queued.owner, queued.webhook)
            if webhook is not None and webhook.wants(WebhookEvent.FAILED):
                lost = lost_job(queued, found_at, self._job_ttl_s)
                await self._queue.send(Notification.of_end(JobView(lost), webhook.url))
        except Unavailable:
            log.exception("Lost job could not be queued for its webhook", extra={"job_id": queued.id})

    async def queue(self, notification: Notification) -> None:
        """Queue the end of a job, and note it in the job's log. Raises `QueueUnavailable`."""
        if self._queue is None:
            return
        await self._queue.send(notification)
        now = self._now_ms()
        entry = DeliveryAttempt.of(notification, number=None, at=now, state=DeliveryState.WAITING, next_at=now)
        with suppress(StoreUnavailable):
            await self._deliveries.append(notification.job_id, entry)

    @asynccontextmanager
    async def following(self, job: Job) -> AsyncIterator[Advanced]:
        """While the block runs, queue the job's progress for its webhook, if the webhook lists `job.progress`.

        A failure here does not affect the job.
        """
        if self._queue is None or choice_of(job.webhook) is False:
            yield lambda: None
            return
        advanced = asyncio.Event()
        task = asyncio.create_task(self._follow(self._queue, job, advanced))
        try:
            yield advanced.set
        finally:
            task.cancel()
            await asyncio.wait([task])  # to await the task itself would hide that this work was cancelled just now

    async def _follow(self, queue: NotificationQueue, job: Job, advanced: asyncio.Event) -> None:
        try:
            await self._tell_progress(queue, job, advanced)
        except Unavailable:
            log.info("Webhook not told of progress: its owner's default cannot be read")
        except Exception:
            log.exception("Webhook not told of progress")

    async def _tell_progress(self, queue: NotificationQueue, job: Job, advanced: asyncio.Event) -> None:
        await advanced.wait()
        webhook = await self.webhook_of(job.owner, job.webhook)
        if webhook is None or not webhook.wants(WebhookEvent.PROGRESS):
            return
        while True:
            await advanced.wait()
            advanced.clear()
            try:
                await queue.send(Notification.of_progress(job, webhook.url))
            except Unavailable:
                log.info("Progress could not be queued for its webhook: the queue is not available")
            await asyncio.sleep(PROGRESS_EVERY_S)

    def _now_ms(self) -> int:
        return round(self._clock() * 1000)
