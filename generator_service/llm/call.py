"""A call to the provider that is pending, and the time that it may take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Call:
    """A pending call."""

    def __init__(self, timeout_s: float) -> None:
        """`timeout_s` is how long the call may take if the provider does not queue it."""
        self._timeout_s = timeout_s
        self._timer: asyncio.Timeout | None = None
        self._began_at = 0.0
        self._allowed_s = timeout_s

    @asynccontextmanager
    async def timed(self, timeout_s: float) -> AsyncIterator[None]:
        """Limit the call's time. Raises `TimeoutError`.

        The clock restarts whenever a call that started earlier is answered: this one was in the provider's queue, and
        the queue has moved.
        """
        self._began_at = asyncio.get_running_loop().time()
        self._allowed_s = timeout_s
        async with asyncio.timeout(timeout_s) as self._timer:
            yield

    def extend(self) -> None:
        """Give the call its full time again."""
        if self._timer is not None and not self._timer.expired():
            now = asyncio.get_running_loop().time()
            ends_at = self._timer.when()
            self._timer.reschedule(max(ends_at or 0.0, now + self._timeout_s))

    def restart(self) -> None:
        """Start the call's clock again, because a part of its answer has arrived."""
        self._began_at = asyncio.get_running_loop().time()
        self._allowed_s = self._timeout_s
        self.extend()

    @property
    def was_queued(self) -> bool:
        """Whether the call, or the last part of its answer, took longer than it may take without a queue."""
        return asyncio.get_running_loop().time() - self._began_at > self._allowed_s
