"""`python -m benchmarks.fairness`: does an owner who submits without pause make another one wait?

Each job is one relic (three LLM calls). "Wait" is the time from just before the request that submits a job until a
worker takes it up. The quiet owner submits one job at a time; meanwhile an abusive one submits from several processes,
as fast as the deployed API Gateway would let it. Quiet and abused phases alternate, so that both see the same machine,
and all workers are started before the first. The same is measured with quotas lifted, to show what they are good for.

The exit status is 1 where, with the quotas that are deployed, the mean wait beside the abuser is more than twice the
one alone.
"""

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import requests

from benchmarks.fairness import abuser
from infra.local.job_client import JobClient
from infra.local.settings import StackSettings
from infra.local.stack import LocalStack

ROUNDS = 4
JOBS_PER_PHASE = 12
ABUSERS = 4
#: Requests a second that the deployed API Gateway lets through, of all callers together (infra/cdk/settings.py).
RATE = 200
WORKERS = 12
#: Jobs that one abusive thread gets in at the most in a phase: without quotas the rest of the day would go by.
MOST = 150
UNLIMITED = {"MAX_ACTIVE_JOBS": "100000", "MAX_RUNNING_JOBS": "100000", "MAX_SUBMISSIONS_PER_MINUTE": "100000"}
DEPLOYED = {"MAX_ACTIVE_JOBS": "10", "MAX_RUNNING_JOBS": "5", "MAX_SUBMISSIONS_PER_MINUTE": "60"}
NO_RATE = DEPLOYED | {"MAX_SUBMISSIONS_PER_MINUTE": "100000"}
#: What was promised: not more than twice the quiet wait.
MOST_RATIO = 2.0


def main() -> int:
    print(f"{'quotas':<14} {'phase':<7} {'median':>9} {'mean':>9} {'90 %':>9} {'worst':>9} {'abusive jobs':>13}")
    ratios = [
        compare(name, limits) for name, limits in (("deployed", DEPLOYED), ("no rate", NO_RATE), ("none", UNLIMITED))
    ]
    return 1 if ratios[0] > MOST_RATIO else 0


def compare(name: str, limits: dict[str, str]) -> float:
    """Prints what was measured with these quotas; the ratio of the mean waits."""
    quiet, abused, taken = measure(limits)
    for phase, waits, jobs in (("alone", quiet, 0), ("beside", abused, taken)):
        figures = (statistics.median(waits), statistics.mean(waits), quantile(waits, 0.9), max(waits))
        print(f"{name:<14} {phase:<7} {' '.join(f'{figure:>7.3f} s' for figure in figures)} {jobs:>13}")
    ratio = statistics.mean(abused) / statistics.mean(quiet)
    print(
        f"{name:<14} ratio of means {ratio:.2f}, of medians {statistics.median(abused) / statistics.median(quiet):.2f}"
    )
    return ratio


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def measure(limits: dict[str, str]) -> tuple[list[float], list[float], int]:
    """Waits of the quiet owner, in seconds, alone and beside the abusive one; and how many jobs that one got in."""
    quiet: list[float] = []
    abused: list[float] = []
    taken = 0
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), limits) as stack:
        start_workers(stack)
        for number in range(ROUNDS):
            # Another one each time, who stays below the quota too.
            client = JobClient(stack.urls.api, stack.token(f"quiet-{number}"))
            quiet += waits(client)
            with abuse(stack) as counts:
                abused += waits(client)
            taken += sum(counts)
    return quiet, abused, taken


def start_workers(stack: LocalStack) -> None:
    """Many jobs at once, each of an owner of its own, so that there are as many workers as there may be."""

    def run(number: int) -> None:
        client = JobClient(stack.urls.api, stack.token(f"warm-{number}"))
        for _ in client.follow(client.submit("generate_relics", {"count": 1})["id"]):
            pass

    with ThreadPoolExecutor(4 * WORKERS) as pool:
        list(pool.map(run, range(4 * WORKERS)))


def waits(client: JobClient) -> list[float]:
    return [wait_of(client) for _ in range(JOBS_PER_PHASE)]


def wait_of(client: JobClient) -> float:
    asked_at = time.time()
    *_, job = client.follow(client.submit("generate_relics", {"count": 1})["id"])
    return datetime.fromisoformat(job["started_at"]).timestamp() - asked_at


@contextmanager
def abuse(stack: LocalStack) -> Iterator[list[int]]:
    """Submissions without pause while the block runs; then what is left of them is cancelled.

    From processes of their own: the abuser's work must not keep ours from looking at the clock.
    """
    token, counts = stack.token("abusive"), []
    context = multiprocessing.get_context("spawn")
    stop, results = context.Event(), context.Queue()
    flood = abuser.Flood(stack.urls.api, token, rate=RATE / ABUSERS, most=MOST)
    abusers = [context.Process(target=abuser.submit, args=(flood, stop, results)) for _ in range(ABUSERS)]
    for process in abusers:
        process.start()
    time.sleep(2)
    try:
        yield counts
    finally:
        stop.set()
        counts += [results.get() for _ in abusers]
        for process in abusers:
            process.join()
        cancel_all(stack, {"Authorization": f"Bearer {token}"})


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
    own = {
        "LOCAL_DIR": str(folder),
        "AUTH_MODE": "jwt",
        "OFFLINE_LLM_LATENCY_S": "0.2",
        "WORKER_CONCURRENCY": str(WORKERS),
    }
    with LocalStack(StackSettings.read(dict(os.environ) | cleared | own | limits)) as stack:
        yield stack


if __name__ == "__main__":
    sys.exit(main())
