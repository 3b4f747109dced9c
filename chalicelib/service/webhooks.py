"""An owner's webhooks: the default, the secret, and what was delivered."""

import uuid
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from chalicelib.domain.error import NotAllowedNow, NotFound, NoWebhookSecret, StoreUnavailable, WebhooksOff
from chalicelib.domain.notification import Delivery, DeliveryAttempt, Notification, deliveries_of, round_over
from chalicelib.domain.webhook import ENDS, Webhook, choice_of
from chalicelib.domain.webhook_secret import WebhookSecret
from chalicelib.port.delivery_log import DeliveryLog
from chalicelib.port.job_store import JobStore
from chalicelib.port.webhook_store import WebhookStore
from chalicelib.service.notifying import Notifying
from foundation.json_value import Json

_NO_DELIVERY = "This job has no delivery with this id. GET /jobs/{id}/deliveries lists its deliveries."
_NO_WEBHOOK = "The job has no webhook now, and you have no default. Set one with PUT /webhook, then try again."
_NO_DEFAULT = "You have no default webhook. Set one with PUT /webhook."
_ONLY_ENDS = "Progress is not sent again. Read the job instead."


class Webhooks:
    """`is_on`: whether this deployment sends webhooks. `allow_local`: also to this machine.

    Every method may raise `LibraryUnavailable`.
    """

    def __init__(
        self,
        *,
        store: WebhookStore,
        jobs: JobStore,
        deliveries: DeliveryLog,
        notifying: Notifying,
        now_ms: Callable[[], int],
        is_on: bool,
        allow_local: bool,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._deliveries = deliveries
        self._notifying = notifying
        self._now_ms = now_ms
        self._is_on = is_on
        self.allow_local = allow_local

    async def check(self, owner: str, *stored: Json) -> None:
        """Whether jobs may have these values of `webhook`. Raises `WebhooksOff` and `NoWebhookSecret`."""
        if any(isinstance(choice_of(each), Webhook) for each in stored):
            await self._check_usable(owner)

    async def default(self, owner: str) -> Webhook:
        """Raises `NotFound`."""
        found = await self._store.default(owner)
        if found is None:
            raise NotFound(_NO_DEFAULT)
        return found

    async def set_default(self, owner: str, webhook: Webhook) -> Webhook:
        """Raises `WebhooksOff` and `NoWebhookSecret`."""
        await self._check_usable(owner)
        await self._store.set_default(owner, webhook)
        return webhook

    async def remove_default(self, owner: str) -> Webhook:
        """The default that was removed. Raises `NotFound`."""
        removed = await self.default(owner)
        await self._store.set_default(owner, None)
        return removed

    async def rotate_secret(
        self, owner: str, idempotency_key: str | None = None, *, ends_previous: bool = False
    ) -> WebhookSecret:
        """A new secret, or the current one if an equal request with the same key has made it.

        `ends_previous`: the secrets before it do not sign any more. Raises `WebhooksOff` and `NotAllowedNow`.
        """
        self._check_on()
        made_by = None if idempotency_key is None else f"{idempotency_key} {ends_previous}"
        return await self._store.rotate_secret(owner, self._now_ms(), made_by, ends_previous=ends_previous)

    async def deliveries(self, owner: str, job_id: str) -> list[Delivery]:
        """The job's deliveries, oldest first. Raises `NotFound` and `StoreUnavailable`."""
        return deliveries_of(await self._log(owner, job_id))

    async def redeliver(self, owner: str, job_id: str, delivery_id: str) -> Delivery:
        """Send the end of a job again, with all attempts, to the webhook that the job has now. It ends earlier rounds.

        Raises `NotFound`, `NotAllowedNow`, `WebhooksOff`, `StoreUnavailable`, `QueueUnavailable`.
        """
        self._check_on()
        log = await self._log(owner, job_id)
        known = {delivery.id: delivery for delivery in deliveries_of(log)}
        if delivery_id not in known:
            raise NotFound(_NO_DELIVERY)
        if known[delivery_id].event not in ENDS.values():
            raise NotAllowedNow(_ONLY_ENDS)
        view = await self._jobs.view(job_id, outputs=False)
        if view is None or not view.job.is_final:
            raise NotFound
        choice = choice_of(view.job.webhook)
        webhook = choice if isinstance(choice, Webhook) else None
        if choice is None:
            webhook = await self._store.default(owner)  # as it is now: it may just have been corrected
        if webhook is None:
            raise NotAllowedNow(_NO_WEBHOOK)
        again = replace(Notification.of_end(view, webhook.url), round=uuid.uuid4().hex)
        await self._notifying.queue(again)
        await self._end_rounds(delivery_id, {entry.round for entry in log if entry.notification_id == delivery_id})
        found = {delivery.id: delivery for delivery in await self.deliveries(owner, job_id)}
        return found[again.id]

    async def _log(self, owner: str, job_id: str) -> list[DeliveryAttempt]:
        job = await self._jobs.read(job_id)
        if job is None or job.owner != owner:
            raise NotFound
        return await self._deliveries.read(job_id)

    async def _end_rounds(self, delivery_id: str, rounds: Collection[str]) -> None:
        """After the new round is queued. If Redis fails now, the receiver gets the event more often."""
        with suppress(StoreUnavailable):
            for each in rounds:
                await self._deliveries.mark(delivery_id, round_over(each))

    def _check_on(self) -> None:
        if not self._is_on:
            raise WebhooksOff

    async def _check_usable(self, owner: str) -> None:
        self._check_on()
        if await self._store.secret(owner) is None:
            raise NoWebhookSecret
