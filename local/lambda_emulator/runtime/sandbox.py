"""One execution environment of a Lambda function: a process and its Runtime API."""

import asyncio
import importlib.util
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from local.lambda_emulator.runtime.outcome import Failed, Outcome
from local.lambda_emulator.runtime.runtime_api import RuntimeApi
from local.process.tether import tethered

#: Seconds. AWS allows 10. A laptop that starts ten programs at once may need more.
INIT_TIMEOUT_S = 30.0
#: The account in every ARN.
ACCOUNT_ID = "123456789012"

RuntimeArgv = Callable[[str], list[str]]


def aws_runtime(handler: str) -> list[str]:
    """AWS's runtime client, which Lambda itself uses."""
    return [sys.executable, "-m", "awslambdaric", handler]


def plain_runtime(handler: str) -> list[str]:
    """This project's runtime, for systems without AWS's (macOS). The path works from any function's folder."""
    return [sys.executable, str(Path(__file__).with_name("plain_runtime.py")), handler]


def best_runtime(concurrency: int = 1) -> RuntimeArgv:
    """AWS's if it is installed, but not for several invocations at once: it starts a process for each."""
    return aws_runtime if concurrency == 1 and importlib.util.find_spec("awslambdaric") else plain_runtime


@dataclass(frozen=True, slots=True)
class Function:
    """The configuration of a Lambda function."""

    name: str
    #: module.function, imported from `root`.
    handler: str
    root: Path
    timeout_s: float
    environment: Mapping[str, str] = field(repr=False)
    runtime: RuntimeArgv = field(default_factory=best_runtime)
    #: The folder with one log per environment. None: they write to this process's output.
    log_dir: Path | None = None
    #: Invocations that one environment handles at the same time. More than 1 needs `plain_runtime`.
    concurrency: int = 1

    @property
    def arn(self) -> str:
        region = self.environment.get("AWS_DEFAULT_REGION", "us-east-1")
        return f"arn:aws:lambda:{region}:{ACCOUNT_ID}:function:{self.name}"


class Sandbox:
    """Handles invocations until it dies or is ended. It is not restarted."""

    def __init__(self, function: Function, api: RuntimeApi, process: asyncio.subprocess.Process) -> None:
        self._function = function
        self._api = api
        self._process = process
        self._ended = asyncio.create_task(process.wait())
        self._started_at = time.monotonic()

    @classmethod
    async def start(cls, function: Function, name: str) -> Self:
        """Start a process without waiting for its initialisation. `name` is the name of its log.

        Call it from the main thread, because the process ends with the thread that starts it.
        """
        api = await RuntimeApi(function.arn).start()
        try:
            return cls(function, api, await _spawn(function, name, api.address))
        except BaseException:
            await api.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return not self._ended.done()

    @property
    def is_ready(self) -> bool:
        """Whether it lives, and its handler is loaded."""
        return self.is_alive and self._api.initialised.is_set()

    async def wait_initialised(self) -> bool:
        """Wait for the handler to load. Returns False if it fails or takes longer than `INIT_TIMEOUT_S`."""
        initialised = asyncio.create_task(self._api.initialised.wait())
        try:
            await asyncio.wait({initialised, self._ended}, timeout=INIT_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
            return initialised.done()
        finally:
            initialised.cancel()

    async def wait_ended(self) -> float:
        """Wait for the process to end. Returns how many seconds it lived."""
        await asyncio.shield(self._ended)
        return time.monotonic() - self._started_at

    async def invoke(self, event: Any) -> Outcome:
        """Run the handler on the event.

        The time limit starts when the handler is loaded. At the limit, the process is killed, as on Lambda. That ends
        the other invocations in it too.
        """
        if not await self.wait_initialised():
            return await self._init_failed()
        limit_s = self._function.timeout_s
        outcome = self._api.hand_out(event, deadline_ms=int((time.time() + limit_s) * 1000))
        waited_for: set[asyncio.Future[Any]] = {outcome, self._ended}
        await asyncio.wait(waited_for, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        if outcome.done():
            return outcome.result()
        if not self.is_alive:
            return Failed("Runtime.ExitError", f"Runtime exited {_ending(self._ended.result())}")
        await self.end()
        return Failed("Sandbox.Timedout", f"Task timed out after {limit_s:.2f} seconds")

    async def end(self) -> None:
        """Kill the process, as Lambda does. Idempotent."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                self._process.kill()
            await asyncio.shield(self._ended)
        await self._api.close()

    async def _init_failed(self) -> Failed:
        await self.end()
        ending = Failed("Runtime.ExitError", f"Runtime exited {_ending(self._ended.result())} while it was starting")
        return self._api.init_failure or ending


async def _spawn(function: Function, name: str, runtime_api: str) -> asyncio.subprocess.Process:
    log = (function.log_dir / f"{name}.log").open("ab") if function.log_dir else None
    try:
        return await asyncio.create_subprocess_exec(
            *tethered(function.runtime(function.handler)),
            cwd=function.root,
            env={**function.environment, **_lambda_variables(function, name, runtime_api)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT if log else None,
        )
    finally:
        if log:
            log.close()


def _lambda_variables(function: Function, name: str, runtime_api: str) -> dict[str, str]:
    """The variables that Lambda sets. Source: AWS Lambda developer guide, "Defined runtime environment variables"."""
    several = {"AWS_LAMBDA_MAX_CONCURRENCY": str(function.concurrency)} if function.concurrency > 1 else {}
    return several | {
        "_HANDLER": function.handler,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": name,
        "LAMBDA_TASK_ROOT": str(function.root),
        "PYTHONUNBUFFERED": "1",
    }


def _ending(status: int) -> str:
    return f"with signal {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
