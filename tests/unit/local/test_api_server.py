"""The local server where it stands in for what is in front of a deployed stage."""

import threading
from collections.abc import Iterator

import pytest
import requests
from chalice.app import Chalice

from infra.local.api_server import make_server
from infra.local.throttle import TokenThrottle

LIMIT = 10


@pytest.fixture
def url() -> Iterator[str]:
    app = Chalice("small", configure_logs=False)
    app.api.cors = True

    @app.route("/", methods=["GET", "POST"])
    def answer() -> dict[str, str]:
        return {}

    server = make_server(app, 0, TokenThrottle(LIMIT)).server
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_that_asks_too_often_is_told_so_and_the_others_are_served(url: str) -> None:
    with requests.Session() as caller:
        asked = [caller.get(url, headers={"Authorization": "Bearer one"}, timeout=5) for _ in range(LIMIT)]
        refused = caller.post(url, json={"a": "body"}, headers={"Authorization": "Bearer one"}, timeout=5)
        other = caller.get(url, headers={"Authorization": "Bearer two"}, timeout=5)
        nobody = caller.get(url, timeout=5)
    assert {answer.status_code for answer in [*asked, other, nobody]} == {200}
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Retry-After"] == "2"


def test_it_is_the_same_token_however_it_is_written() -> None:
    throttle = TokenThrottle(LIMIT)
    spellings = ["Bearer one", "bearer one", "BEARER   one", " Bearer\tone "]
    assert all(throttle.admits(spellings[number % len(spellings)]) for number in range(LIMIT))
    assert not any(throttle.admits(spelling) for spelling in spellings)
