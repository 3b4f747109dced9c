"""An owner who submits without pause; runs in its own process."""

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
    #: Each sends its next request as soon as one is answered.
    connections: int
    #: Accepted jobs after which a connection stops.
    most: int


def submit(flood: Flood, start: Barrier, stop: Event, results: "Queue[tuple[int, int]]") -> None:
    """Submit until `stop` is set or every connection has `most` jobs. Puts (requests, accepted jobs) into `results`."""
    with ThreadPoolExecutor(flood.connections) as pool:
        start.wait()
        counts = list(pool.map(lambda _: _submit(flood, stop), range(flood.connections)))
    results.put((sum(sent for sent, _ in counts), sum(accepted for _, accepted in counts)))


def _submit(flood: Flood, stop: Event) -> tuple[int, int]:
    body: dict[str, Any] = {"type": "generate_relics", "payload": {"count": 1}}
    sent, accepted = 0, 0
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {flood.token}"
        while not stop.is_set() and accepted < flood.most:
            accepted += http.post(f"{flood.api}/jobs", json=body, timeout=30).status_code == 202
            sent += 1
    return sent, accepted
