"""Slots for concurrent calls, given out in the order of the requests."""

import asyncio
from collections import deque
from collections.abc import Callable


class Slots:
    """As many slots as `limit()` says at the moment. Call `fill` when the limit has grown."""

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._queue: deque[asyncio.Future[None]] = deque()
        self.taken = 0

    async def acquire(self) -> None:
        """Wait for a slot. A cancelled wait takes none."""
        if self.taken < self._limit() and not self._queue:
            self.taken += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()
            raise

    def release(self) -> None:
        self.taken -= 1
        self.fill()

    def fill(self) -> None:
        """Give free slots to the calls that wait."""
        while self._queue and self.taken < self._limit():
            turn = self._queue.popleft()
            if not turn.done():
                self.taken += 1
                turn.set_result(None)
