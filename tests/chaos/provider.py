"""The offline writer as a provider with faults that a test can set, and a count of its calls."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True, slots=True)
class Calls:
    started: int
    finished: int
    dropped: int
    in_flight: int


class Provider:
    def __init__(self, llm_url: str) -> None:
        self._control = llm_url.removesuffix("/v1") + "/control"

    def be(self, *rules: dict[str, Any], latency_s: float = 0.3) -> None:
        """Set the faults, in order of precedence, and the latency of all calls from now on."""
        plan: dict[str, Any] = {"latency_s": latency_s, "rules": list(rules)}
        requests.put(f"{self._control}/faults", json=plan, timeout=120).raise_for_status()

    def forget(self) -> None:
        """Count from 0."""
        requests.delete(f"{self._control}/calls", timeout=120).raise_for_status()

    def calls(self) -> Calls:
        counted = self._read()
        return Calls(counted["started"], counted["finished"], counted["dropped"], counted["in_flight"])

    def wait_for_calls(self, started: int, timeout_s: float = 120) -> Calls:
        """Wait until this many calls have begun."""
        deadline = time.monotonic() + timeout_s
        while (calls := self.calls()).started < started:
            assert time.monotonic() < deadline, f"only {calls}"
            time.sleep(0.02)
        return calls

    def slow_down(self, least_calls: int, is_over: Callable[[], bool], latency_s: float, timeout_s: float = 120) -> int:
        """Make new calls slow. Wait until `least_calls` calls have begun, and only slow ones are in flight.

        Return how many are in flight; 0 if it was too late.
        """
        self.be(latency_s=latency_s)
        deadline = time.monotonic() + timeout_s
        while True:
            read = self._read()
            in_progress = [entry for entry in read["log"] if entry["outcome"] == "in progress"]
            slow = len([entry for entry in in_progress if entry["latency_s"] > latency_s / 2])
            if slow and slow == read["in_flight"] and read["started"] >= least_calls:
                return slow
            if is_over():
                return 0
            assert time.monotonic() < deadline, f"only {read['started']} calls, {slow} of them slow"
            time.sleep(0.02)

    def wait_until_idle(self, timeout_s: float = 120) -> Calls:
        deadline = time.monotonic() + timeout_s
        while (calls := self.calls()).in_flight:
            assert time.monotonic() < deadline, f"still {calls}"
            time.sleep(0.02)
        return calls

    def _read(self) -> dict[str, Any]:
        answer = requests.get(f"{self._control}/calls", timeout=120)
        answer.raise_for_status()
        return dict(answer.json())
