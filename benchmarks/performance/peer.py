"""Runs the peers: their workers, their clients, and what a job costs them."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.performance import cpu
from local.process.tether import tethered
from local.project import ROOT

_MODULE = "benchmarks.performance.peers"
_QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=ERROR")


@dataclass(frozen=True, slots=True)
class PeerKind:
    name: str
    #: The name of its environment and module.
    library: str
    #: The command line of its worker, whose first word is a program of its environment.
    worker: Sequence[str]
    environment: Mapping[str, str]
    #: What the document says about its settings.
    settings: str

    @property
    def bin(self) -> Path:
        return ROOT / f".venv-bench-{self.library}" / "bin"

    @property
    def version(self) -> str:
        """The version that its environment has."""
        text = (ROOT / f"benchmarks/performance/peers/{self.library}.txt").read_text()
        (line,) = [line for line in text.splitlines() if re.match(rf"{self.library}\b(?!-)", line)]
        return line.partition("==")[2]


def _celery(*options: str) -> list[str]:
    return ["celery", "-A", f"{_MODULE}.celery_peer", "worker", *options, *_QUIET]


KINDS = (
    PeerKind("arq", "arq", ["python", "-m", f"{_MODULE}.arq_peer", "worker"], {}, "one process, 20 jobs"),
    PeerKind(
        "taskiq",
        "taskiq",
        [
            "taskiq",
            "worker",
            f"{_MODULE}.taskiq_peer:broker",
            "--workers=1",
            "--max-async-tasks=20",
            "--log-level=ERROR",
        ],
        {},
        "one process, 20 jobs, list broker",
    ),
    PeerKind(
        "Celery, gevent",
        "celery",
        _celery("--pool=gevent", "--concurrency=20"),
        {"BENCH_GEVENT": "1"},
        "one process, 20 jobs",
    ),
    PeerKind("Celery, prefork", "celery", _celery("--pool=prefork", "--concurrency=4"), {}, "four processes"),
    PeerKind(
        "Dramatiq",
        "dramatiq",
        ["dramatiq", f"{_MODULE}.dramatiq_peer", "--processes=2", "--threads=8"],
        {},
        "two processes, 8 threads each",
    ),
    PeerKind(
        "RQ", "rq", ["python", "-m", f"{_MODULE}.rq_peer", "worker"], {}, "four processes that do not fork for each job"
    ),
)


class Peer:
    """A running peer."""

    def __init__(self, kind: PeerKind, worker: subprocess.Popen[bytes], client: subprocess.Popen[bytes]) -> None:
        self.kind = kind
        self._worker = worker
        self._client = client

    def run(self, variant: str, jobs: int, together: int) -> float:
        """Run jobs, `together` of them at a time. Returns the seconds that they took. Raises `RuntimeError`."""
        assert self._client.stdin is not None
        assert self._client.stdout is not None
        self._client.stdin.write(json.dumps({"variant": variant, "jobs": jobs, "together": together}).encode() + b"\n")
        self._client.stdin.flush()
        line = self._client.stdout.readline()
        if not line:
            raise RuntimeError(f"the client of {self.kind.name} failed")
        return float(json.loads(line)["seconds"])

    def cpu_s(self) -> float:
        """The CPU time of all its worker processes."""
        return cpu.family_cpu_s(self._worker.pid)


@contextmanager
def peers(redis_url: str, llm_url: str, plans: Mapping[str, Any], folder: Path) -> Iterator[list[Peer]]:
    """Run all peers on this Redis, each in a database of its own. Logs go to the folder."""
    (folder / "plans.json").write_text(json.dumps(plans))
    base = redis_url.rpartition("/")[0]
    with ExitStack() as running:
        found = []
        for number, kind in enumerate(KINDS, 1):
            environment = {
                **os.environ,
                **kind.environment,
                "BENCH_PLANS": str(folder / "plans.json"),
                "BENCH_REDIS_URL": f"{base}/{number}",
                "BENCH_LLM_URL": llm_url,
                "PYTHONPATH": str(ROOT),
            }
            found.append(running.enter_context(_running(kind, environment, folder)))
        yield found


@contextmanager
def _running(kind: PeerKind, environment: Mapping[str, str], folder: Path) -> Iterator[Peer]:
    if not kind.bin.exists():
        raise RuntimeError(f"{kind.bin.parent.name} is missing. Run: make bench")
    worker_argv = [str(kind.bin / kind.worker[0]), *kind.worker[1:]]
    client_argv = [str(kind.bin / "python"), "-m", f"{_MODULE}.{kind.library}_peer", "client"]
    with (folder / f"{kind.name}.log").open("wb") as log:
        worker = subprocess.Popen(tethered(worker_argv), cwd=ROOT, env=environment, stdout=log, stderr=log)
        client = subprocess.Popen(
            tethered(client_argv), cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
        try:
            yield Peer(kind, worker, client)
        finally:
            for process in (client, worker):
                _end(process)


def _end(process: subprocess.Popen[bytes], grace_s: float = 10) -> None:
    """End a process and its descendants."""
    descendants = cpu.family(process.pid)[1:]
    process.terminate()
    deadline = time.monotonic() + grace_s
    try:
        process.wait(deadline - time.monotonic())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in descendants:
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            continue
