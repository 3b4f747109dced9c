"""The local API does what API Gateway and the web ACL do for a deployed stage."""

import socket
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from chalice.app import Chalice, CORSConfig
from chalice.app import Response as AppResponse

from local.api_gateway.server import make_app
from local.api_gateway.throttle import TokenThrottle
from tests.http_server import serving

LIMIT, POSTS = 10, 4
OTHER_PAGE = "https://game.example"
#: More than the long polls that the API holds at once.
HELD = 100

is_free = threading.Event()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    app = Chalice("small", configure_logs=False)
    cors = app.api.cors = CORSConfig(allow_origin=OTHER_PAGE)
    arrived = threading.Semaphore(0)

    @app.route("/", methods=["GET", "POST"])
    def answer() -> dict[str, str]:
        return {}

    @app.route("/held/{name}", methods=["GET"])
    def hold(name: str) -> dict[str, str]:
        arrived.release()
        is_free.wait(60)
        return {"asked": app.current_request.context["path"] if app.current_request else ""}

    @app.route("/all-are-held", methods=["GET"])
    def wait_for_all() -> dict[str, str]:
        for _ in range(HELD):
            arrived.acquire(timeout=120)
        return {}

    with serving(make_app(app, cors, TokenThrottle(LIMIT, POSTS), OTHER_PAGE)) as address:
        yield f"{address}/"


def as_token(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def test_a_token_over_its_limit_learns_when_to_retry_and_others_are_served(url: str) -> None:
    with requests.Session() as caller:
        asked = [caller.get(url, headers=as_token("one"), timeout=120) for _ in range(LIMIT)]
        refused = caller.post(url, json={"a": "body"}, headers=as_token("one"), timeout=120)
        other = caller.get(url, headers=as_token("two"), timeout=120)
        nobody = caller.get(url, timeout=120)
    assert {answer.status_code for answer in [*asked, other, nobody]} == {200}
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Access-Control-Allow-Origin"] == OTHER_PAGE
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_posts_have_their_own_limit(url: str) -> None:
    with requests.Session() as caller:
        posts = [caller.post(url, headers=as_token("three"), timeout=120).status_code for _ in range(POSTS + 1)]
        assert posts == [200] * POSTS + [429]
        assert caller.get(url, headers=as_token("three"), timeout=120).status_code == 200


def test_after_a_minute_a_token_may_continue() -> None:
    now_s = [1000.0]
    throttle = TokenThrottle(LIMIT, LIMIT, clock=lambda: now_s[0])
    assert [throttle.retry_after_s("GET", "Bearer one") for _ in range(LIMIT)] == [None] * LIMIT
    assert throttle.retry_after_s("GET", "Bearer one") == 60
    now_s[0] += 59.5
    assert throttle.retry_after_s("GET", "Bearer one") == 1
    now_s[0] += 0.5
    assert throttle.retry_after_s("GET", "Bearer one") is None


def test_the_counts_of_old_tokens_take_no_memory() -> None:
    """Anyone may invent tokens."""
    now_s = [1000.0]
    throttle = TokenThrottle(LIMIT, LIMIT, clock=lambda: now_s[0])
    throttle.retry_after_s("GET", "Bearer one")
    tracemalloc.start()
    try:
        for number in range(5000):
            throttle.retry_after_s("GET", f"Bearer invented {number}")
            throttle.hold_s(f"Bearer invented {number}")
        counted, _ = tracemalloc.get_traced_memory()
        now_s[0] += 60
        throttle.retry_after_s("GET", "Bearer one")
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert left < counted / 2


def test_refusals_of_one_token_are_spaced_out_over_all_its_connections() -> None:
    throttle = TokenThrottle(LIMIT, LIMIT, clock=lambda: 1000.0)
    holds = [throttle.hold_s("Bearer one") for _ in range(1000)]
    assert holds[:3] == pytest.approx([0.25, 0.3, 0.35])
    assert max(holds) == 20
    assert throttle.hold_s("Bearer two") == 0.25
    assert throttle.hold_s(None) == 0


def test_case_and_spaces_do_not_make_a_different_token() -> None:
    throttle = TokenThrottle(LIMIT, LIMIT)
    spellings = ["Bearer one", "bearer one", "BEARER   one", " Bearer\tone "]
    assert not any(throttle.retry_after_s("GET", spellings[number % len(spellings)]) for number in range(LIMIT))
    assert all(throttle.retry_after_s("GET", spelling) for spelling in spellings)


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("page", ["http://127.0.0.1:4000", "http://localhost:4000", OTHER_PAGE])
def test_local_pages_and_the_permitted_origin_may_use_the_api(url: str, method: str, page: str) -> None:
    answer = requests.request(method, url, headers={"Origin": page}, timeout=120)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, page)


