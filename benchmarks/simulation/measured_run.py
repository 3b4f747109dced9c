"""A run of the real local stack, with which the simulation is compared."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from local.command_line.job_client import JobClient
from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings

_CLEARED = dict.fromkeys(("REDIS_URL", "AWS_ENDPOINT_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"), "")
#: Jobs are submitted over this many connections.
_SUBMITTERS = 4
_POLL_S = 2.0


@dataclass(frozen=True, slots=True)
class Setup:
    """What is run: `jobs` jobs for three characters, all submitted at once."""

    jobs: int
    #: Worker invocations at once, each with up to ten jobs.
    workers: int
    #: GENERATOR_MAX_JOBS.
    generator_jobs: int
    #: Calls to the LLM at once.
    llm_concurrency: int
    #: How long the offline writer takes for an answer.
    llm_s: float


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """When each job was created and claimed and had ended, seconds from the first creation; in order of creation."""

    created_s: Sequence[float]
    started_s: Sequence[float]
    ended_s: Sequence[float]
    failed: int

    @property
    def makespan_s(self) -> float:
        return max(self.ended_s)

    @property
    def median_wait_s(self) -> float:
        return statistics.median(
            started - created for created, started in zip(self.created_s, self.started_s, strict=True)
        )


def measure(setup: Setup) -> MeasuredRun:
    """Run the jobs on a stack of their own."""
    with tempfile.TemporaryDirectory() as folder, LocalStack(_settings(Path(folder), setup)) as stack:
        _start_workers(stack, setup)
        before = {job["id"] for job in _jobs(stack)}
        with ThreadPoolExecutor(_SUBMITTERS) as pool:
            list(pool.map(lambda _: _submit(stack, 3), range(setup.jobs)))
        while _unfinished(stack):
            time.sleep(_POLL_S)
        return _run([job for job in _jobs(stack) if job["id"] not in before])


def _settings(folder: Path, setup: Setup) -> StackSettings:
    own = {
        "LOCAL_DIR": str(folder),
        "OFFLINE_LLM_LATENCY_S": str(setup.llm_s),
        "WORKER_CONCURRENCY": str(setup.workers),
        "LLM_MAX_CONCURRENCY": str(setup.llm_concurrency),
        "GENERATOR_MAX_JOBS": str(setup.generator_jobs),
    }
    return StackSettings.read(dict(os.environ) | _CLEARED | own)


def _start_workers(stack: LocalStack, setup: Setup) -> None:
    """Run enough jobs at once that every worker starts."""
    with ThreadPoolExecutor(setup.workers * 4) as pool:
        list(pool.map(lambda _: _submit(stack, 1), range(setup.workers * 10)))
    while _unfinished(stack):
        time.sleep(_POLL_S)


def _submit(stack: LocalStack, count: int) -> None:
    JobClient(stack.urls.api).submit("generate_characters", {"count": count})


def _unfinished(stack: LocalStack) -> bool:
    return any(_page(stack, status=status, limit=1)["jobs"] for status in ("pending", "processing"))


def _jobs(stack: LocalStack) -> Iterator[Mapping[str, Any]]:
    cursor: dict[str, str] = {}
    while True:
        page = _page(stack, limit=100, **cursor)
        yield from page["jobs"]
        if not page.get("next_cursor"):
            return
        cursor = {"cursor": page["next_cursor"]}


def _page(stack: LocalStack, **query: Any) -> dict[str, Any]:
    with requests.Session() as http:
        http.trust_env = False
        return dict(http.get(f"{stack.urls.api}/jobs", params=query, timeout=60).json())


def _run(jobs: list[Mapping[str, Any]]) -> MeasuredRun:
    def at(job: Mapping[str, Any], field: str) -> float:
        return datetime.fromisoformat(job[field]).timestamp()

    jobs.sort(key=lambda job: at(job, "created_at"))
    first = at(jobs[0], "created_at")
    # A failed job is not updated any more.
    created, started, ended = (
        [round(at(job, field) - first, 2) for job in jobs] for field in ("created_at", "started_at", "updated_at")
    )
    return MeasuredRun(created, started, ended, sum(job["status"] == "failed" for job in jobs))
