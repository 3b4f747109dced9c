"""Records the calls and their outcomes, for tests that count a provider's calls."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

#: Older entries are dropped.
_MAX_ENTRIES = 10_000


@dataclass(slots=True)
class Call:
    #: Seconds since 1970.
    at: float
    schema: str
    #: The caller's `traceparent` (W3C Trace Context).
    trace: str | None
    #: How long the answer takes, seconds.
    latency_s: float
    #: "in progress", "finished", "failed" or "dropped" (the client went away).
    outcome: str = "in progress"


class CallLog:
    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_MAX_ENTRIES)
        self._counts = {"started": 0, "finished": 0, "failed": 0, "dropped": 0, "in_flight": 0}

    def begin(self, schema: str, trace: str | None, latency_s: float) -> Call:
        call = Call(time.time(), schema, trace, latency_s)
        self._calls.append(call)
        self._counts["started"] += 1
        self._counts["in_flight"] += 1
        return call

    def end(self, call: Call, outcome: str) -> None:
        """`outcome` is "finished", "failed" or "dropped"."""
        call.outcome = outcome
        self._counts[outcome] += 1
        self._counts["in_flight"] -= 1

    def reset(self) -> None:
        """Start counting from 0 again. Calls in progress stay in `in_flight`."""
        in_flight = self._counts["in_flight"]
        self._counts = dict.fromkeys(self._counts, 0) | {"in_flight": in_flight}
        self._calls.clear()

    def as_json(self) -> dict[str, Any]:
        return {**self._counts, "log": [asdict(call) for call in self._calls]}
