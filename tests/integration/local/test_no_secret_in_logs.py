"""No program of this project writes a secret to its logs, even if a library leaks one. Real programs, real files."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.lambda_emulator.event_source.schedule import scheduled_event
from local.lambda_emulator.runtime.outcome import Failed
from local.lambda_emulator.runtime.sandbox import Function, RuntimeArgv, Sandbox, aws_runtime, plain_runtime
from local.project import ROOT
from local.stack import redis_server
from local.stack.tcp_port import assign_ports, is_listening
from tests.e2e.environment import own_stack
from tests.integration.local import leaking
from tests.integration.local.command_line import Command, wait_until
from tests.integration.local.leaking import MARK, SECRETS

PROGRAMS = ("api", "event-source", "generator", "worker")
DONE = "leaked everything"
WAYS = ("asyncio", "print_exc", "thread", "excepthook", "unraisable", "logging")


def assert_masked(log: str) -> None:
    assert DONE in log
    assert re.findall(f".{{0,60}}{MARK}.{{0,30}}", log) == []
    assert not [way for way in WAYS if f"ValueError: {way}" not in log]


def test_no_program_of_the_stack_writes_a_secret(tmp_path: Path) -> None:
    """The API, the event source, a Lambda function, the generator, and the stack itself."""
    folder = tmp_path / "leaking"
    port = assign_ports(["redis"], {})["redis"]
    binary = redis_server.find_binary()
    password = f"{MARK}-redis"
    argv = [*redis_server.server_argv(binary, port, tmp_path), "--requirepass", password]
    secrets = SECRETS | {"REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0"}
    jwt = {"AUTH_MODE": "jwt", "JWT_ISSUER": "i", "JWT_AUDIENCE": "a", "JWT_ALGORITHMS": "HS256"}
    own = leaking.environment(folder, **secrets) | jwt | {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    redis = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    try:
        with Command("stack", tmp_path / "stack", **own) as command:
            command.wait_ready()
            leaking.leak(folder)
            logs = [tmp_path / "stack" / "logs" / f"{name}.log" for name in PROGRAMS]
            wait_until(lambda: all(DONE in log for log in [command.said, *(log.read_text() for log in logs)]))
            for log in [command.said, *(log.read_text() for log in logs)]:
                assert_masked(log)
            assert not [log for log in logs[0].parent.iterdir() if MARK in log.read_text()]
    finally:
        redis.kill()
        redis.wait()


@pytest.mark.parametrize(
    "argv",
    [["local.offline_writer"], ["local.page_server", "--api", "http://127.0.0.1:9", "--local-dir", "."]],
    ids=["offline writer", "page server"],
)
def test_no_other_program_writes_a_secret(tmp_path: Path, argv: list[str]) -> None:
    folder, log = tmp_path / "leaking", tmp_path / "log"
    port = assign_ports(["program"], {})["program"]
    own = own_stack(tmp_path) | leaking.environment(folder, **SECRETS)
    with log.open("wb") as output:
        program = subprocess.Popen(
            [sys.executable, "-m", *argv, "--port", str(port)], env=own, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: is_listening(port))
        leaking.leak(folder)
        wait_until(lambda: DONE in log.read_text())
    finally:
        program.kill()
        program.wait()
    assert_masked(log.read_text())


@pytest.mark.parametrize("runtime", [aws_runtime, plain_runtime])
async def test_an_error_that_leaves_a_function_contains_no_secret(tmp_path: Path, runtime: RuntimeArgv) -> None:
    """Lambda's runtime logs it and returns it to the caller, without the masking of a log formatter."""
    # redis-py takes a part of this unencoded password for the port, and quotes it.
    own = {"REDIS_URL": f"redis://:{MARK}-pass/word@127.0.0.1:1/0", "PATH": os.environ["PATH"]}
    function = Function("recover", "app.recover", ROOT, 20, own, runtime, tmp_path)
    sandbox = await Sandbox.start(function, "recover")
    try:
        outcome = await sandbox.invoke(scheduled_event("recover", "us-east-1", datetime.now(UTC)))
    finally:
        await sandbox.end()
    log = (tmp_path / "recover.log").read_text()
    assert isinstance(outcome, Failed)
    assert "Invocation failed" in log
    assert MARK not in f"{outcome}{log}"
