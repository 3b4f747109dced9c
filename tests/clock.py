"""A clock that moves only when a test advances it."""

import time


class FakeClock:
    """Starts at the real time, since Redis expires keys by its own clock."""

    def __init__(self) -> None:
        self._now_ms = time.time_ns() // 1_000_000

    def now_ms(self) -> int:
        return self._now_ms

    def advance(self, seconds: float) -> None:
        self._now_ms += int(seconds * 1000)
