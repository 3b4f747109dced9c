"""Limits the number of running jobs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from generator_service.error import Overloaded

#: How long a rejected caller should wait, seconds.
PUSHBACK_S = 2.0


class JobLimit:
    """Admits at most `max_running` jobs. gRPC's own limit would also reject health checks."""

    def __init__(self, max_running: int) -> None:
        self._max_running = max_running
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Run one job. Raises `Overloaded` if too many are running."""
        if self._running >= self._max_running:
            raise Overloaded(retry_after_s=PUSHBACK_S)
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def wait_idle(self) -> None:
        """Return when no job is running."""
        await self._idle.wait()
