"""Submits a job, follows it with long polls, and prints its pieces. Ctrl-C cancels the job.

API=http://127.0.0.1:18212 python3 examples/follow_job.py [theme]
"""

import json
import os
import sys
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

Job = dict[str, Any]

FINAL = ("completed", "failed", "cancelled")
#: The API holds an answer for up to 20 s.
WAIT_S = 20


class Jobs:
    """A client of the HTTP API."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def submit(self, job_type: str, payload: dict[str, Any]) -> Job:
        # The key makes it safe to send this again: the same key gives the same job.
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        body = json.dumps({"type": job_type, "payload": payload}).encode()
        return self._ask(Request(f"{self._url}/jobs", body, headers, method="POST"))

    def follow(self, job: Job) -> Iterator[Job]:
        """Yield the job now and after each change, until it has ended."""
        yield job
        while job["status"] not in FINAL:
            headers = {"Prefer": f"wait={WAIT_S}", "If-None-Match": f'"{job["revision"]}"'}
            try:
                job = self._ask(Request(f"{self._url}/jobs/{job['id']}", headers=headers))
            except HTTPError as answer:
                if answer.code != 304:  # 304: no change within WAIT_S
                    raise
            else:
                yield job

    def cancel(self, job: Job) -> Job:
        return self._ask(Request(f"{self._url}/jobs/{job['id']}/cancel", method="POST"))

    def _ask(self, request: Request) -> Job:
        for name, value in self._headers.items():
            request.add_header(name, value)
        with urlopen(request, timeout=WAIT_S + 10) as answer:
            found: Job = json.load(answer)
            return found


def main() -> int:
    jobs = Jobs(os.environ["API"], os.environ.get("TOKEN"))
    theme = sys.argv[1] if len(sys.argv) > 1 else "fantasy"
    submitted = job = jobs.submit("generate_characters", {"theme": theme, "count": 2})
    try:
        for job in jobs.follow(submitted):
            print(f"{job['progress']:3}%  {job['status']:10}  {job['message']}")
    except KeyboardInterrupt:
        jobs.cancel(submitted)
        return 130
    if job["status"] != "completed":
        print(job["error"] or job["message"], file=sys.stderr)
        return 1
    for piece in job["result"]:
        print(f"\n{piece['name']}\n{piece['description']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
