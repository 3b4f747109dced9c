"""The local server where it stands in for what is in front of a deployed stage."""

import json
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from chalice.app import Chalice, CORSConfig

from local.api_gateway.server import make_server
from local.api_gateway.throttle import Refusal, TokenThrottle

LIMIT, POSTS = 10, 4
OTHER_PAGE = "https://game.example"


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    app = Chalice("small", configure_logs=False)
    app.api.cors = CORSConfig(allow_origin=OTHER_PAGE)
    monkeypatch.setenv("CORS_ALLOW_ORIGIN", OTHER_PAGE)

    @app.route("/", methods=["GET", "POST"])
    def answer() -> dict[str, str]:
        return {}

    server = make_server(app, 0, TokenThrottle(LIMIT, POSTS)).server
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def as_token(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def test_a_token_that_asks_too_often_is_told_when_there_is_room_and_the_others_are_served(url: str) -> None:
    with requests.Session() as caller:
        asked = [caller.get(url, headers=as_token("one"), timeout=5) for _ in range(LIMIT)]
        refused = caller.post(url, json={"a": "body"}, headers=as_token("one"), timeout=5)
        other = caller.get(url, headers=as_token("two"), timeout=5)
        nobody = caller.get(url, timeout=5)
    assert {answer.status_code for answer in [*asked, other, nobody]} == {200}
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Access-Control-Allow-Origin"] == OTHER_PAGE
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_posts_have_a_limit_of_their_own(url: str) -> None:
    with requests.Session() as caller:
        posts = [caller.post(url, headers=as_token("one"), timeout=5).status_code for _ in range(POSTS + 1)]
        assert posts == [200] * POSTS + [429]
        assert caller.get(url, headers=as_token("one"), timeout=5).status_code == 200


def test_after_a_minute_there_is_room_again_and_nothing_is_kept() -> None:
    now_s = [1000.0]
    throttle = TokenThrottle(LIMIT, LIMIT, clock=lambda: now_s[0])
    for number in range(5000):
        throttle.refusal("GET", f"Bearer invented {number}")
    assert [throttle.refusal("GET", "Bearer one") for _ in range(LIMIT)] == [None] * LIMIT
    assert throttle.refusal("GET", "Bearer one") == Refusal(retry_after_s=60, hold_s=0.25)
    now_s[0] += 59.5
    assert throttle.refusal("GET", "Bearer one") == Refusal(retry_after_s=1, hold_s=0.25)
    now_s[0] += 0.5
    assert throttle.refusal("GET", "Bearer one") is None
    assert len(throttle._counts) == 1


def test_refusals_of_one_token_follow_each_other_however_many_connections_ask() -> None:
    throttle = TokenThrottle(LIMIT, LIMIT, clock=lambda: 1000.0)
    asked = [throttle.refusal("GET", "Bearer one") for _ in range(LIMIT + 1000)]
    holds = [refused.hold_s for refused in asked if refused]
    assert holds[:3] == pytest.approx([0.25, 0.3, 0.35])
    assert max(holds) == 20
    other = [throttle.refusal("GET", "Bearer two") for _ in range(LIMIT + 1)][-1]
    assert other is not None
    assert other.hold_s == 0.25


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("page", ["http://127.0.0.1:4000", "http://localhost:4000", OTHER_PAGE])
def test_the_page_of_the_stack_may_use_it_beside_the_one_that_is_permitted(url: str, method: str, page: str) -> None:
    answer = requests.request(method, url, headers={"Origin": page}, timeout=5)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, page)


def test_no_other_page_may(url: str) -> None:
    assert requests.get(url, headers={"Origin": "https://evil.example"}, timeout=5).status_code == 403


def test_it_is_the_same_token_however_it_is_written() -> None:
    throttle = TokenThrottle(LIMIT, LIMIT)
    spellings = ["Bearer one", "bearer one", "BEARER   one", " Bearer\tone "]
    assert not any(throttle.refusal("GET", spellings[number % len(spellings)]) for number in range(LIMIT))
    assert all(throttle.refusal("GET", spelling) for spelling in spellings)


def said_to(url: str, *lines: str, body: bytes = b"") -> bytes:
    """Everything that the server answers to these lines, and what follows them."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "lines",
    [
        ["GET / HTTP/9.9"],
        ["GET /" + "x" * 70_000 + " HTTP/1.1"],
        ["GET / HTTP/1.1", "Host: 127.0.0.1", *(f"X-{number}: 1" for number in range(200))],
        ["POST / HTTP/1.1", "Host: 127.0.0.1", "Content-Length: -1"],
        ["POST / HTTP/1.1", "Host: 127.0.0.1", "Content-Length: " + "9" * 5000],
    ],
    ids=["version", "address", "headers", "negative length", "endless length"],
)
def test_what_cannot_be_read_is_answered_in_our_form(url: str, lines: list[str]) -> None:
    head, _, body = said_to(url, *lines).partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0].split()[1] in (b"400", b"413")
    assert b"Content-Type: application/problem+json" in head
    assert b"Access-Control-Allow-Origin: " in head
    assert json.loads(body)["status"] in (400, 413)


def test_a_client_that_waits_to_be_told_to_go_on_is_told(url: str) -> None:
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
        lines = ["POST / HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 2", "Expect: 100-continue", "", ""]
        connection.sendall("\r\n".join(lines).encode())
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"{}")
        assert connection.recv(1024).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_nobody_reads_does_not_become_the_next_request(url: str) -> None:
    lines = ["GET /docs HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 5"]
    answers = said_to(url, *lines, body=b"hello" + b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert answers.count(b"HTTP/1.1 200 ") == 2
