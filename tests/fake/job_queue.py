"""A queue that remembers what was sent, and can be down."""

import asyncio

from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job


class FakeJobQueue:
    """`port.JobQueue`. `sent` holds (job id, delay in seconds), oldest first."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, float]] = []
        self.down = False

    async def send(self, job: Job, delay_s: float = 0) -> None:
        await self.ping()
        self.sent.append((job.id, delay_s))

    async def ping(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise QueueUnavailable
