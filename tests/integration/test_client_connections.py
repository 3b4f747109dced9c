"""The connections of the Python client, over real HTTP."""

import asyncio
import gc
import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from loresmith import AsyncLoreSmith, LoreSmith

HEALTHY = b'{"redis": "ok", "queue": "ok", "generator": "ok"}'
AT_ONCE = 150


class KeepsConnections(BaseHTTPRequestHandler):
    """Answers the health check, and keeps the connection."""

    protocol_version = "HTTP/1.1"
    ports: list[int] = []  # noqa: RUF012  # of the clients, in the order of the requests

    def do_GET(self) -> None:
        self.ports.append(self.client_address[1])
        self.send_response(200)
        self.send_header("Content-Length", str(len(HEALTHY)))
        self.end_headers()
        self.wfile.write(HEALTHY)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def address() -> Iterator[str]:
    KeepsConnections.ports = []
    with ThreadingHTTPServer(("127.0.0.1", 0), KeepsConnections) as server:
        server.daemon_threads = True
        serving = Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def test_a_forked_process_does_not_use_the_connection_of_its_parent(address: str) -> None:
    """Otherwise either could read the answer that is meant for the other."""
    with LoreSmith(address) as client:
        client.health()
        child = os.fork()
        if child == 0:
            try:
                client.health()
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        client.health()
    parents, childs, parents_later = KeepsConnections.ports
    assert parents == parents_later != childs


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the connections that a closed loop leaves behind
def test_an_async_client_works_in_one_event_loop_after_another(address: str) -> None:
    """As in a notebook, or in a program with several `asyncio.run`. The first loop leaves an open connection behind."""
    client = AsyncLoreSmith(address)

    async def ask_twice() -> None:
        await client.health()
        await client.health()

    async def ask_twice_and_close() -> None:
        async with client:
            await ask_twice()

    asyncio.run(ask_twice())
    asyncio.run(ask_twice_and_close())
    gc.collect()
    first, first_again, second, second_again = KeepsConnections.ports
    assert first == first_again != second == second_again


async def test_every_call_has_a_connection_at_once() -> None:
    """A long poll keeps its connection for 20 s, so calls that wait for one would time out."""
    all_there, all_closed = asyncio.Barrier(AT_ONCE), asyncio.Barrier(AT_ONCE + 1)

    async def answer_when_all_are_there(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await all_there.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(HEALTHY), HEALTHY))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await all_closed.wait()

    server = await asyncio.start_server(answer_when_all_are_there, "127.0.0.1", 0, backlog=AT_ONCE)
    async with server, AsyncLoreSmith(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as client:
        assert len(await asyncio.gather(*(client.health() for _ in range(AT_ONCE)))) == AT_ONCE
        await all_closed.wait()
