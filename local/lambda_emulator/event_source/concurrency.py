"""Limits what is in progress: fewer batches while the function fails, and more as it recovers."""

import asyncio


class ConcurrencyLimit:
    """Starts at `maximum`. A function error halves the limit, down to 1. A success adds 1, up to `maximum`.

    Source: AWS Lambda developer guide, "Backoff strategy for failed invocations": the poller lowers its concurrency.
    AWS names no figures. There can also be a limit for the messages of all batches together, which AWS does not have.
    """

    def __init__(self, maximum: int, messages: int | None = None) -> None:
        self._maximum = maximum
        self._in_progress = 0
        self._room = messages
        self._closed = False
        self._changed = asyncio.Condition()
        #: The current limit.
        self.allowed = maximum

    async def admits(self) -> bool:
        """Wait until another batch with at least one message may start, and count it. Returns False once closed."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or (self._in_progress < self.allowed and self._room != 0))
            if not self._closed:
                self._in_progress += 1
            return not self._closed

    def fill(self, at_most: int) -> int:
        """How many messages an admitted batch may have."""
        return at_most if self._room is None else min(at_most, self._room)

    def count(self, messages: int) -> None:
        """Count the messages of an admitted batch."""
        if self._room is not None:
            self._room -= messages

    async def release(self, messages: int, *, succeeded: bool | None) -> None:
        """End an admitted batch of this many messages. `succeeded` is None if the function did not run."""
        if succeeded is not None:
            self.allowed = min(self._maximum, self.allowed + 1) if succeeded else max(1, self.allowed // 2)
        async with self._changed:
            self._in_progress -= 1
            self.count(-messages)
            self._changed.notify_all()

    async def wait_closed(self) -> None:
        """Wait until no more batches are admitted."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed)

    async def close(self) -> None:
        """Admit no more batches."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
