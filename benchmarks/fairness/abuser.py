"""Somebody who submits without pause; run in a process of its own."""

import time
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event

import requests


@dataclass(frozen=True, slots=True)
class Flood:
    api: str
    token: str
    #: Submissions a second.
    rate: float
    #: Jobs that are enough.
    most: int


def submit(flood: Flood, stop: Event, results: "Queue[int]") -> None:
    """Submit until told to stop, or enough jobs were taken; then tell how many."""
    body, taken = {"type": "generate_relics", "payload": {"count": 1}}, 0
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {flood.token}"
        while not stop.is_set() and taken < flood.most:
            next_at = time.monotonic() + 1 / flood.rate
            taken += http.post(f"{flood.api}/jobs", json=body, timeout=30).status_code == 202
            time.sleep(max(0, next_at - time.monotonic()))
    results.put(taken)
