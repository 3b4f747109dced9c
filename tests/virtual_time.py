"""An event loop whose clock jumps: minutes of waiting take no time, and every run is the same."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

#: Milliseconds since 1970 at which virtual time begins: now, so to speak.
EPOCH_MS = 1_900_000_000_000


class _JumpingSelector(selectors.SelectSelector):
    """Never waits: it moves the loop's clock on by as long as it was asked to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("deadlock: nothing is scheduled and nobody can be woken")
        self.now_s += max(0.0, timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s


def now_ms() -> int:
    """The virtual clock of the running loop, as the stores tell it."""
    return EPOCH_MS + int(asyncio.get_running_loop().time() * 1000)


def run(scenario: Coroutine[Any, Any, T]) -> T:
    """Run a scenario in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(scenario)
