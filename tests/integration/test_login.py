"""What `loresmith login` keeps, with an API that asks for tokens."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loresmith.cli.command import run
from loresmith.cli.failure import FAILED, OK


class _Api(http.server.BaseHTTPRequestHandler):
    """Lists no jobs, for callers with a token."""

    def do_GET(self) -> None:
        accepted = self.headers["Authorization"] == "Bearer the-token"
        body: Any = {"jobs": [], "next_cursor": None} if accepted else {"code": "unauthenticated", "title": "No token."}
        self.send_response(200 if accepted else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Api) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def login_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LORESMITH_CONFIG", str(tmp_path / "login.json"))
    return tmp_path / "login.json"


def test_login_keeps_the_token_of_the_environment(api: str, login_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API asks for one, so the next shell needs it."""
    monkeypatch.setenv("LORESMITH_TOKEN", "the-token")
    assert run(["login", api]) == OK
    assert json.loads(login_file.read_text()) == {"api": api, "token": "the-token"}
    assert list(login_file.parent.iterdir()) == [login_file]


def test_a_login_that_cannot_be_written_leaves_no_token_behind(
    api: str, login_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    login_file.mkdir()
    monkeypatch.setattr("loresmith.cli.login_file.read", lambda: None)
    monkeypatch.setenv("LORESMITH_TOKEN", "the-token")
    assert run(["login", api]) == FAILED
    assert "cannot be written" in capsys.readouterr().err
    assert list(login_file.parent.iterdir()) == [login_file]
