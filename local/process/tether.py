"""Starts a program that does not outlive the process that started it.

    python tether.py PARENT_PID PROGRAM [ARGUMENT ...]

On Linux, the kernel kills the program when the thread that started it ends for any reason (prctl(2), PR_SET_PDEATHSIG,
which survives execve). Elsewhere, this only starts the program. It is a separate script because running code between
fork and exec is unsafe in a process with threads. It needs only the standard library.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def tethered(argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` tethered to this process. Start it from a thread that does not end."""
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), *argv]


def main() -> None:
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent ended before the call above
            sys.exit(1)
    try:
        os.execvp(program[0], program)  # noqa: S606 - its purpose
    except OSError as error:
        sys.exit(f"{program[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    main()
