"""CPU of the API's calls, against a bare Chalice route and a bare HGETALL."""

import asyncio
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import boto3

from benchmarks.performance import cpu
from benchmarks.performance.client import Client
from benchmarks.performance.provider.process import provider
from benchmarks.performance.run import Run
from benchmarks.performance.section import Goal, Section, Spread, Table
from benchmarks.performance.stack import Stack, stack
from local.process.tether import tethered
from local.project import ROOT

_MOST_RATIO = 2.0
_TEXT = """\
In process: each call is an event of API Gateway, given to the Chalice app as Lambda gives it. Through the local server:
the CPU time of its process, for one request on a connection that stays open. The bare app is a Chalice app with one
route that returns its argument, and one that returns a job's HGETALL from redis-py's synchronous client. The same
HGETALL is also made by the asynchronous client that all our code shares. Calls take turns in every round."""
_REST = ("route with HGETALL", "GET unfinished", "GET finished", "304", "POST")


def measure(run: Run) -> Section:
    count = 100 if run.is_quick else 300
    with provider() as llm, stack(run, llm) as system:
        calls = _in_process(system, run.repeats, count)
        served = asyncio.run(_through_server(system, run.repeats, count))
    plain = _sums(calls, "bare HGETALL")
    ours = _sums(calls, "asynchronous HGETALL")
    rows = [
        [name, Spread.of(calls[name]).text(3), *(_ratio(name, calls, base) for base in (plain, ours))] for name in calls
    ]
    return Section(
        key="api",
        title="API",
        text=_TEXT,
        tables=[
            Table(["in process", "CPU, ms", "/ (route + HGETALL)", "/ (route + asynchronous HGETALL)"], rows),
            Table(
                ["local server", "CPU, ms", "/ bare route with HGETALL"],
                [
                    [name, Spread.of(each).text(2), Spread.of_ratios(each, served["route with HGETALL"]).text()]
                    for name, each in served.items()
                ],
            ),
        ],
        goals=[
            Goal(f"CPU of {name}, relative to {text}", _MOST_RATIO, Spread.of_ratios(calls[name], base).median)
            for name in ("GET unfinished", "GET finished")
            for text, base in (("a bare route + HGETALL", plain), ("a bare route + asynchronous HGETALL", ours))
        ],
        data={"in_process_ms": calls, "local_server_ms": served},
    )


def _sums(calls: Mapping[str, list[float]], read: str) -> list[float]:
    return [route + stored for route, stored in zip(calls["bare route"], calls[read], strict=True)]


def _ratio(name: str, calls: Mapping[str, list[float]], base: list[float]) -> str:
    return Spread.of_ratios(calls[name], base).text() if name in _REST else ""


def _in_process(system: Stack, rounds: int, count: int) -> dict[str, list[float]]:
    """Milliseconds of CPU by name and round."""
    queue = boto3.client(
        "sqs",
        endpoint_url=system.urls.aws,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # pragma: allowlist secret
    ).create_queue(QueueName="unread")["QueueUrl"]
    own = {"REDIS_URL": system.urls.redis.removesuffix("/0") + "/1", "JOBS_QUEUE_URL": queue}
    argv = [sys.executable, "-m", "benchmarks.performance.api.calls", str(rounds), str(count)]
    environment = {**os.environ, **variables(system), **own, "LOG_LEVEL": "WARNING"}
    done = subprocess.run(argv, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def apart(system: Stack) -> dict[str, str]:
    """The variables of the functions, with another database and queue of the same stack: no worker runs these jobs."""
    given = variables(system)
    queues = boto3.client(
        "sqs",
        endpoint_url=system.urls.aws,
        region_name=given["AWS_DEFAULT_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )
    queue = queues.create_queue(QueueName="unread")["QueueUrl"]
    return given | {"REDIS_URL": system.urls.redis.removesuffix("/0") + "/1", "JOBS_QUEUE_URL": queue}


def variables(system: Stack) -> dict[str, str]:
    """The variables of the Lambda functions in this stack."""
    lines = shlex.split((system.local.logs.parent / "env").read_text(), comments=True)
    return dict(word.split("=", 1) for word in lines if "=" in word)


async def _through_server(system: Stack, rounds: int, count: int) -> dict[str, list[float]]:
    async with Client(system.urls.api) as ours:
        job = (await ours.run("generate_characters", {"theme": "canal city", "count": 3})).job
    tag = f'If-None-Match: "{job["revision"]}"\r\n'
    found: dict[str, list[float]] = {}
    with _bare_server(system) as (url, pid):
        asked = {
            "bare route": (url, pid, f"/bare/{job['id']}", ""),
            "route with HGETALL": (url, pid, f"/hash/{job['id']}", ""),
            "GET finished": (system.urls.api, system.processes["api"], f"/jobs/{job['id']}", ""),
            "304": (system.urls.api, system.processes["api"], f"/jobs/{job['id']}", tag),
        }
        for number in range(rounds + 1):
            for name, (address, process, path, headers) in asked.items():
                spent = await _spent_ms(process, address, path, headers, count)
                if number:  # the first round warms up
                    found.setdefault(name, []).append(spent)
    return found


async def _spent_ms(pid: int, url: str, path: str, headers: str, count: int) -> float:
    async with Client(url) as client:
        before = cpu.cpu_s(pid)
        for _ in range(count):
            answer = await client.ask("GET", path, headers=headers)
            if answer.status not in (200, 304):
                raise RuntimeError(f"{url}{path} answered {answer.status}")
        return (cpu.cpu_s(pid) - before) / count * 1000


@contextmanager
def _bare_server(system: Stack) -> Iterator[tuple[str, int]]:
    """The address and the process id of a server of the bare app."""
    argv = [sys.executable, "-m", "benchmarks.performance.api.bare_server"]
    environment = {**os.environ, **variables(system)}
    with subprocess.Popen(tethered(argv), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1], process.pid
        finally:
            process.terminate()
