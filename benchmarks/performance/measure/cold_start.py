"""Cold starts of the Lambda functions, from the zip that a deployment makes."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from benchmarks.performance.api.gateway_event import event
from benchmarks.performance.measure.api import apart
from benchmarks.performance.provider.process import provider
from benchmarks.performance.run import Run
from benchmarks.performance.section import Goal, Section, Spread, Table
from benchmarks.performance.stack import Stack, stack
from chalicelib.bootstrap import redis_database
from chalicelib.domain import change
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.timing import Timing
from chalicelib.settings import Settings
from local.project import ROOT

#: The CPU time of the reference loop on a fast machine, ms.
_FAST_MS = 500
_GOALS = {"API": 250, "worker": 400}
#: What Lambda's runtime provides.
_RUNTIME = ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six.py")
_START = Path(__file__).parents[1] / "cold_start" / "start.py"
_TEXT = f"""\
The zip is built as a deployment builds it, and unpacked. Each cold start is a new process that imports the function's
module and handles its first events, with Redis and the AWS emulator running. The functions take turns. "Scaled" is the
CPU time on a machine that adds up ten million numbers in {_FAST_MS} ms, in a loop measured in the same process. The
first job of the API is submitted by its second request, which loads boto3. Reading the secrets on AWS is not included:
it loads boto3 in every function."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    handler: str
    events: tuple[Any, ...]
    environment: Mapping[str, str]


def measure(run: Run) -> Section:
    packed = _unpacked(run)
    with provider() as llm, stack(run, llm, AUTH_MODE="jwt") as system:
        cases = _cases(system)
        found: dict[str, Any] = {}
        for number in range(run.repeats + 1):
            for name, case, folder in _turns(cases, packed):
                steps = _start(case, folder, packed["runtime"])
                if number:  # the first start reads the files from the disk
                    found.setdefault(name, []).append(steps)
    goals = [
        Goal(f"import of the {name}, scaled CPU", limit, Spread.of(_scaled(found[name], 0)).median, "ms")
        for name, limit in _GOALS.items()
    ]
    columns = ["function", "import, CPU ms", "scaled", "import, wall ms", "first event, CPU ms", "second, CPU ms"]
    return Section(
        key="cold_start",
        title="Cold start",
        text=_TEXT,
        tables=[Table(columns, [_row(name, starts) for name, starts in found.items()])],
        goals=goals,
        data=found,
    )


def _turns(cases: list[Case], packed: Mapping[str, Path]) -> Iterator[tuple[str, Case, Path]]:
    for case in cases:
        yield case.name, case, packed["bytecode"]
    yield "API, without bytecode", cases[0], packed["source"]


def _row(name: str, starts: list[list[dict[str, float]]]) -> list[str]:
    def spread(step: int, unit: str) -> str:
        return Spread.of([steps[step][unit] for steps in starts]).text(0)

    later = [spread(step, "cpu_ms") for step in range(1, len(starts[0]) - 1)]
    scaled = Spread.of(_scaled(starts, 0)).text(0)
    return [name, spread(0, "cpu_ms"), scaled, spread(0, "wall_ms"), *later, *[""] * (2 - len(later))]


def _scaled(starts: list[list[dict[str, float]]], step: int) -> list[float]:
    return [steps[step]["cpu_ms"] * _FAST_MS / steps[-1]["cpu_ms"] for steps in starts]


def _cases(system: Stack) -> list[Case]:
    own = apart(system)
    token = {"authorization": f"Bearer {system.local.token('cold')}"}
    body = {"type": "generate_characters", "payload": {"theme": "fantasy", "count": 3}}
    unknown = str(uuid.uuid4())
    requests = (event("GET", "/jobs/{job_id}", headers=token, job_id=unknown), event("POST", "/jobs", body, token))
    record = {"messageId": "m", "receiptHandle": "r", "body": asyncio.run(_ended_job(own)).encode()}
    return [
        Case("API", "app", requests, own),
        Case("API, without tokens", "app", requests, own | {"AUTH_MODE": "none"}),
        Case("worker", "worker", ({"Records": [record]},), own),
        Case("dead letter", "dead_letter", ({"Records": [record]},), own),
        Case("recover", "recover", (_SCHEDULED,), own | {"REDIS_URL": system.urls.redis.removesuffix("/0") + "/2"}),
    ]


async def _ended_job(own: Mapping[str, str]) -> QueuedJob:
    """A job that has ended and is archived: the functions read it, and there is nothing to do."""
    database = redis_database(Settings.read(own))
    job_id = str(uuid.uuid4())
    new = NewJob(id=job_id, type="generate_relics", owner="cold", payload={}, max_attempts=3, root_id=job_id)
    job = await database.jobs.create(new, Timing())
    await database.jobs.apply(job_id, change.cancel())
    await database.index.remove_unfinished(job_id)
    await database.close()
    return QueuedJob.of(job)


_SCHEDULED = {
    "version": "0",
    "account": "0",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-01-01T00:00:00Z",
    "id": "1",
    "resources": [],
}


def _start(case: Case, package: Path, runtime: Path) -> list[dict[str, float]]:
    events = [json.dumps(each) for each in case.events]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", str(_START), str(package), str(runtime), case.handler, *events],
        env={**case.environment, "_HANDLER": f"lambda_entry.{case.handler}", "LOG_LEVEL": "ERROR"},
        cwd=package,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout.splitlines()[-1]))


def _unpacked(run: Run) -> dict[str, Path]:
    """The package with and without its bytecode, and a folder with what Lambda's runtime provides."""
    zipped, bytecode, source = (run.new_folder(name) for name in ("zip", "bytecode", "source"))
    python = ROOT / ".venv-infra" / "bin" / "python"
    command = [str(python), "-m", "benchmarks.performance.cold_start.pack", str(zipped)]
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    for folder in (bytecode, source):
        with zipfile.ZipFile(zipped / "deployment.zip") as packed:
            packed.extractall(folder)
    for cache in [*source.rglob("__pycache__")]:
        shutil.rmtree(cache)
    runtime = run.new_folder("runtime")
    site = Path(boto3.__file__).parents[1]
    for name in _RUNTIME:
        (runtime / name).symlink_to(site / name)
    return {"bytecode": bytecode, "source": source, "runtime": runtime}
