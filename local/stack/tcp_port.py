"""Finds free TCP ports on this machine."""

import random
import socket
from collections.abc import Collection, Mapping

from local.project import LOOPBACK
from local.stack.error import PortTaken

#: Below the ports that Linux (32768) and macOS (49152) use for outgoing connections, so that no connection takes a
#: program's port while the program restarts.
_RANGE = range(15_000, 32_768)


def assign_ports(names: Collection[str], wanted: Mapping[str, int]) -> dict[str, int]:
    """A port for each name: the wanted one, or a free one if `wanted` has 0 or no entry.

    Raises `PortTaken` if a wanted port is in use or wanted twice.
    """
    ports: dict[str, int] = {}
    for name in names:
        if port := wanted.get(name, 0):
            if port in ports.values() or not _is_free(port):
                raise PortTaken(f"{name.upper()}_PORT", port)
            ports[name] = port
    for name in names:
        if name not in ports:
            ports[name] = _any_free(taken=set(ports.values()))
    return ports


def is_listening(port: int, timeout_s: float = 0.5) -> bool:
    """Whether something listens on this port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout_s):
            return True
    except OSError:
        return False


def _any_free(taken: set[int]) -> int:
    for port in random.sample(_RANGE, k=200):
        if port not in taken and _is_free(port):
            return port
    raise OSError(f"no free port from {_RANGE.start} to {_RANGE.stop - 1}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Servers set this option too. Connections of an earlier run in TIME_WAIT do not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
