"""Ports of this machine."""

import random
import socket
from collections.abc import Iterable, Mapping

from local.project import LOOPBACK
from local.stack.error import PortTaken

#: Below the ranges from which Linux (32768) and macOS (49152) take ports for outgoing connections, so that nothing
#: takes a port while the program that owns it is being started again.
_RANGE = range(15_000, 32_768)


def assign_ports(names: Iterable[str], wanted: Mapping[str, int]) -> dict[str, int]:
    """A port for each name: the wanted one, where there is one, else a free one.

    `wanted` maps a name to a port; 0 and absent mean any. Raises `PortTaken` for a wanted port in use
    or wanted twice.
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
    """Whether something listens there."""
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
        # As servers do it: a connection that lingers in TIME_WAIT from a former run does not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
