"""Fakes of everything that webhooks need: an owner's settings, the queue, and the receivers."""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapter import notification_codec
from chalicelib.domain.error import LibraryUnavailable, QueueUnavailable
from chalicelib.domain.notification import Notification
from chalicelib.domain.webhook import Webhook
from chalicelib.domain.webhook_secret import WebhookSecret
from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.webhook_client import Answer
from chalicelib.service.assembly import WebhookParts

_MAX_DELAY_S = 900


class MemoryWebhookStore:
    """`port.WebhookStore`. `down` makes every call raise `LibraryUnavailable`."""

    def __init__(self) -> None:
        self.down = False
        self._defaults: dict[str, Webhook] = {}
        self._secrets: dict[str, WebhookSecret] = {}

    async def default(self, owner: str) -> Webhook | None:
        await self._step()
        return self._defaults.get(owner)

    async def set_default(self, owner: str, webhook: Webhook | None) -> None:
        await self._step()
        if webhook is None:
            self._defaults.pop(owner, None)
        else:
            self._defaults[owner] = webhook

    async def secret(self, owner: str) -> WebhookSecret | None:
        await self._step()
        return self._secrets.get(owner)

    async def rotate_secret(
        self, owner: str, now_ms: int, made_by: str | None = None, *, ends_previous: bool = False
    ) -> WebhookSecret:
        await self._step()
        old = self._secrets.get(owner)
        new = old.rotated(now_ms, made_by, ends_previous=ends_previous) if old else WebhookSecret.new(now_ms, made_by)
        self._secrets[owner] = new
        return new

    async def _step(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise LibraryUnavailable


@dataclass
class _Stored:
    id: str
    body: str
    visible_at: float


class MemoryNotificationQueue:
    """`port.NotificationQueue` with its receiving side: messages stay until they are deleted.

    `down` makes every call raise `QueueUnavailable`. `copies`: how many of each message arrive.
    """

    def __init__(self, *, visibility_s: float = 180, copies: Callable[[], int] = lambda: 1) -> None:
        self.down = False
        self.dead: list[Notification] = []
        #: How many messages were sent.
        self.sent = 0
        self._visibility_s = visibility_s
        self._copies = copies
        self._messages: dict[str, _Stored] = {}

    async def send(self, notification: Notification, delay_s: float = 0) -> None:
        await self._step()
        self.sent += 1
        for copy in range(self._copies()):
            stored = _Stored(f"{self.sent}.{copy}", notification_codec.encode(notification), self._now())
            stored.visible_at += min(math.ceil(delay_s), _MAX_DELAY_S)
            self._messages[stored.id] = stored

    async def bury(self, notification: Notification) -> None:
        await self._step()
        self.dead.append(notification_codec.decode(notification_codec.encode(notification)))

    def parse(self, body: str) -> Notification:
        return notification_codec.decode(body)

    def receive(self, limit: int = 10) -> list[tuple[str, str]]:
        """Up to `limit` visible messages, as (id, body), which are hidden for the visibility timeout."""
        now = self._now()
        batch = [stored for stored in self._messages.values() if stored.visible_at <= now][:limit]
        for stored in batch:
            stored.visible_at = now + self._visibility_s
        return [(stored.id, stored.body) for stored in batch]

    def delete(self, message_id: str) -> None:
        self._messages.pop(message_id, None)

    @property
    def waiting(self) -> list[Notification]:
        """Everything that is not deleted, visible or not."""
        return [notification_codec.decode(stored.body) for stored in self._messages.values()]

    @property
    def next_in_s(self) -> float:
        """How long until the next message is visible; 0 if one is, or if there is none."""
        return max(0.0, min((stored.visible_at for stored in self._messages.values()), default=0.0) - self._now())

    @property
    def is_empty(self) -> bool:
        return not self._messages

    async def _step(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise QueueUnavailable

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class Received:
    """One request, as a receiver got it."""

    at: float
    url: WebhookUrl
    headers: Mapping[str, str]
    body: bytes


@dataclass
class ScriptedReceiver:
    """`port.WebhookClient`: all receivers of the world. `answer` decides what each says, and how long it takes."""

    answer: Callable[[WebhookUrl], Answer | tuple[float, Answer]] = field(default=lambda _url: Answer(status=204))
    received: list[Received] = field(default_factory=list)

    async def post(self, url: WebhookUrl, headers: Mapping[str, str], body: bytes) -> Answer:
        self.received.append(Received(asyncio.get_running_loop().time(), url, headers, body))
        answer: Any = self.answer(url)
        delay_s, answer = answer if isinstance(answer, tuple) else (0.0, answer)
        await asyncio.sleep(delay_s)
        return answer  # type: ignore[no-any-return]


def no_webhooks() -> WebhookParts:
    """For systems that send none."""
    return WebhookParts(store=MemoryWebhookStore(), client=ScriptedReceiver(), queue=None)
