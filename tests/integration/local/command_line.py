"""Runs `python -m local ...` like a user, in a separate process and folder."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.stack.error import PortTaken
from local.stack.tcp_port import assign_ports
from tests.e2e.environment import own_stack
from tests.integration.local.process import alive, family
from tests.redis_server import until

_PATIENCE_S = 300


def wait_until(condition: Callable[[], bool]) -> None:
    until(condition, _PATIENCE_S)


class Command:
    """Killed at the end of the block. Both output streams go to one file."""

    def __init__(self, words: str, folder: Path, **variables: str) -> None:
        self.folder = folder
        self._output = folder.with_name(f"{folder.name}.output")
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local", *words.split()],
                env=own_stack(folder, OFFLINE_LLM_LATENCY_S="0.01", SERVE_PAGE="false") | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def __enter__(self) -> "Command":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def said(self) -> str:
        return self._output.read_text()

    def ended(self) -> bool:
        return self._process.poll() is not None

    def status(self) -> int:
        """Wait for the end of the command and return its exit status."""
        return self._process.wait(_PATIENCE_S)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def family(self) -> set[int]:
        """The process and everything that it has started."""
        return family(self._process.pid)

    def wait_ready(self) -> dict[str, Any]:
        """Wait for stack.json and return its content."""
        file = self.folder / "stack.json"
        wait_until(lambda: file.exists() or self.ended())
        assert file.exists(), self.said
        return dict(json.loads(file.read_text()))


def assert_nothing_is_left(pids: set[int], urls: dict[str, str]) -> None:
    """Wait until none of the processes runs and every port is free."""
    wait_until(lambda: not alive(pids))
    ports = {name: int(url.rpartition(":")[2].partition("/")[0]) for name, url in urls.items()}
    wait_until(lambda: _are_free(ports))


def _are_free(ports: dict[str, int]) -> bool:
    try:
        assign_ports(ports, ports)
    except PortTaken:
        return False
    return True


def path_without_programs(folder: Path) -> dict[str, str]:
    """Only the wheel's Redis is found, and no npm to build the page."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    return {"PATH": f"{empty}{os.pathsep}"}
