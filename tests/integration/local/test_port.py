"""Ports for the programs of a stack."""

import random
import socket
import subprocess
import sys

import pytest

from local.project import ROOT
from local.stack.error import PortTaken
from local.stack.tcp_port import assign_ports

#: Assigns 100 ports, prints them, and keeps them until its input ends.
_OTHER_PROCESS = """
import sys
from local.stack.tcp_port import assign_ports
print(*assign_ports([str(n) for n in range(100)], {}).values(), flush=True)
sys.stdin.read()
"""


def test_each_name_gets_its_own_port() -> None:
    names = [f"server-{n}" for n in range(50)]
    ports = assign_ports(names, {"server-0": 0})
    assert len(set(ports.values())) == len(names)


def test_a_wanted_port_is_used() -> None:
    port = assign_ports(["api"], {})["api"]
    assert assign_ports(["redis", "api"], {"api": port})["api"] == port


def test_the_usual_port_is_used_if_it_is_free() -> None:
    """So an address stays the same when a stack starts again."""
    other = [sys.executable, "-c", _OTHER_PROCESS]
    ports = subprocess.run(other, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    usual = {"api": int(ports.split()[0])}  # free again, and not of those that connections use
    with socket.create_server(("127.0.0.1", usual["api"])):
        assert assign_ports(["api"], {}, usual) != usual
    assert assign_ports(["api"], {}, usual) == usual
    assert assign_ports(["api"], {}, usual) != usual  # a second stack


def test_the_error_for_a_port_in_use_contains_the_port_and_its_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port} \(API_PORT\) is in use"):
            assign_ports(["api"], {"api": port})


def test_a_port_that_is_wanted_twice_is_refused() -> None:
    """The second of the two programs could not start."""
    port = assign_ports(["api"], {})["api"]
    with pytest.raises(PortTaken, match=r"\(REDIS_PORT\)"):
        assign_ports(["api", "redis"], {"api": port, "redis": port})


def test_a_wanted_port_is_not_assigned_to_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        wanted, free = one.getsockname()[1], other.getsockname()[1]
    monkeypatch.setattr(random, "sample", lambda _range, k: [wanted, free][:k])
    assert assign_ports(["api", "redis"], {"api": wanted}) == {"api": wanted, "redis": free}


def test_a_port_is_not_assigned_twice_even_by_two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its choice and its use, a port looks free. Without a reservation, two stacks could get the same one."""
    other = subprocess.Popen(
        [sys.executable, "-c", _OTHER_PROCESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with other:
        assert other.stdout is not None
        theirs = [int(port) for port in other.stdout.readline().split()]
        free = assign_ports(["api"], {})["api"]
        monkeypatch.setattr(random, "sample", lambda _range, k: [*theirs, free][:k])
        with pytest.raises(OSError, match="no free port"):
            assign_ports(["api"], {})
        other.communicate()
    assert assign_ports(["api"], {})["api"] in theirs, "the end of the other process releases its ports"
