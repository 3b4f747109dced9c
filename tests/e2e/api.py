"""A simple client of the HTTP API for tests."""

import time
import uuid
from types import TracebackType
from typing import Any, Self

import requests

from tests.redis_server import until

FINAL = frozenset({"completed", "failed", "cancelled"})
_PATIENCE_S = 120


class Api:
    """`patient`: it repeats a request while the job store is unavailable, as an application would."""

    def __init__(self, url: str, token: str | None = None, *, patient: bool = False) -> None:
        self.url = url
        self._patience_s = _PATIENCE_S if patient else 0
        self._http = requests.Session()
        self._http.trust_env = False
        if token is not None:
            self._http.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        return self._http.request(method, self.url + path, timeout=_PATIENCE_S, **options)

    def _ask_until_available(self, method: str, path: str, **options: Any) -> requests.Response:
        """Repeat the request after `Retry-After` while the answer is a 503. Redis may be slow on a busy machine."""
        deadline = time.monotonic() + self._patience_s
        while (answer := self.ask(method, path, **options)).status_code == 503 and time.monotonic() < deadline:
            assert answer.json()["code"] == "store_unavailable", answer.text
            time.sleep(int(answer.headers["Retry-After"]))
        return answer

    def submit(self, type_name: str, payload: dict[str, Any], **headers: str) -> dict[str, Any]:
        """Submit a job and return it as it was accepted."""
        named = {"Idempotency-Key": str(uuid.uuid4())}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._ask_until_available("POST", "/jobs", json={"type": type_name, "payload": payload}, headers=named)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def job(self, job_id: str) -> dict[str, Any]:
        answer = self._ask_until_available("GET", f"/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def events(self, job_id: str) -> list[dict[str, Any]]:
        return list(self._ask_until_available("GET", f"/jobs/{job_id}/events").json()["events"])

    def finished(self, job_id: str, timeout_s: float = _PATIENCE_S) -> dict[str, Any]:
        """Wait until the job has ended and return it. Fail if that takes too long."""
        deadline = time.monotonic() + timeout_s
        while True:
            answer = self._ask_until_available("GET", f"/jobs/{job_id}", headers={"Prefer": "wait=5"})
            assert answer.status_code == 200, answer.text
            job = dict(answer.json())
            if job["status"] in FINAL:
                return job
            assert time.monotonic() < deadline, f"not ended after {timeout_s} s: {job}"

    def archived(self, job_id: str) -> dict[str, Any]:
        """Wait until the job has ended and is in the history, and return it. Its pieces are in the library then.

        Until then, a list of pieces may change between two requests.
        """
        job = self.finished(job_id)
        until(lambda: job_id in self.recorded())
        return job

    def recorded(self) -> set[str]:
        """The ids of the caller's last 100 jobs in the history."""
        return {job["id"] for job in self.ask("GET", "/history?limit=100").json()["jobs"]}
