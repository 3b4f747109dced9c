"""Limits this process's concurrent calls to what the provider can handle.

It starts with one call at a time until the provider has answered. So what the first call finds out (which form of
requests the provider accepts, or that it is still loading the model) costs one call, not one per job. After that,
`max_concurrency` calls may run at once, and fewer if the provider rejects calls because of its load or queues them.
Calls run in the order in which they arrived.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from generator_service.error import ProviderError
from generator_service.llm.ask import Clock, Patience

Sleep = Callable[[float], Awaitable[None]]

#: While the first call is pending, one more may start after each such interval, in case its connection hangs, seconds.
PROBE_S = 5.0
#: After this long without a refusal, each round of answers doubles the limit instead of raising it by one, seconds.
CALM_S = 30.0
#: A round is as many answers as calls may be pending, but at least this many. The limit grows once per round.
_LEAST_ROUND = 4
#: A server that has been idle for this long may have unloaded its model (Ollama does after five minutes), seconds.
IDLE_S = 290.0


class Call:
    """A pending call."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._timer: asyncio.Timeout | None = None
        self.began_at = 0.0
        self._allowed_s = timeout_s

    @asynccontextmanager
    async def timed(self, timeout_s: float) -> AsyncIterator[None]:
        """Limit the call's time. Raises `TimeoutError`.

        The clock restarts whenever a call that started earlier is answered: this one was in the provider's queue, and
        the queue has moved.
        """
        self.began_at = asyncio.get_running_loop().time()
        self._allowed_s = timeout_s
        async with asyncio.timeout(timeout_s) as self._timer:
            yield

    def extend(self) -> None:
        if self._timer is not None and not self._timer.expired():
            now = asyncio.get_running_loop().time()
            ends_at = self._timer.when()
            self._timer.reschedule(max(ends_at or 0.0, now + self._timeout_s))

    @property
    def was_queued(self) -> bool:
        """Whether it took longer than a call may take on its own."""
        return asyncio.get_running_loop().time() - self.began_at > self._allowed_s


class Limiter:
    """Allows as many concurrent calls as the provider can handle, and none during a pause."""

    def __init__(self, max_concurrency: int, *, timeout_s: float, clock: Clock, sleep: Sleep) -> None:
        """`timeout_s` is how long a call may take if the provider does not queue it."""
        self._max = max_concurrency
        self._timeout_s = timeout_s
        self._clock = clock
        self._sleep = sleep
        self._limit = 1.0
        self._has_answered = False
        self._answered_at: float | None = None
        self._refused_at = clock()
        self._answers = 0
        #: In the order in which they started.
        self._calls: dict[Call, None] = {}
        self._queue: deque[asyncio.Future[None]] = deque()
        self._granted = 0
        self._probe: asyncio.TimerHandle | None = None
        self._paused_until = 0.0
        self._reason: type[ProviderError] = ProviderError

    @property
    def limit(self) -> int:
        """How many calls may be pending now."""
        return int(self._limit)

    @property
    def is_cold(self) -> bool:
        """Whether the provider may have to load the model: it has not answered yet, or not for a while."""
        return self._answered_at is None or self._clock() - self._answered_at > IDLE_S

    def pause(self, delay_s: float, reason: type[ProviderError]) -> None:
        """Start no call for this long. A shorter pause never shortens a longer one."""
        until = self._clock() + delay_s
        if until > self._paused_until:
            self._paused_until = until
            self._reason = reason

    @asynccontextmanager
    async def slot(self, patience: Patience) -> AsyncIterator[Call]:
        """A slot for one call. Raises the pause's reason at once if the pause outlasts the patience."""
        while True:
            await self._wait_out_pause(patience)
            await self._enter()
            if self._paused_until <= self._clock():
                break
            self._leave()
        call = Call(self._timeout_s)
        self._calls[call] = None
        try:
            yield call
        finally:
            del self._calls[call]
            self._leave()

    def answered(self, call: Call) -> None:
        """The provider has answered this call."""
        self._answered_at = self._clock()
        self.reached()
        for other in self._started_after(call):
            other.extend()
        if call.was_queued:
            self._shrink(len(self._calls) // 2)
        else:
            self._grow()

    def reached(self) -> None:
        """The provider accepts requests, whatever its answer was."""
        if self._has_answered:
            return
        self._has_answered = True
        self._limit = float(self._max)
        self._admit_waiting()

    def refused(self) -> bool:
        """The provider rejected a call because of its load; that call has ended. Returns whether others are pending."""
        others = len(self._calls)
        self._shrink(others)
        return others > 0

    def timed_out(self) -> None:
        """A call was not answered in time."""
        if self._has_answered:
            self._shrink(len(self._calls) // 2)

    def _started_after(self, call: Call) -> list[Call]:
        calls = list(self._calls)
        return calls[calls.index(call) + 1 :]

    def _shrink(self, limit: int) -> None:
        self._limit = max(1.0, min(self._limit, float(limit)))
        self._refused_at = self._clock()
        self._answers = 0

    def _grow(self) -> None:
        self._answers += 1
        if self._limit >= self._max or self._answers < max(self._limit, _LEAST_ROUND):
            return
        self._answers = 0
        is_calm = self._clock() - self._refused_at > CALM_S
        self._limit = min(float(self._max), self._limit * 2 if is_calm else self._limit + 1)
        self._admit_waiting()

    async def _enter(self) -> None:
        if self._granted < self.limit and not self._queue:
            self._grant()
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _grant(self) -> None:
        self._granted += 1
        if not self._has_answered and self._probe is None:
            self._probe = asyncio.get_running_loop().call_later(PROBE_S, self._probe_again)

    def _probe_again(self) -> None:
        self._probe = None
        if not self._has_answered and self._granted:
            self._limit = min(float(self._max), self._limit + 1)
            self._admit_waiting()

    def _leave(self) -> None:
        self._granted -= 1
        self._admit_waiting()

    def _admit_waiting(self) -> None:
        while self._queue and self._granted < self.limit:
            turn = self._queue.popleft()
            if not turn.done():
                self._grant()
                turn.set_result(None)

    async def _wait_out_pause(self, patience: Patience) -> None:
        while (delay_s := self._paused_until - self._clock()) > 0:
            if self._paused_until > patience.deadline_at:
                raise self._reason(retry_after_s=delay_s)
            patience.on_wait(delay_s)
            await self._sleep(delay_s)
