"""The page of the local stack: static files, and where the API is."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.page_server import server as web

CONFIG = {"apiBaseUrl": "http://127.0.0.1:1"}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<h1>LoreSmith</h1>")
    (tmp_path / "dist" / "assets" / "index-1a2b.js").write_text("1")
    (tmp_path / "secret.txt").write_text("of nobody's business")
    server = web.make_server(0, lambda: CONFIG, tmp_path / "dist")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_page_is_asked_for_anew_and_its_parts_are_kept(page: str) -> None:
    """A new build must show at once; its parts have a new name with each change."""
    index, part = requests.get(f"{page}/", timeout=5), requests.get(f"{page}/assets/index-1a2b.js", timeout=5)
    assert (index.text, index.headers["Cache-Control"]) == ("<h1>LoreSmith</h1>", "no-cache")
    assert part.headers["Content-Type"] == "text/javascript"
    assert "immutable" in part.headers["Cache-Control"]


def test_it_names_the_api(page: str) -> None:
    assert requests.get(f"{page}/config.json?now", timeout=5).json() == CONFIG


@pytest.mark.parametrize("path", ["/assets/", "/missing.js", "/../secret.txt", "/%2e%2e/secret.txt"])
def test_nothing_else_is_given_away(page: str, path: str) -> None:
    session = requests.Session()
    asked = session.prepare_request(requests.Request("GET", page))
    asked.url = page + path
    with session:
        assert session.send(asked, timeout=5).status_code == 404


def test_a_stack_that_asks_for_tokens_gives_the_page_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_MODE", "jwt")
    assert web.page_config("http://api", tmp_path).keys() == {"apiBaseUrl", "token"}
    monkeypatch.setenv("JWT_ISSUER", "https://somebody-else.example")
    assert web.page_config("http://api", tmp_path) == {"apiBaseUrl": "http://api"}


def test_the_page_is_told_about_the_offline_writer_while_it_writes(tmp_path: Path) -> None:
    assert web.page_config("http://api", tmp_path, offline_writer=True)["writer"] == "offline"
    assert "writer" not in web.page_config("http://api", tmp_path)


def test_a_page_that_was_never_built_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools, said = tmp_path / "bin", list[str]()
    tools.mkdir()
    npm = tools / "npm"
    npm.write_text('#!/bin/sh\nif [ "$2" = build ]; then /bin/mkdir dist && echo page > dist/index.html; fi\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setattr(web, "FRONTEND", tmp_path)
    monkeypatch.setattr(web, "DIST", tmp_path / "dist")
    assert (web.prepare(said.append), web.prepare(said.append)) == (True, True)
    assert len(said) == 1


@pytest.mark.parametrize(("script", "word"), [(None, "Install Node.js"), ("echo no network; exit 1", "no network")])
def test_without_a_page_one_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, word: str
) -> None:
    said: list[str] = []
    if script:
        (tmp_path / "npm").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(web, "FRONTEND", tmp_path)
    monkeypatch.setattr(web, "DIST", tmp_path / "dist")
    assert web.prepare(said.append) is False
    assert word in said[-1]
