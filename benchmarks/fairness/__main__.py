"""`python -m benchmarks.fairness`: does an owner who submits without pause make another one wait?

Each job is one relic (three LLM calls). "Wait" is `started_at` - `created_at`. The quiet owner submits one job at a
time; meanwhile an abusive one submits from several threads as fast as it is answered. Quiet and abused phases
alternate, so that both see the same machine. The same is measured with quotas lifted, to show what they are good for.
"""

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import requests

from infra.local.job_client import JobClient
from infra.local.settings import StackSettings
from infra.local.stack import LocalStack

ROUNDS = 3
JOBS_PER_PHASE = 8
ABUSERS = 4
#: Jobs that one abusive thread gets in at the most in a phase: without quotas the rest of the day would go by.
MOST = 150
UNLIMITED = {"MAX_ACTIVE_JOBS": "100000", "MAX_RUNNING_JOBS": "100000", "MAX_SUBMISSIONS_PER_MINUTE": "100000"}
DEPLOYED = {"MAX_ACTIVE_JOBS": "10", "MAX_RUNNING_JOBS": "5", "MAX_SUBMISSIONS_PER_MINUTE": "60"}


def main() -> None:
    print(f"{'quotas':<14} {'phase':<8} {'wait median':>12} {'worst':>8} {'abusive jobs taken':>20}")
    no_rate = DEPLOYED | {"MAX_SUBMISSIONS_PER_MINUTE": "100000"}
    for name, limits in (("deployed", DEPLOYED), ("no rate limit", no_rate), ("none", UNLIMITED)):
        quiet, abused, taken = measure(limits)
        for phase, waits, jobs in (("quiet", quiet, 0), ("abused", abused, taken)):
            print(f"{name:<14} {phase:<8} {statistics.median(waits):>10.3f} s {max(waits):>6.2f} s {jobs:>20}")
        print(f"{name:<14} ratio of medians: {statistics.median(abused) / statistics.median(quiet):.2f}")


def measure(limits: dict[str, str]) -> tuple[list[float], list[float], int]:
    """Waits of the quiet owner, in seconds, alone and beside the abusive one; and how many jobs that one got in."""
    quiet: list[float] = []
    abused: list[float] = []
    taken = 0
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), limits) as stack:
        client = JobClient(stack.urls.api, stack.token("quiet"))
        for _ in range(ROUNDS):
            quiet += waits(client)
            with abuse(stack) as counts:
                abused += waits(client)
            taken += sum(counts)
    return quiet, abused, taken


def waits(client: JobClient) -> list[float]:
    return [wait_of(client) for _ in range(JOBS_PER_PHASE)]


def wait_of(client: JobClient) -> float:
    *_, job = client.follow(client.submit("generate_relics", {"count": 1})["id"])
    begin, end = (datetime.fromisoformat(job[name]) for name in ("created_at", "started_at"))
    return max((end - begin).total_seconds(), 0.001)


@contextmanager
def abuse(stack: LocalStack) -> Iterator[list[int]]:
    """Submissions without pause while the block runs; then what is left of them is cancelled."""
    stop, counts = threading.Event(), [0] * ABUSERS
    headers = {"Authorization": f"Bearer {stack.token('abusive')}"}

    def submit(number: int) -> None:
        got_in = 0
        with requests.Session() as http:
            http.trust_env = False
            while not stop.is_set() and got_in < MOST:
                body = {"type": "generate_relics", "payload": {"count": 1}}
                answer = http.post(f"{stack.urls.api}/jobs", json=body, headers=headers, timeout=30)
                got_in += answer.status_code == 202
        counts[number] = got_in

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(ABUSERS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        yield counts
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        cancel_all(stack, headers)


def cancel_all(stack: LocalStack, headers: dict[str, str]) -> None:
    with requests.Session() as http:
        http.trust_env = False
        for status in ("pending", "processing"):
            while jobs := http.get(
                f"{stack.urls.api}/jobs", params={"status": status, "limit": 100}, headers=headers, timeout=30
            ).json()["jobs"]:
                for job in jobs:
                    http.post(f"{stack.urls.api}/jobs/{job['id']}/cancel", headers=headers, timeout=30)


@contextmanager
def running(folder: Path, limits: dict[str, str]) -> Iterator[LocalStack]:
    cleared = dict.fromkeys(("REDIS_URL", "AWS_ENDPOINT_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"), "")
    own = {"LOCAL_DIR": str(folder), "AUTH_MODE": "jwt", "OFFLINE_LLM_LATENCY_S": "0.2", "WORKER_CONCURRENCY": "12"}
    with LocalStack(StackSettings.read(dict(os.environ) | cleared | own | limits)) as stack:
        yield stack


if __name__ == "__main__":
    main()
