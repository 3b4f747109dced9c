"""Finds free TCP ports on this machine."""

import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from local.project import LOOPBACK
from local.stack.error import PortTaken

#: Below the ports that Linux (32768) and macOS (49152) use for outgoing connections, so that no connection takes a
#: program's port while the program restarts.
_RANGE = range(15_000, 32_768)
NO_PORTS: Mapping[str, int] = MappingProxyType({})


def assign_ports(
    names: Collection[str], wanted: Mapping[str, int], usual: Mapping[str, int] = NO_PORTS
) -> dict[str, int]:
    """A port for each name: the wanted one. If `wanted` has 0 or no entry: its `usual` one, or any other that is free.

    A free port is reserved for as long as this process runs: no other process that calls this function gets it, so it
    is still free when the program that needs it starts or restarts.

    Raises `PortTaken` if a wanted port is in use or wanted twice.
    """
    ports: dict[str, int] = {}
    for name in names:
        if port := wanted.get(name, 0):
            if port in ports.values() or not _is_free(port):
                raise PortTaken(f"{name.upper()}_PORT", port)
            _reservations.take(port)  # so that no other name gets it
            ports[name] = port
    for name in names:
        if name not in ports:
            ports[name] = _reserve_if_free(usual.get(name, 0)) or _any_free(usual.values())
    return ports


def is_listening(port: int, timeout_s: float = 0.5) -> bool:
    """Whether something listens on this port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout_s):
            return True
    except OSError:
        return False


class _Reservations:
    """The ports that this process has reserved: each is a lock on one byte of a file that a user's processes share.

    The system releases the locks when the process ends, however it ends.
    """

    def __init__(self) -> None:
        self._file: int | None = None
        self._own: set[int] = set()

    def take(self, port: int) -> bool:
        """Reserve this port. False if it is reserved already."""
        if port in self._own:  # lockf would grant this process the same lock again
            return False
        if self._file is None:
            path = Path(tempfile.gettempdir()) / f"loresmith-ports-{os.getuid()}"
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except (BlockingIOError, PermissionError):  # POSIX allows both
            return False
        self._own.add(port)
        return True


_reservations = _Reservations()


def _any_free(kept: Collection[int]) -> int:
    """A free port that is not kept for another name."""
    for candidate in random.sample(_RANGE, k=200):
        if candidate not in kept and (port := _reserve_if_free(candidate)):
            return port
    raise OSError(f"no free port from {_RANGE.start} to {_RANGE.stop - 1}")


def _reserve_if_free(port: int) -> int:
    """Reserve this port if it is free. Returns it, or 0."""
    return port if port and _is_free(port) and _reservations.take(port) else 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Servers set this option too. Connections of an earlier run in TIME_WAIT do not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
