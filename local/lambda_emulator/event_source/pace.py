"""How many batches may be under way: fewer while the function fails, more again as it recovers."""

import asyncio


class Pace:
    """Starts at `maximum`. A function error halves what is allowed (never below 1), a success adds 1.

    Source: AWS Lambda developer guide, "Backoff strategy for failed invocations": the poller lowers its concurrency.
    The figures are ours, since AWS names none.
    """

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._under_way = 0
        self._closed = False
        self._changed = asyncio.Condition()
        #: Batches that may be under way at the moment.
        self.allowed = maximum

    async def admits(self) -> bool:
        """Wait until one more batch may start, and count it; False once closed."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or self._under_way < self.allowed)
            if not self._closed:
                self._under_way += 1
            return not self._closed

    async def release(self, *, succeeded: bool | None) -> None:
        """One that was admitted is over; `succeeded` is None where nothing was tried."""
        if succeeded is not None:
            self.allowed = min(self._maximum, self.allowed + 1) if succeeded else max(1, self.allowed // 2)
        async with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    async def close(self) -> None:
        """Admit nothing more."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
