"""A call to the provider that is pending, and the time that it may take."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Answers:
    """When the calls of a process were answered last. Calls are numbered in the order in which they started."""

    def __init__(self) -> None:
        #: Number → time, on the loop's clock. Both increase: a later answer to an earlier call says more than the
        #: answers that came before it to later calls.
        self._numbers: list[int] = []
        self._times: list[float] = []

    def add(self, number: int) -> None:
        """Record that this call has been answered now."""
        place = bisect_left(self._numbers, number)
        self._numbers[place:] = [number]
        self._times[place:] = [asyncio.get_running_loop().time()]

    def last_before(self, number: int) -> float | None:
        """When a call that started before this one was last answered. None if none was."""
        place = bisect_left(self._numbers, number)
        return self._times[place - 1] if place else None

    def forget_before(self, number: int) -> None:
        """Forget what only calls before this one would ask for."""
        place = bisect_left(self._numbers, number) - 1
        if place > 0:
            del self._numbers[:place], self._times[:place]


class Call:
    """A pending call."""

    def __init__(self, number: int, timeout_s: float, answers: Answers) -> None:
        """`timeout_s` is how long the call may take if the provider does not queue it."""
        self.number = number
        self._timeout_s = timeout_s
        self._answers = answers
        self._began_at = self._ends_at = 0.0
        self._allowed_s = timeout_s
        self._next_check: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def timed(self, timeout_s: float) -> AsyncIterator[None]:
        """Limit the call's time. Raises `TimeoutError`.

        The clock restarts whenever a call that started earlier is answered: this one was in the provider's queue, and
        the queue has moved.
        """
        self._began_at = asyncio.get_running_loop().time()
        self._allowed_s = timeout_s
        self._ends_at = self._began_at + timeout_s
        async with asyncio.timeout(None) as timer:
            self._check(timer)
            try:
                yield
            finally:
                if self._next_check:
                    self._next_check.cancel()

    def _check(self, timer: asyncio.Timeout) -> None:
        """End the call if it is due. If not, check again when it will be."""
        loop, due_at = asyncio.get_running_loop(), self._due_at
        if due_at > loop.time():
            self._next_check = loop.call_at(due_at, self._check, timer)
        else:
            timer.reschedule(due_at)

    def restart(self) -> None:
        """Start the call's clock again, because a part of its answer has arrived."""
        self._began_at = asyncio.get_running_loop().time()
        self._allowed_s = self._timeout_s
        self._ends_at = max(self._ends_at, self._began_at + self._timeout_s)

    @property
    def was_queued(self) -> bool:
        """Whether the call, or the last part of its answer, took longer than it may take without a queue."""
        return asyncio.get_running_loop().time() - self._began_at > self._allowed_s

    @property
    def _due_at(self) -> float:
        queue_moved_at = self._answers.last_before(self.number)
        return self._ends_at if queue_moved_at is None else max(self._ends_at, queue_moved_at + self._timeout_s)
