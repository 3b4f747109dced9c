"""Bounds the calls under way in this process by what the provider bears.

It begins with one call at a time, until the provider has answered: what a first call finds out (the form of requests
that the provider takes, or that it still loads the model) costs one call that way, not one for each job. Then
`max_concurrency` calls may be under way, and fewer as soon as the provider refuses calls for its load, or lets them
wait in a line of its own. Calls are let through in the order in which they came.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from generator_service.error import ProviderError
from generator_service.llm.ask import Clock, Patience

Sleep = Callable[[float], Awaitable[None]]

#: While the first call is under way, one more may start after each of these, in case its connection hangs, seconds.
PROBE_S = 5.0
#: After so long without a refusal the number of calls doubles with each round of answers instead of growing by one.
CALM_S = 30.0
#: A line of answers before one more call is let through; a round is as many as may be under way, and at least this.
_LEAST_ROUND = 4
#: A server that was not asked for so long may have unloaded its model (Ollama does after five minutes).
IDLE_S = 290.0


class Call:
    """One call under way."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._timer: asyncio.Timeout | None = None
        self.began_at = 0.0

    @asynccontextmanager
    async def timed(self, timeout_s: float) -> AsyncIterator[None]:
        """Bound the call. Raises `TimeoutError`.

        The clock begins again whenever a call that began before this one is answered: then this one stood in the
        provider's line, and the line has moved.
        """
        self.began_at = asyncio.get_running_loop().time()
        async with asyncio.timeout(timeout_s) as self._timer:
            yield

    def extend(self) -> None:
        if self._timer is not None and not self._timer.expired():
            now = asyncio.get_running_loop().time()
            ends_at = self._timer.when()
            self._timer.reschedule(max(ends_at or 0.0, now + self._timeout_s))

    @property
    def has_waited_in_line(self) -> bool:
        """Whether it took longer than a call may take by itself."""
        return asyncio.get_running_loop().time() - self.began_at > self._timeout_s


class Limiter:
    """At most as many calls at a time as the provider bears, and none during a pause."""

    def __init__(self, max_concurrency: int, *, timeout_s: float, clock: Clock, sleep: Sleep) -> None:
        """`timeout_s` is how long a call may take when it does not stand in line."""
        self._max = max_concurrency
        self._timeout_s = timeout_s
        self._clock = clock
        self._sleep = sleep
        self._limit = 1.0
        self._has_answered = False
        self._answered_at: float | None = None
        self._refused_at = clock()
        self._answers = 0
        #: In the order in which they began.
        self._calls: dict[Call, None] = {}
        self._line: deque[asyncio.Future[None]] = deque()
        self._granted = 0
        self._probe: asyncio.TimerHandle | None = None
        self._paused_until = 0.0
        self._reason: type[ProviderError] = ProviderError

    @property
    def limit(self) -> int:
        """How many calls may be under way now."""
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
        """Room for one call. Raises the pause's reason at once if the pause outlasts the patience."""
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
        for other in self._younger_than(call):
            other.extend()
        if call.has_waited_in_line:
            self._shrink(len(self._calls) // 2)
        else:
            self._grow()

    def reached(self) -> None:
        """The provider takes requests, whatever it says to them."""
        if self._has_answered:
            return
        self._has_answered = True
        self._limit = float(self._max)
        self._hand_on()

    def refused(self) -> bool:
        """The provider has refused a call, which has ended, for its load. Whether others are under way."""
        others = len(self._calls)
        self._shrink(others)
        return others > 0

    def timed_out(self) -> None:
        """A call was not answered in time."""
        if self._has_answered:
            self._shrink(len(self._calls) // 2)

    def _younger_than(self, call: Call) -> list[Call]:
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
        self._hand_on()

    async def _enter(self) -> None:
        if self._granted < self.limit and not self._line:
            self._grant()
            return
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
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
            self._hand_on()

    def _leave(self) -> None:
        self._granted -= 1
        self._hand_on()

    def _hand_on(self) -> None:
        while self._line and self._granted < self.limit:
            turn = self._line.popleft()
            if not turn.done():
                self._grant()
                turn.set_result(None)

    async def _wait_out_pause(self, patience: Patience) -> None:
        while (delay_s := self._paused_until - self._clock()) > 0:
            if self._paused_until > patience.deadline_at:
                raise self._reason(retry_after_s=delay_s)
            patience.on_wait(delay_s)
            await self._sleep(delay_s)
