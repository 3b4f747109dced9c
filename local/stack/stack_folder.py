"""The stack's folder: one stack at a time has it."""

import fcntl
from pathlib import Path
from typing import IO

from foundation.settings import SettingsError
from local.stack.error import AlreadyRunning
from local.stack.stack_file import StackFile


class StackFolder:
    """Holds the files that describe a running stack, and the logs, which stay until the next one starts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self.file = StackFile(path / "stack.json")
        self._lock: IO[str] | None = None

    def take(self) -> None:
        """Lock the folder and remove an earlier stack's files. Raises `AlreadyRunning`, `SettingsError`."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            self._lock = (self.path / "lock").open("w")
        except OSError as error:
            raise SettingsError([f"LOCAL_DIR: {self.path} cannot be used: {error.strerror}"]) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise AlreadyRunning(self.path) from None
        self.file.remove()
        for stale in [self.path / "functions.json", *self.logs.glob("*.log")]:
            stale.unlink(missing_ok=True)

    def leave(self) -> None:
        """Remove the files that describe this stack, and unlock the folder. Idempotent."""
        self.file.remove()
        for name in ("env", "functions.json"):
            (self.path / name).unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
