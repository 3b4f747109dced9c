"""The local server where it stands in for what is in front of a deployed stage."""

import threading
from collections.abc import Iterator

import pytest
import requests
from chalice.app import Chalice, CORSConfig

from infra.local.api_server import make_server
from infra.local.throttle import TokenThrottle

LIMIT = 10
OTHER_PAGE = "https://game.example"


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    app = Chalice("small", configure_logs=False)
    app.api.cors = CORSConfig(allow_origin=OTHER_PAGE)
    monkeypatch.setenv("CORS_ALLOW_ORIGIN", OTHER_PAGE)

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


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("page", ["http://127.0.0.1:4000", "http://localhost:4000", OTHER_PAGE])
def test_the_page_of_the_stack_may_use_it_beside_the_one_that_is_permitted(url: str, method: str, page: str) -> None:
    answer = requests.request(method, url, headers={"Origin": page}, timeout=5)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, page)


def test_no_other_page_may(url: str) -> None:
    assert requests.get(url, headers={"Origin": "https://evil.example"}, timeout=5).status_code == 403


def test_it_is_the_same_token_however_it_is_written() -> None:
    throttle = TokenThrottle(LIMIT)
    spellings = ["Bearer one", "bearer one", "BEARER   one", " Bearer\tone "]
    assert all(throttle.admits(spellings[number % len(spellings)]) for number in range(LIMIT))
    assert not any(throttle.admits(spelling) for spelling in spellings)
