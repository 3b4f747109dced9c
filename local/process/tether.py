"""Becomes another program that does not outlive the process that started it.

    python tether.py PARENT_PID PROGRAM [ARGUMENT ...]

On Linux the kernel kills the program when the thread that started it ends, however it ends (prctl(2),
PR_SET_PDEATHSIG; it stays in force over execve). Elsewhere this only starts the program. It is a step of its own, and
not code between fork and exec, since that is not safe in a process with threads. Needs the standard library alone.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def tethered(argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` on a tether to this process. Start it from a thread that stays."""
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), *argv]


def main() -> None:
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before the tether was tied
            sys.exit(1)
    try:
        os.execvp(program[0], program)  # noqa: S606 - that is its purpose
    except OSError as error:
        sys.exit(f"{program[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    main()