def test_another_origin_may_not_use_the_api(url: str) -> None:
    assert requests.get(url, headers={"Origin": "https://evil.example"}, timeout=120).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "nowhere"), ("POST", "docs"), ("GET", "docs/nothing.js"), ("GET", "docs/%2e%2e/x.py")]
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic \xe9"}], ids=["no token", "not ASCII"])
def test_an_address_without_a_route_is_a_404_problem(url: str, method: str, path: str, headers: dict[str, str]) -> None:
    """The deployed gateway does the same. Chalice's own code answers 403, or fails on a header that is not ASCII."""
    answer = requests.request(method, url + path, headers=headers, timeout=120)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["Access-Control-Allow-Origin"] == OTHER_PAGE


def test_held_requests_do_not_delay_others(url: str) -> None:
    """Each handler also gets its own request, although all are in progress at once."""
    is_free.clear()
    with ThreadPoolExecutor(HELD) as pool:
        held = [pool.submit(requests.get, f"{url}held/{n}", timeout=120) for n in range(HELD)]
        try:
            assert requests.get(f"{url}all-are-held", timeout=120).status_code == 200
            assert not any(request.done() for request in held)
        finally:
            is_free.set()
        assert [request.result().json()["asked"] for request in held] == [f"/held/{n}" for n in range(HELD)]


def answers_to(url: str, *lines: str, body: bytes = b"") -> bytes:
    """Everything that the server sends until it closes the connection, which the request must ask for."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=120) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("length", ["-1", "9" * 5000], ids=["negative", "endless"])
def test_a_request_that_is_not_http_is_answered_with_400(url: str, length: str) -> None:
    """The HTTP library answers in plain text. Such a request would not reach a deployed API either."""
    answer = answers_to(url, "POST / HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}")
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_client_that_waits_for_100_continue_gets_it(url: str) -> None:
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=120) as connection:
        lines = ["POST / HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 2", "Expect: 100-continue", "", ""]
        connection.sendall("\r\n".join(lines).encode())
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"{}")
        assert connection.recv(1024).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("method", "path", "length", "status"), [("GET", "/docs", 5, b"200"), ("POST", "/", 10_000_000, b"413")]
)
def test_an_unread_body_does_not_become_the_next_request(
    url: str, method: str, path: str, length: int, status: bytes
) -> None:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}"]
    next_request = b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    answers = answers_to(url, *lines, body=b"x" * length + next_request)
    assert [part.split()[0] for part in answers.split(b"HTTP/1.1 ")[1:]] == [status, b"404"]


class CountingThrottle(TokenThrottle):
    """Holds nothing back, and counts what it would hold back."""

    def __init__(self) -> None:
        super().__init__(LIMIT, LIMIT)
        self.held: list[str | None] = []

    def hold_s(self, authorization: str | None) -> float:
        self.held.append(authorization)
        return 0.0


def test_a_refusal_by_the_app_is_held_back_too() -> None:
    """An owner over its quota would otherwise repeat its request at once, and keep this one process busy."""
    app = Chalice(app_name="quota", configure_logs=False)

    @app.route("/full")
    def refuse() -> AppResponse:
        return AppResponse({}, status_code=429)

    @app.route("/free")
    def answer() -> dict[str, str]:
        return {}

    throttle = CountingThrottle()
    with serving(make_app(app, CORSConfig(), throttle, None)) as address:
        for path in ("/full", "/free"):
            requests.get(address + path, headers=as_token("one"), timeout=120)
    assert throttle.held == ["Bearer one"]
