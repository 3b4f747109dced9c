"""One running program of the stack: its process, log and restarts."""

import os
import signal
import subprocess
import time
from pathlib import Path

from local.process.restart_backoff import RestartBackoff
from local.process.tether import tethered
from local.project import ROOT
from local.stack.error import StartFailed
from local.stack.program import Program


class Child:
    """A running program. Use it only in the supervisor's thread: the process ends with the thread that spawned it."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        #: Whether it is ready now.
        self.ready = False
        #: Whether it has ever been ready.
        self.proven = False
        self._backoff = RestartBackoff()
        self._process: subprocess.Popen[bytes] | None = None
        self._spawned_at = self._due_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def spawn(self) -> None:
        # Its own session: Ctrl-C in the terminal reaches only the stack, which stops its programs in order.
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                tethered(self.program.argv),
                env=dict(self.program.environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._spawned_at = time.monotonic()

    def tick(self) -> str | None:
        """Check the process. Returns a sentence about a change. Raises `StartFailed` if its first start failed."""
        if self._process is None:
            return self._start_again_when_due()
        if (status := self._process.poll()) is not None:
            return self._handle_end(status)
        if not self.ready and self.program.is_ready():
            self.ready = self.proven = True
        return None

    def terminate(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait for the process to end, and kill it at `deadline` (monotonic). Its own children end too."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._end_group()
        self._process.wait()

    def failure(self, reason: str) -> StartFailed:
        return StartFailed(self.program.name, reason, self.log)

    def _handle_end(self, status: int) -> str:
        self._end_group()
        self._process, self.ready = None, False
        ending = _ending(status)
        if not self.proven:
            raise self.failure(f"{ending} while it was starting")
        now = time.monotonic()
        delay_s = self._backoff.delay_s(now - self._spawned_at)
        self._due_at = now + delay_s
        return f"{self.program.name} {ending}; restarting it" + (f" in {delay_s:g} s" if delay_s else "")

    def _start_again_when_due(self) -> str | None:
        if time.monotonic() < self._due_at:
            return None
        self.spawn()
        return f"{self.program.name} is running again (process {self.pid})"

    def _end_group(self) -> None:
        """Kill its own children. Only Linux does so by itself."""
        if self._process:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return


def _ending(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
