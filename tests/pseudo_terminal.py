"""A program in its own terminal, as a person would use it."""

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

#: Far longer than anything takes on a busy machine.
_PATIENCE_S = 300
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")
#: Makes the terminal the controlling one: Ctrl-C then becomes a SIGINT, and closing the terminal a SIGHUP.
_LAUNCH = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
#: Runs a program as a terminal does: a test that runs in the background inherits that it ignores these signals.
_EXECUTE = (
    "import os, signal, sys; [signal.signal(n, signal.SIG_DFL) for n in (1, 2)]; os.execv(sys.argv[1], sys.argv[1:])"
)
CTRL_C = "\x03"


def interruptible(argv: Sequence[str | Path]) -> list[str]:
    """A command that runs this one with the default reaction to SIGHUP and SIGINT."""
    return [sys.executable, "-I", "-S", "-c", _EXECUTE, *map(str, argv)]


class PseudoTerminal:
    """Runs one program. `shown` is all that it has written so far, without control sequences."""

    def __init__(
        self, argv: Sequence[str | Path], environment: Mapping[str, str], folder: Path, *, columns: int = 100
    ) -> None:
        self._controller, inside = os.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        launch = [sys.executable, "-I", "-S", "-c", f"{_LAUNCH}; {_EXECUTE}", *map(str, argv)]
        self.process = subprocess.Popen(
            launch, stdin=inside, stdout=inside, stderr=inside, cwd=folder, env=environment, start_new_session=True
        )
        os.close(inside)
        self.shown = ""
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait_for(self, *texts: str) -> None:
        """Wait until the program has written all of these texts."""
        deadline = time.monotonic() + _PATIENCE_S
        while not all(text in self.shown for text in texts):
            assert time.monotonic() < deadline, f"waited for {texts}: {self.shown}"
            assert self._read(), f"ended before {texts}: {self.shown}"

    def type(self, keys: str) -> None:
        os.write(self._controller, keys.encode())

    def exit_code(self) -> int:
        """Wait for the program's end. Minus the number of the signal that has ended it."""
        deadline = time.monotonic() + _PATIENCE_S
        while self._read():
            assert time.monotonic() < deadline, f"does not end: {self.shown}"
        return self.process.wait(_PATIENCE_S)

    def interrupt(self) -> int:
        """Press Ctrl-C, wait for the end, and return the exit code."""
        self.type(CTRL_C)
        return self.exit_code()

    def close(self) -> None:
        """Close the window."""
        if self._is_open:
            self._is_open = False
            os.close(self._controller)

    def wait_until_hung_up(self) -> None:
        """Close the window, and wait until that has ended the program."""
        self.close()
        assert self.process.wait(_PATIENCE_S) == -signal.SIGHUP

    def _read(self) -> bool:
        """Read what is there, or wait a moment. False at the end."""
        if not select.select([self._controller], [], [], 0.1)[0]:
            return True
        found = b""
        with contextlib.suppress(OSError):  # on Linux, the end of a terminal is an error
            found = os.read(self._controller, 65536)
        self.shown += _ESCAPES.sub("", found.decode(errors="replace"))
        return bool(found)
