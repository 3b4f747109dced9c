"""Processes that run until the test run ends, and how to wait for them."""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from local.project import ROOT

_START_S = 120

Process = subprocess.Popen[bytes]


class Processes:
    """Each writes to `<name>.log` in the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = ExitStack()

    def start(self, name: str, argv: list[str], environment: dict[str, str]) -> Process:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        log = self._started.enter_context((self._folder / f"{name}.log").open("a"))
        process = subprocess.Popen(argv, cwd=ROOT, env=kept | environment, stdout=log, stderr=subprocess.STDOUT)
        self._started.callback(stop, process)
        return process

    def stop(self) -> None:
        self._started.close()


def stop(process: Process) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def wait_for(what: str, holds: Callable[[], bool], timeout_s: float = _START_S) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not ready after {timeout_s} s"
        time.sleep(0.1)
