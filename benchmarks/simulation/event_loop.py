"""Virtual time: actions that happen at given times, in order."""

import heapq
import math
from collections.abc import Callable
from typing import Any


class EventLoop:
    """Runs actions in the order of their times; actions of the same time in the order in which they were added."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._added = 0

    def after(self, delay_s: float, action: Callable[..., None], *arguments: Any) -> None:
        self._added += 1
        heapq.heappush(self._events, (self.now_s + delay_s, self._added, action, arguments))

    def run(self, until_s: float = math.inf) -> None:
        """Run until no action is left, or until the next one is later than `until_s`."""
        while self._events and self._events[0][0] <= until_s:
            self.now_s, _, action, arguments = heapq.heappop(self._events)
            action(*arguments)
