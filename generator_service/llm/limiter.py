"""Limits this process's concurrent calls to what the provider can handle.

It allows one call at a time until the provider has answered. So it costs one call, not one per job, to learn which form
of requests the provider accepts, or that it is still loading the model. After that, `max_concurrency` calls may run at
once, and fewer if the provider rejects calls because of its load or queues them. Calls run in the order in which they
arrived.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from generator_service.error import ProviderError
from generator_service.llm.ask import Clock, Patience, Sleep
from generator_service.llm.call import Answers, Call
from generator_service.llm.concurrency import ConcurrencyLimit
from generator_service.llm.pause import Pause
from generator_service.llm.slots import Slots

#: While the first call is pending, one more may start after each interval of this length, in case its connection hangs,
#: seconds.
PROBE_S = 5.0
#: A server that has been idle for this long may have unloaded its model (Ollama does after five minutes), seconds.
IDLE_S = 290.0


class Limiter:
    """Allows as many concurrent calls as the provider can handle, and none during a pause."""

    def __init__(self, max_concurrency: int, *, timeout_s: float, clock: Clock, sleep: Sleep) -> None:
        """`timeout_s` is how long a call may take if the provider does not queue it."""
        self._timeout_s = timeout_s
        self._clock = clock
        self._limit = ConcurrencyLimit(max_concurrency, clock)
        self._slots = Slots(lambda: self._limit.calls)
        self._pause = Pause(clock, sleep)
        self._has_answered = False
        self._answered_at: float | None = None
        self._numbers = itertools.count()
        self._answers = Answers()
        #: The numbers of pending calls, in the order in which they started.
        self._calls: dict[int, None] = {}
        self._probe: asyncio.TimerHandle | None = None

    @property
    def limit(self) -> int:
        """How many calls may be pending now."""
        return self._limit.calls

    @property
    def is_cold(self) -> bool:
        """Whether the provider may have to load the model: it has not answered yet, or not for a while."""
        return self._answered_at is None or self._clock() - self._answered_at > IDLE_S

    @property
    def paused_for_s(self) -> float:
        """For how long no call starts; 0 without a pause."""
        return self._pause.left_s

    def pause(self, delay_s: float, reason: type[ProviderError]) -> None:
        """Start no call for this long. A shorter pause never shortens a longer one."""
        self._pause.start(delay_s, reason)

    @asynccontextmanager
    async def slot(self, patience: Patience) -> AsyncIterator[Call]:
        """A slot for one call. Raises the pause's reason at once if the pause outlasts the patience."""
        while True:
            await self._pause.wait_out(patience)
            await self._slots.acquire()
            self._schedule_probe()
            if self._pause.is_over:
                break
            self._slots.release()
        call = Call(next(self._numbers), self._timeout_s, self._answers)
        self._calls[call.number] = None
        try:
            yield call
        finally:
            del self._calls[call.number]
            self._slots.release()

    def answered(self, call: Call) -> None:
        """Record that the provider has answered this call."""
        self._answered_at = self._clock()
        self.reached()
        self._answers.add(call.number)
        self._answers.forget_before(next(iter(self._calls)))
        if call.was_queued:
            self._limit.shrink_to(len(self._calls) // 2)
        else:
            self._limit.count_answer()
            self._slots.fill()

    def reached(self) -> None:
        """Record that the provider accepts requests, even if its answer was an error."""
        if self._has_answered:
            return
        self._has_answered = True
        self._limit.open()
        self._slots.fill()

    def refused(self) -> bool:
        """Record that the provider rejected a call because of its load. That call has ended.

        Returns whether others are pending.
        """
        others = len(self._calls)
        self._limit.shrink_to(others)
        return others > 0

    def timed_out(self) -> None:
        """Record that a call was not answered in time."""
        if self._has_answered:
            self._limit.shrink_to(len(self._calls) // 2)

    def _schedule_probe(self) -> None:
        if not self._has_answered and self._probe is None:
            self._probe = asyncio.get_running_loop().call_later(PROBE_S, self._allow_probe)

    def _allow_probe(self) -> None:
        self._probe = None
        if not self._has_answered and self._slots.taken:
            self._limit.allow_one_more()
            self._slots.fill()
