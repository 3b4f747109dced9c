"""moto's server answers many requests on one connection, so that not every call opens a new one."""

from collections.abc import Iterator
from http.client import HTTPConnection
from threading import Thread

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from local.project import LOOPBACK
from local.stack.moto_server.keep_alive import KeepAliveHandler


@Request.application
def _app(request: Request) -> Response:
    """Answers with the request's body, except for paths that leave the body unread."""
    return Response("unread" if request.path == "/unread" else request.get_data(), headers={"X-Path": request.path})


@pytest.fixture
def connection() -> Iterator[HTTPConnection]:
    server = make_server(LOOPBACK, 0, _app, threaded=True, request_handler=KeepAliveHandler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    connection = HTTPConnection(LOOPBACK, server.server_port, timeout=120)
    yield connection
    connection.close()
    server.shutdown()
    thread.join()
    server.server_close()


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
