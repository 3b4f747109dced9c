"""Receivers over real TLS that behave badly, with certificates that are made for the test."""

import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer

import trustme

from local.project import LOOPBACK

#: The name of the receiver. Only the test's own resolver knows it.
NAME = "hooks.example.com"
#: What the server does with a connection, once it has read a request. It ends when the client hangs up.
Behaviour = Callable[[socket.socket], None]


@dataclass
class HostileServer:
    port: int
    #: The bytes of each request, head and body.
    requests: list[bytes] = field(default_factory=list)


class Authority:
    """A certificate authority that the client trusts."""

    def __init__(self) -> None:
        self._authority = trustme.CA()

    @property
    def client_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return context

    def server_context(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(name).configure_cert(context)
        return context


class _Server(ThreadingTCPServer):
    # The event loop that it would wait for must go on: the client closes its connections there.
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


@contextmanager
def serving(behaviour: Behaviour, context: ssl.SSLContext | None) -> Iterator[HostileServer]:
    """A server in threads of its own. `context`: None for one without TLS."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                connection = context.wrap_socket(self.request, server_side=True) if context else self.request
                with connection:
                    server.requests.append(_request(connection))
                    behaviour(connection)

    with _Server((LOOPBACK, 0), Handler) as listening:
        server = HostileServer(listening.server_address[1])
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


def _request(connection: socket.socket) -> bytes:
    """The next request. Raises `OSError` if the client hangs up before its end."""
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0 or len(received) < end + 4 + _length(received[:end]):
        if not (more := connection.recv(65_536)):
            raise ConnectionError("hung up")
        received += more
    return received


def _length(head: bytes) -> int:
    return next(int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length"))


def says(answer: bytes) -> Behaviour:
    return lambda connection: connection.sendall(answer)


def hangs(connection: socket.socket) -> None:
    """Never answers."""
    connection.recv(1)


def drips(connection: socket.socket) -> None:
    """Sends a header, one byte at a time, for ever."""
    _forever(connection, b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", pause_s=0.05)


def drips_a_body(connection: socket.socket) -> None:
    _forever(connection, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", pause_s=0.05)


def floods_a_header(connection: socket.socket) -> None:
    _forever(connection, b"HTTP/1.1 200 OK\r\nX-Long: ", b"a" * 65_536)


def floods_a_body(connection: socket.socket) -> None:
    _forever(connection, b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65_536)


def _forever(connection: socket.socket, first: bytes, then: bytes, pause_s: float = 0) -> None:
    connection.sendall(first)
    for _ in itertools.count():
        connection.sendall(then)
        time.sleep(pause_s)
