"""Measures the waits of a quiet owner, alone and beside one who submits without pause."""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import requests

from benchmarks.fairness import abuser
from chalicelib.domain.quota import Quota
from foundation.token_limits import TokenLimits
from local.command_line.job_client import JobClient
from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings

JOBS_PER_PHASE = 12
#: Processes of the abuser, and connections of each.
ABUSERS = 4
CONNECTIONS = 4
WORKERS = 12
#: The most jobs that one connection submits in a phase. Without quotas, the queue would otherwise take hours.
MOST = 40
QUOTA = Quota()
QUOTAS = {
    "MAX_ACTIVE_JOBS": str(QUOTA.max_unfinished),
    "MAX_RUNNING_JOBS": str(QUOTA.max_running),
    "MAX_SUBMISSIONS_PER_MINUTE": str(QUOTA.max_submissions),
}
DOOR = {name.upper(): str(limit) for name, limit in TokenLimits().model_dump().items()}
LIFTED = "1000000000"
#: TOKENS_PER_DAY is very high everywhere: otherwise it would stop the abuse after a minute.
DEPLOYED = QUOTAS | DOOR | {"TOKENS_PER_DAY": LIFTED}
QUOTAS_ALONE = DEPLOYED | dict.fromkeys(DOOR, LIFTED)
NONE = dict.fromkeys(DEPLOYED, LIFTED)


@dataclass(frozen=True, slots=True)
class Waits:
    """The quiet owner's waits, in seconds, by round."""

    alone: list[list[float]]
    beside: list[list[float]]
    #: Requests of the abuser, and its accepted jobs.
    sent: int
    accepted: int

    @property
    def ratios(self) -> list[float]:
        """For each round: the mean wait beside the abuser, divided by the mean wait alone."""
        pairs = zip(self.alone, self.beside, strict=True)
        return [statistics.mean(beside) / statistics.mean(alone) for alone, beside in pairs]


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def measure(limits: Mapping[str, str], rounds: int) -> Waits:
    quiet: list[list[float]] = []
    abused: list[list[float]] = []
    counts: list[tuple[int, int]] = []
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), limits) as stack:
        start_workers(stack)
        for number in range(rounds):
            # New owners in each round: the quiet one stays below its quota, and the abuser has a full quota again.
            client = JobClient(stack.urls.api, stack.token(f"quiet-{number}"))
            quiet.append(waits(client))
            with abuse(stack, f"abusive-{number}", counts):
                abused.append(waits(client))
    return Waits(quiet, abused, sum(sent for sent, _ in counts), sum(accepted for _, accepted in counts))


def start_workers(stack: LocalStack) -> None:
    """Run many jobs at once, each for a different owner, so that all workers start."""

    def run(number: int) -> None:
        client = JobClient(stack.urls.api, stack.token(f"warm-{number}"))
        for _ in client.follow(client.submit("generate_relics", {"count": 1})["id"]):
            pass

    with ThreadPoolExecutor(4 * WORKERS) as pool:
        list(pool.map(run, range(4 * WORKERS)))


def waits(client: JobClient) -> list[float]:
    return [wait_of(client) for _ in range(JOBS_PER_PHASE)]


def wait_of(client: JobClient) -> float:
    sent_at = time.time()
    *_, job = client.follow(client.submit("generate_relics", {"count": 1})["id"])
    return datetime.fromisoformat(job["started_at"]).timestamp() - sent_at


@contextmanager
def abuse(stack: LocalStack, owner: str, counts: list[tuple[int, int]]) -> Iterator[None]:
    """Submit without pause while the block runs, then cancel the jobs that are left.

    The abuser runs in other processes, so that its work does not disturb the measurement.
    """
    context = multiprocessing.get_context("spawn")
    start, stop, results = context.Barrier(ABUSERS + 1), context.Event(), context.Queue()
    flood = abuser.Flood(stack.urls.api, str(stack.token(owner)), CONNECTIONS, MOST)
    abusers = [context.Process(target=abuser.submit, args=(flood, start, stop, results)) for _ in range(ABUSERS)]
    for process in abusers:
        process.start()
    start.wait()
    try:
        yield
    finally:
        stop.set()
        counts += [results.get() for _ in abusers]
        for process in abusers:
            process.join()
        # With a new token: the old one has used up its requests.
        cancel_all(stack, {"Authorization": f"Bearer {stack.token(owner)}"})


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
def running(folder: Path, limits: Mapping[str, str]) -> Iterator[LocalStack]:
    cleared = dict.fromkeys(("REDIS_URL", "AWS_ENDPOINT_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"), "")
    own = {
        "LOCAL_DIR": str(folder),
        "AUTH_MODE": "jwt",
        "OFFLINE_LLM_LATENCY_S": "0.2",
        "WORKER_CONCURRENCY": str(WORKERS),
    }
    with LocalStack(StackSettings.read({**os.environ, **cleared, **own, **limits})) as stack:
        yield stack
