"""The supervisor stops everything wherever Ctrl-C interrupts the thread that waits for it."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from local.error import LocalError
from local.stack.supervisor import Supervisor

#: Only ends a test that hangs.
_PATIENCE_S = 60


class Interruption:
    """Raises `KeyboardInterrupt` in the current thread at its n-th step: a call, a line or a return of any function."""

    def __init__(self, step: int) -> None:
        self._steps_left = step
        self.happened = False

    def __enter__(self) -> "Interruption":
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _trace(self, _frame: FrameType, _event: str, _value: Any) -> Callable[..., Any]:
        self._steps_left -= 1
        if self._steps_left == 0:
            self.happened = True
            raise KeyboardInterrupt
        return self._trace


def interrupt_and_stop(supervisor: Supervisor, call: Callable[[], object], step: int) -> bool:
    """Whether the call has that many steps. Fails if the supervisor cannot be stopped after the interruption."""
    happened: list[bool] = []

    def use() -> None:
        interruption = Interruption(step)
        try:
            with interruption:
                call()
        except (KeyboardInterrupt, LocalError):
            pass
        supervisor.stop()
        happened.append(interruption.happened)

    thread = threading.Thread(target=use, daemon=True)
    thread.start()
    thread.join(_PATIENCE_S)
    assert happened, f"after an interruption at step {step}, the supervisor does not stop"
    return happened[0]


def wait(supervisor: Supervisor) -> None:
    """It has ended before, so this does not block."""
    supervisor.stop()
    supervisor.wait()


def wait_for_a_missing_program(supervisor: Supervisor) -> None:
    supervisor.stop()
    supervisor.wait_ready("missing", timeout_s=_PATIENCE_S)


@pytest.mark.parametrize("call", [Supervisor.start, wait, wait_for_a_missing_program, Supervisor.stop])
def test_an_interruption_at_any_step_leaves_a_supervisor_that_stops(
    call: Callable[[Supervisor], None], tmp_path: Path
) -> None:
    step = 0
    while True:
        step += 1
        supervisor = Supervisor(tmp_path)
        if call is not Supervisor.start:
            supervisor.start()
        if not interrupt_and_stop(supervisor, lambda: call(supervisor), step):  # noqa: B023 - called at once
            break
    assert step > 3
