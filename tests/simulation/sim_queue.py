"""SQS at its worst: messages are delivered several times, in any order, or never."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.service.worker import Message


@dataclass
class _Stored:
    message: Message
    visible_at: float
    receives: int = 0


class SimQueue:
    """`port.JobQueue` and its receiving side. `loss` and `copies` are probabilities for each message."""

    def __init__(
        self, rng: random.Random, *, visibility_s: float, loss: float = 0, copies: float = 0, max_receives: int = 5
    ) -> None:
        self._rng = rng
        self._visibility_s = visibility_s
        self._loss = loss
        self._copies = copies
        self._max_receives = max_receives
        self._ids = itertools.count()
        self._messages: dict[str, _Stored] = {}
        self.dead: list[Message] = []

    async def send(self, job: Job, delay_s: float = 0) -> None:
        await asyncio.sleep(0)
        if self._rng.random() < self._loss:
            return
        for _ in range(2 if self._rng.random() < self._copies else 1):
            message = Message(f"m{next(self._ids)}", QueuedJob.of(job).encode())
            self._messages[message.id] = _Stored(message, self._now() + delay_s)

    async def send_all(self, jobs: Sequence[Job]) -> dict[str, QueueUnavailable]:
        for job in jobs:
            await self.send(job)
        return {}

    async def ping(self) -> None:
        await asyncio.sleep(0)

    def receive(self, limit: int) -> list[Message]:
        """Receive up to `limit` visible messages and hide them for the visibility timeout."""
        now = self._now()
        visible = [stored for stored in self._messages.values() if stored.visible_at <= now]
        self._rng.shuffle(visible)
        batch = []
        for stored in visible[:limit]:
            if stored.receives >= self._max_receives:
                self.dead.append(self._messages.pop(stored.message.id).message)
                continue
            stored.receives += 1
            stored.visible_at = now + self._visibility_s
            batch.append(stored.message)
        return batch

    def delete(self, messages: list[Message]) -> None:
        for message in messages:
            self._messages.pop(message.id, None)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
