"""The page of the local stack: static files, and a `config.json` with the API's address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.page_server import build, server
from tests.http_server import serving

CONFIG = {"apiBaseUrl": "http://127.0.0.1:1"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "dist" / "assets").mkdir(parents=True)
    (folder / "dist" / "index.html").write_text("<h1>LoreSmith</h1>")
    (folder / "dist" / "assets" / "index-1a2b.js").write_text("1")
    (folder / "dist" / "assets" / "large-1a2b.js").write_text("1;" * 5000)
    (folder / "secret.txt").write_text("private")
    with serving(server.make_app(lambda: CONFIG, folder / "dist")) as address:
        yield address


def test_browsers_revalidate_the_page_and_cache_its_assets(page: str) -> None:
    """A new build must show at once. An asset gets a new name with each change."""
    index, asset = requests.get(f"{page}/", timeout=120), requests.get(f"{page}/assets/index-1a2b.js", timeout=120)
    assert (index.text, index.headers["Cache-Control"]) == ("<h1>LoreSmith</h1>", "no-cache")
    assert "javascript" in asset.headers["Content-Type"]
    assert "immutable" in asset.headers["Cache-Control"]


def test_large_files_are_compressed(page: str) -> None:
    """As CloudFront does, so that a measurement here counts the bytes that a visitor loads."""
    asset = requests.get(f"{page}/assets/large-1a2b.js", timeout=120)
    assert asset.headers["Content-Encoding"] == "gzip"
    assert int(asset.headers["Content-Length"]) < len(asset.text) == 10000


def test_config_json_has_the_apis_address_and_is_not_cached(page: str) -> None:
    answer = requests.get(f"{page}/config.json?now", timeout=120)
    assert (answer.json(), answer.headers["Cache-Control"]) == (CONFIG, "no-cache")


@pytest.mark.parametrize("path", ["/assets/", "/missing.js", "/../secret.txt", "/%2e%2e/secret.txt"])
def test_no_other_file_or_folder_is_served(page: str, path: str) -> None:
    with requests.Session() as session:
        asked = session.prepare_request(requests.Request("GET", page))
        asked.url = page + path
        assert session.send(asked, timeout=120).status_code == 404


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.example", "["])
def test_the_page_server_refuses_the_name_of_another_host(page: str, host: str) -> None:
    """A website that points such a name at 127.0.0.1 could read the token in `config.json`."""
    assert requests.get(f"{page}/config.json", headers={"Host": host}, timeout=120).status_code == 400


def test_the_page_gets_a_token_if_the_stack_issues_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_MODE", "jwt")
    assert server.page_config("http://api", tmp_path).keys() == {"apiBaseUrl", "token"}
    monkeypatch.setenv("JWT_ISSUER", "https://issuer.example")
    assert server.page_config("http://api", tmp_path) == {"apiBaseUrl": "http://api"}


def test_the_page_learns_that_the_offline_writer_is_in_use(tmp_path: Path) -> None:
    assert server.page_config("http://api", tmp_path, offline_writer=True)["writer"] == "offline"
    assert "writer" not in server.page_config("http://api", tmp_path)


def test_the_page_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools, said = tmp_path / "bin", list[str]()
    tools.mkdir()
    npm = tools / "npm"
    npm.write_text('#!/bin/sh\nif [ "$2" = build ]; then /bin/mkdir dist && echo page > dist/index.html; fi\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "DIST", tmp_path / "dist")
    assert (build.prepare(said.append), build.prepare(said.append)) == (True, True)
    assert len(said) == 1


@pytest.mark.parametrize(("script", "word"), [(None, "Install Node.js"), ("echo no network; exit 1", "no network")])
def test_if_the_page_cannot_be_built_the_reason_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, word: str
) -> None:
    said: list[str] = []
    if script:
        (tmp_path / "npm").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "DIST", tmp_path / "dist")
    assert build.prepare(said.append) is False
    assert word in said[-1]
