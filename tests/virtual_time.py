"""An event loop whose clock jumps: minutes of waiting take no time, and every run is the same.

The async tests and fixtures of `tests/unit`, `tests/property` and `tests/simulation` run on it (`tests/conftest.py`).
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

#: When virtual time begins, in milliseconds since 1970.
EPOCH_MS = 1_900_000_000_000


class _JumpingSelector(selectors.SelectSelector):
    """Never waits. Advances the loop's clock by the time it was asked to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("Deadlock: all tasks are waiting and no timer is set to wake one.")
        self.now_s += max(0.0, timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Its clock starts at 0 and moves only when every task is waiting."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        # asyncio adds this to the clock to find the timers that are due. Its default, 1 ns, is lost to rounding after
        # three months, and the loop would spin for ever.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._jumping.now_s


def now_s() -> float:
    """The time of the running loop, in seconds."""
    return asyncio.get_running_loop().time()


def clock_s() -> float:
    """The time of the running loop, in seconds since 1970."""
    return EPOCH_MS / 1000 + now_s()


def now_ms() -> int:
    """The time of the running loop, in milliseconds since 1970."""
    return EPOCH_MS + int(now_s() * 1000)


def run(scenario: Coroutine[Any, Any, T]) -> T:
    """Run a scenario in virtual time. For code that runs many in one test; a single test takes the marker."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(scenario)
