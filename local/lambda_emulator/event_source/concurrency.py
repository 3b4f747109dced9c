"""Limits the batches in progress: fewer while the function fails, and more as it recovers."""

import asyncio


class ConcurrencyLimit:
    """Starts at `maximum`. A function error halves the limit, down to 1. A success adds 1, up to `maximum`.

    Source: AWS Lambda developer guide, "Backoff strategy for failed invocations": the poller lowers its concurrency.
    AWS names no figures.
    """

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._in_progress = 0
        self._closed = False
        self._changed = asyncio.Condition()
        #: The current limit.
        self.allowed = maximum

    async def admits(self) -> bool:
        """Wait until another batch may start, and count it. Returns False once closed."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or self._in_progress < self.allowed)
            if not self._closed:
                self._in_progress += 1
            return not self._closed

    async def release(self, *, succeeded: bool | None) -> None:
        """End an admitted batch. `succeeded` is None if the function did not run."""
        if succeeded is not None:
            self.allowed = min(self._maximum, self.allowed + 1) if succeeded else max(1, self.allowed // 2)
        async with self._changed:
            self._in_progress -= 1
            self._changed.notify_all()

    async def close(self) -> None:
        """Admit no more batches."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
