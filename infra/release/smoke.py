"""`python -m infra.release.smoke <api url>`: runs one job through the public address, as a caller would."""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from foundation.masking.output import mask_output
from infra.release.settings import ReleaseSettings

_JOB = {"type": "generate_settings", "payload": {"theme": "smoke test", "count": 1}}
_REQUEST_TIMEOUT_S = 30
#: A job's deadline plus a cold start of every part.
_JOB_TIMEOUT_S = 180
#: How long a new address may take to answer.
_WARM_UP_S = 120


class SmokeFailed(Exception):
    """The stage does not work; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    #: The address of the new job; "" if the answer has none.
    location: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """The API over HTTP."""

    url: str
    token: str | None

    def call(self, method: str, address: str, body: Any = None) -> Answer:
        """`address` is relative to the API's. Raises `SmokeFailed` if nothing answers."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(urljoin(f"{self.url}/", address), data, headers, method=method)  # noqa: S310 - see `main`
        try:
            with urllib.request.urlopen(request, timeout=_REQUEST_TIMEOUT_S) as answer:  # noqa: S310
                return Answer(answer.status, _parsed(answer.read()), answer.headers.get("Location", ""))
        except urllib.error.HTTPError as error:
            return Answer(error.code, _parsed(error.read()))
        except OSError as error:
            raise SmokeFailed(f"{self.url} does not answer: {error}") from error


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")[:500]


def wait_healthy(api: Api, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
    """Wait until every part is healthy. Raises `SmokeFailed`."""
    deadline = clock() + _WARM_UP_S
    while (fault := _health_fault(api)) is not None:
        if clock() > deadline:
            raise SmokeFailed(fault)
        sleep(3)


def _health_fault(api: Api) -> str | None:
    try:
        answer = api.call("GET", "health")
    except SmokeFailed as error:
        return str(error)
    return None if answer.status == 200 else f"/health answers {answer.status}: {answer.body}"


def run_job(api: Api, sleep: Callable[[float], None], clock: Callable[[], float]) -> Any:
    """Run one job and return it when it is completed. Raises `SmokeFailed`."""
    answer = api.call("POST", "jobs", _JOB)
    if answer.status != 202:
        raise SmokeFailed(f"POST /jobs answers {answer.status}: {answer.body}")
    job_id, deadline = answer.body["id"], clock() + _JOB_TIMEOUT_S
    while True:
        seen = api.call("GET", answer.location)
        # A gateway's error page, or a 503 in between, says nothing about the job.
        job = seen.body if seen.status == 200 and isinstance(seen.body, dict) else {}
        if job.get("status") == "completed":
            return job
        if job.get("status") in {"failed", "cancelled"} or clock() > deadline:
            reason = job.get("error") or job.get("message") or f"{seen.status} {seen.body}"
            raise SmokeFailed(f"job {job_id} is {job.get('status')}: {reason}")
        sleep(1)


def main() -> int:
    mask_output(os.environ, stdout=False)
    url = sys.argv[1].rstrip("/")
    if not url.startswith(("https://", "http://127.0.0.1")):
        sys.stderr.write(f"{url} is not an https address\n")
        return 1
    settings = ReleaseSettings.read(os.environ)
    api = Api(url, settings.smoke_token.get_secret_value() if settings.smoke_token else None)
    try:
        wait_healthy(api, time.sleep, time.monotonic)
        if settings.smoke == "job":
            job = run_job(api, time.sleep, time.monotonic)
            sys.stdout.write(f"Test job completed: {job['id']}, {len(job['items'])} piece(s)\n")
    except SmokeFailed as error:
        sys.stderr.write(f"The stage does not work: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
