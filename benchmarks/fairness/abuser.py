"""Somebody who submits without pause; run in a process of its own."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from typing import Any

import requests


@dataclass(frozen=True, slots=True)
class Flood:
    api: str
    token: str
    #: Each is asked over again as soon as it is answered.
    connections: int
    #: Jobs that are enough for one connection.
    most: int


def submit(flood: Flood, start: Barrier, stop: Event, results: "Queue[tuple[int, int]]") -> None:
    """Submit until told to stop, or enough jobs were taken; then tell how many requests were made, and jobs taken."""
    with ThreadPoolExecutor(flood.connections) as pool:
        start.wait()
        counts = list(pool.map(lambda _: _submit(flood, stop), range(flood.connections)))
    results.put((sum(asked for asked, _ in counts), sum(taken for _, taken in counts)))


def _submit(flood: Flood, stop: Event) -> tuple[int, int]:
    body: dict[str, Any] = {"type": "generate_relics", "payload": {"count": 1}}
    asked, taken = 0, 0
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {flood.token}"
        while not stop.is_set() and taken < flood.most:
            taken += http.post(f"{flood.api}/jobs", json=body, timeout=30).status_code == 202
            asked += 1
    return asked, taken
