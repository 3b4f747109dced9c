"""How many jobs run here, and when none does any more."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from generator_service.error import Overloaded

#: When a job that was sent away may come again, seconds.
PUSHBACK_S = 2.0


class Admission:
    """Lets at most `max_running` jobs in. gRPC's own limit would turn health checks away too."""

    def __init__(self, max_running: int) -> None:
        self._max_running = max_running
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Room for one job. Raises `Overloaded` where there is none."""
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
