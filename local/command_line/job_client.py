"""A client of the HTTP API: submits one job and follows it to its end, as any caller would."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from local.error import LocalError

FINAL = frozenset({"completed", "failed", "cancelled"})
#: How long the API may hold an answer until there is news, seconds.
_WAIT_S = 10
#: The pause between two polls if the API does not hold its answers, seconds.
_POLL_S = 0.5
_TIMEOUT_S = _WAIT_S + 20

Job = Mapping[str, Any]


class JobClient:
    """A caller of the API at `url`. `token` is needed if the API asks for tokens."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy for this machine
        if token is not None:
            self._http.headers["Authorization"] = f"Bearer {token}"

    def submit(self, job_type: str, payload: Mapping[str, Any]) -> Job:
        """Submit a job. Raises `LocalError` with the API's own message if it is refused."""
        answer = self._ask("POST", "/jobs", json={"type": job_type, "payload": dict(payload)})
        if answer.status_code != 202:
            raise LocalError(f"The API refused the job with {answer.status_code}: {_detail(answer)}")
        return dict(answer.json())

    def follow(self, job_id: str) -> Iterator[Job]:
        """Yield the job after each change until it has ended. Raises `LocalError` if it cannot be read."""
        # The first request does not wait: without a known revision, the answer would come only at the job's end.
        headers: dict[str, str] = {}
        while True:
            answer = self._ask("GET", f"/jobs/{job_id}", headers=headers)
            if answer.status_code == 200:
                yield (job := answer.json())
                if job["status"] in FINAL:
                    return
            elif answer.status_code != 304:
                raise LocalError(f"The job cannot be read. The API answered {answer.status_code}: {_detail(answer)}")
            if headers and "Preference-Applied" not in answer.headers:
                time.sleep(_POLL_S)
            headers = {"Prefer": f"wait={_WAIT_S}", "If-None-Match": answer.headers.get("ETag", "")}

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        try:
            return self._http.request(method, self._url + path, timeout=_TIMEOUT_S, **options)
        except requests.RequestException as error:
            raise LocalError(f"The API does not answer: {error}") from None


def _detail(answer: requests.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
