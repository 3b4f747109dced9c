"""Before the first job, a separate process checks the provider over real HTTP."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from local.provider_check.check import NoAnswer
from local.provider_check.http_ask import HttpAsk
from local.provider_check.process import check
from local.stack.settings import StackSettings

MODELS = json.dumps({"object": "list", "data": [{"id": "gpt-4o-mini"}]})


class Server(http.server.ThreadingHTTPServer):
    """Answers each path with a status and a body; records the requests."""

    def __init__(self, answers: Mapping[str, tuple[int, str]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.asked: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        status, body = self.server.answers.get(self.path, (404, ""))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(answers: Mapping[str, tuple[int, str]]) -> Iterator[Server]:
    with Server(answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def said(base_url: str, **given: str) -> str | None:
    return check(StackSettings.read({"OPENAI_BASE_URL": base_url} | given))


def test_a_working_provider_gets_one_request_with_the_key() -> None:
    with serving({"/v1/models": (200, MODELS)}) as server:
        assert said(f"{server.url}/v1/", OPENAI_API_KEY="sk-mine") is None
        assert server.asked == [("/v1/models", "Bearer sk-mine")]


def test_the_check_sends_the_same_headers_and_query_as_the_generator() -> None:
    """Azure needs them to list its models."""
    own = {"LLM_EXTRA_HEADERS": '{"Authorization": "Bearer other"}', "LLM_EXTRA_QUERY": '{"api-version": "v1"}'}
    with serving({"/v1/models?api-version=v1": (401, "{}")}) as server:
        assert "does not accept the key (401)" in (said(f"{server.url}/v1", **own) or "")
        assert server.asked == [("/v1/models?api-version=v1", "Bearer other")]


def test_for_an_address_without_v1_the_likely_address_is_suggested() -> None:
    with serving({"/v1/models": (200, MODELS)}) as server:
        assert f"Set OPENAI_BASE_URL={server.url}/v1" in (said(server.url) or "")


def test_a_refused_key_is_reported_but_not_shown() -> None:
    with serving({"/v1/models": (401, '{"error": {"message": "Incorrect API key provided: sk-mine"}}')}) as server:
        words = said(f"{server.url}/v1", OPENAI_API_KEY="sk-mine") or ""
    assert "OPENAI_API_KEY" in words
    assert "sk-mine" not in words


def test_an_address_at_which_nothing_listens_is_reported() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # but never listens
        assert "nothing listens there" in (said(f"http://127.0.0.1:{taken.getsockname()[1]}/v1") or "")


def test_a_host_that_does_not_exist() -> None:
    assert "no host has this name" in (said("http://llm.invalid/v1") or "")


def test_for_a_server_without_tls_an_http_address_is_suggested() -> None:
    with serving({}) as server:
        assert "http://" in (said(server.url.replace("http:", "https:") + "/v1") or "").partition("reached")[2]


@contextmanager
def speaking(words: bytes) -> Iterator[str]:
    """A TCP server that sends these words to every client and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(words)

        threading.Thread(target=greet, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        listener.shutdown(socket.SHUT_RDWR)


def test_a_server_that_does_not_speak_http_is_reported() -> None:
    with speaking(b"-ERR unknown command 'GET'\r\n") as url:
        assert "does not speak HTTP" in (said(url) or "")


def test_an_answer_that_breaks_off_is_reported() -> None:
    with speaking(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{") as url:
        assert "cannot be reached" in (said(url) or "")


def test_an_answer_that_never_ends_is_given_up() -> None:
    """Each part of it comes in time."""

    class Endless(_Handler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(ConnectionError):
                while True:
                    self.wfile.write(b" ")

    with serving({}) as server:
        server.RequestHandlerClass = Endless
        with pytest.raises(NoAnswer, match=r"no whole answer within 0\.1 s"):
            HttpAsk({}, {}, answer_timeout_s=0.1)(server.url)


def test_the_request_uses_the_proxy_in_dotenv() -> None:
    """The generator's requests use it too. A request to a proxy contains the whole URL."""
    with serving({"http://llm.invalid/v1/models": (200, MODELS)}) as proxy:
        settings = StackSettings.read(
            {"OPENAI_BASE_URL": "http://llm.invalid/v1"}, {"HTTP_PROXY": proxy.url, "http_proxy": proxy.url}
        )
        assert check(settings) is None
        assert [path for path, _ in proxy.asked] == ["http://llm.invalid/v1/models"]


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_not_followed_with_the_key(status: int) -> None:
    with serving({}) as other:

        class Moved(_Handler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Location", f"{other.url}/v1/models")
                self.send_header("Content-Length", "0")
                self.end_headers()

        with serving({}) as server:
            server.RequestHandlerClass = Moved
            assert f"Set OPENAI_BASE_URL={other.url}/v1" in (said(f"{server.url}/v1") or "")
        assert other.asked == []


def test_the_offline_writer_is_not_checked() -> None:
    assert check(StackSettings.read({})) is None
