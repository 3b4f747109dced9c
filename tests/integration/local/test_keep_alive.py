"""moto's server answers many requests on one connection, so that not every call opens a new one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Event, Thread
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from local.project import LOOPBACK
from local.stack.moto_server.keep_alive import KeepAliveHandler
from local.stack.moto_server.queue import QuickQueue


@Request.application
def _app(request: Request) -> Response:
    """Answers with the request's body, except for paths that leave the body unread."""
    return Response("unread" if request.path == "/unread" else request.get_data(), headers={"X-Path": request.path})


@contextmanager
def _connection_to(app: Callable[..., Any]) -> Iterator[HTTPConnection]:
    server = make_server(LOOPBACK, 0, app, threaded=True, request_handler=KeepAliveHandler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    connection = HTTPConnection(LOOPBACK, server.server_port, timeout=120)
    try:
        yield connection
    finally:
        connection.close()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def connection() -> Iterator[HTTPConnection]:
    with _connection_to(_app) as connection:
        yield connection


def _ask(connection: HTTPConnection, method: str, path: str, body: object = None) -> bytes:
    connection.request(method, path, body)  # type: ignore[arg-type] # the stubs lack iterators of bytes
    answer = connection.getresponse()
    assert (answer.status, answer.headers["X-Path"]) == (200, path)
    return answer.read()


def test_two_requests_use_one_connection(connection: HTTPConnection) -> None:
    assert _ask(connection, "POST", "/first", b"1") == b"1"
    used = connection.sock
    assert _ask(connection, "GET", "/second") == b""
    assert connection.sock is used is not None


def test_an_unread_body_is_not_taken_for_the_next_request(connection: HTTPConnection) -> None:
    assert _ask(connection, "POST", "/unread", b"POST /smuggled HTTP/1.1\r\n\r\n") == b"unread"
    assert _ask(connection, "POST", "/next", b"2") == b"2"


def test_a_head_request_is_answered_without_a_body(connection: HTTPConnection) -> None:
    assert _ask(connection, "HEAD", "/unread") == b""
    assert _ask(connection, "POST", "/next", b"2") == b"2"


def test_a_chunked_request_is_answered_and_its_connection_closed(connection: HTTPConnection) -> None:
    assert _ask(connection, "POST", "/chunked", iter([b"1", b"2"])) == b"12"
    assert connection.sock is None


def test_a_receive_ends_when_its_caller_has_gone() -> None:
    """Otherwise, it would take a message that nobody handles until the message's visibility timeout."""
    queue = QuickQueue("jobs", "us-east-1", "123456789012")  # type: ignore[abstract] # moto makes it in this way too
    waits, has_ended = Event(), Event()

    @Request.application
    def receive(_request: Request) -> Response:
        try:
            while True:
                queue.wait_for_messages(0)
                waits.set()
        finally:
            has_ended.set()

    with _connection_to(receive) as connection:
        connection.request("POST", "/")
        assert waits.wait(120)
        assert not has_ended.is_set()
        connection.close()
        assert has_ended.wait(120)
