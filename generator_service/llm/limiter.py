"""Bounds the calls under way in this process, and holds all of them back when the provider asks for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from generator_service.error import ProviderError
from generator_service.llm.ask import Clock, Patience

Sleep = Callable[[float], Awaitable[None]]


class Limiter:
    """At most `max_concurrency` calls at a time, and none during a pause."""

    def __init__(self, max_concurrency: int, *, clock: Clock, sleep: Sleep) -> None:
        self._slots = asyncio.Semaphore(max_concurrency)
        self._clock = clock
        self._sleep = sleep
        self._paused_until = 0.0
        self._reason: type[ProviderError] = ProviderError

    def pause(self, delay_s: float, reason: type[ProviderError]) -> None:
        """Start no call for this long. A shorter pause never shortens a longer one."""
        until = self._clock() + delay_s
        if until > self._paused_until:
            self._paused_until = until
            self._reason = reason

    @asynccontextmanager
    async def slot(self, patience: Patience) -> AsyncIterator[None]:
        """Room for one call. Raises the pause's reason at once where the pause outlasts the patience."""
        while True:
            await self._wait_out_pause(patience)
            async with self._slots:
                if self._paused_until <= self._clock():
                    yield
                    return

    async def _wait_out_pause(self, patience: Patience) -> None:
        while (delay_s := self._paused_until - self._clock()) > 0:
            if self._paused_until > patience.deadline_at:
                raise self._reason(retry_after_s=delay_s)
            patience.on_wait(delay_s)
            await self._sleep(delay_s)
