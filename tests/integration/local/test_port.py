"""Ports for the programs of a stack."""

import socket

import pytest

from local.stack.error import PortTaken
from local.stack.tcp_port import assign_ports


def test_each_name_gets_its_own_port() -> None:
    names = [f"server-{n}" for n in range(50)]
    ports = assign_ports(names, {"server-0": 0})
    assert len(set(ports.values())) == len(names)


def test_a_wanted_port_is_used() -> None:
    port = assign_ports(["api"], {})["api"]
    assert assign_ports(["redis", "api"], {"api": port})["api"] == port


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
