"""The programs of the stack: the command line, environment and readiness probe of each."""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from local.stack import aws_emulator, probe, redis_server
from local.stack.aws_resource import ResourceMaker
from local.stack.program import Program
from local.stack.redis_server import RedisBinary

Environment = Mapping[str, str]


def redis(binary: RedisBinary, port: int, folder: Path, environment: Environment) -> Program:
    """A Redis that keeps nothing on disk, so it is empty after a restart."""
    argv = redis_server.server_argv(binary, port, folder)
    return Program("redis", argv, environment, partial(redis_server.answers, port))


def aws(emulator: str, port: int, folder: Path, environment: Environment, resources: ResourceMaker) -> Program:
    """An AWS emulator. It is ready once the queues and the tables exist. Raises `EmulatorMissing`."""
    if emulator == "moto":
        return Program("aws", aws_emulator.moto_argv(port, folder), environment, resources)
    own = aws_emulator.ministack_environment(port, folder)
    return Program("aws", aws_emulator.ministack_argv(), {**environment, **own}, resources)


def offline_writer(port: int, environment: Environment) -> Program:
    return Program(
        "llm",
        _module("local.offline_writer", "--port", str(port)),
        environment,
        partial(probe.http_ok, port, "/health"),
    )


def generator(port: int, environment: Environment) -> Program:
    return Program("generator", _module("generator_service"), environment, partial(probe.grpc_serving, port))


def api(port: int, environment: Environment) -> Program:
    own = {"API_PORT": str(port)}
    ready = partial(probe.http_ok, port, "/job-types")
    return Program("api", _module("local.api_gateway"), {**environment, **own}, ready)


def web(port: int, api_url: str, folder: Path, environment: Environment, *, offline_writer: bool) -> Program:
    argv = _module("local.page_server", "--port", str(port), "--api", api_url, "--local-dir", str(folder))
    argv += ["--offline-writer"] if offline_writer else []
    return Program("web", argv, environment, partial(probe.http_ok, port, "/"))


def event_source(folder: Path, environment: Environment) -> Program:
    """The event source. Its own processes run the functions: `worker`, `worker-2`, ..., `dead-letter`, `recover`."""
    pids = folder / "functions.json"
    own = {"EVENT_SOURCE_PIDS": str(pids), "EVENT_SOURCE_LOGS": str(folder / "logs")}
    return Program(
        "event-source",
        _module("local.lambda_emulator.event_source"),
        {**environment, **own},
        partial(probe.functions_ready, pids),
        own_processes=partial(probe.functions_of, pids),
    )


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]
