"""A fake queue in memory that records what was sent, and can be down."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.owner import owner_hash
from chalicelib.domain.queued_job import QueuedJob

_MAX_DELAY_S = 900


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in the queue."""

    job: QueuedJob
    group: str
    visible_at: float


class FakeJobQueue:
    """`port.JobQueue`. `sent` holds (job id, delay in seconds) of every message, oldest first."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, float]] = []
        self.down = False
        self._messages: list[Sent] = []

    async def send(self, job: Job, delay_s: float = 0) -> None:
        await self.ping()
        delay_s = min(math.ceil(delay_s), _MAX_DELAY_S)
        self.sent.append((job.id, delay_s))
        self._messages.append(
            Sent(QueuedJob.of(job), owner_hash(job.owner), asyncio.get_running_loop().time() + delay_s)
        )

    async def send_all(self, jobs: Sequence[Job]) -> dict[str, QueueUnavailable]:
        unsent = {}
        for job in jobs:
            try:
                await self.send(job)
            except QueueUnavailable as error:
                unsent[job.id] = error
        return unsent

    def receive(self) -> list[Sent]:
        """Take every visible message out of the queue."""
        now = asyncio.get_running_loop().time()
        visible = [message for message in self._messages if message.visible_at <= now]
        self._messages = [message for message in self._messages if message.visible_at > now]
        return visible

    async def ping(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise QueueUnavailable
