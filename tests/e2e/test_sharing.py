"""Share links and downloads on a stack that requires tokens."""

import io
import zipfile
from collections.abc import Iterator

import pytest
import requests

from chalicelib.export.file_format import Format
from chalicelib.export.view import View
from local.stack.local_stack import LocalStack
from tests.e2e.api import Api

PIECE = {"name": "Low Tarn", "description": "Its bells ring at low water.", "details": {"secret": "They call Oda."}}
#: A name that no generated text contains ("alice" is in "malice").
OWNER = "owner-4b1f9c"
HIDDEN = ("Its bells ring at low water.", "They call Oda.", OWNER)


@pytest.fixture
def alice(guarded: LocalStack) -> Iterator[Api]:
    with Api(guarded.urls.api, guarded.token(OWNER)) as client:
        yield client


@pytest.fixture
def stranger(guarded: LocalStack) -> Iterator[Api]:
    """Somebody without a token."""
    with Api(guarded.urls.api) as client:
        yield client


@pytest.fixture
def address(alice: Api) -> str:
    """A world that belongs to Alice. Only the name of its setting is marked for players."""
    job = alice.finished(alice.submit("create_world", {"selectedLore": {"setting": PIECE}})["id"])
    made = f"/worlds/{job['result']['world_id']}"
    patch = {"for_players": ["pieces.setting.name"]}
    assert alice.ask("PATCH", made, json=patch, headers={"If-Match": "*"}).status_code == 200
    return made


@pytest.fixture
def link(alice: Api, address: str) -> str:
    return str(alice.ask("POST", f"{address}/share").json()["share"]["path"])


def test_everybody_with_the_link_sees_what_is_marked(stranger: Api, link: str) -> None:
    seen = stranger.ask("GET", link)
    assert seen.status_code == 200
    assert seen.json().keys() == {"title", "language", "pieces"}
    assert not [word for word in HIDDEN if word in seen.text]
    assert seen.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert seen.headers["Referrer-Policy"] == "no-referrer"
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["Access-Control-Allow-Origin"] == "*"


def test_the_link_also_answers_head(stranger: Api, link: str) -> None:
    full, head = stranger.ask("GET", link), stranger.ask("HEAD", link)
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(len(full.content)))
    assert head.headers["X-Robots-Tag"] == full.headers["X-Robots-Tag"]


def test_another_persons_token_or_a_wrong_one_makes_no_difference(guarded: LocalStack, link: str) -> None:
    for token in (guarded.token("bob"), "nonsense"):
        with Api(guarded.urls.api, token) as other:
            assert other.ask("GET", link).status_code == 200


def test_a_removed_link_looks_like_one_that_never_existed(alice: Api, stranger: Api, address: str, link: str) -> None:
    assert alice.ask("DELETE", f"{address}/share").status_code == 200
    gone, never = stranger.ask("GET", link), stranger.ask("GET", f"/shared/{'A' * 32}")
    assert (gone.status_code, gone.json()) == (404, never.json())
    assert gone.headers.keys() == never.headers.keys()


def test_no_log_has_the_token(guarded: LocalStack, alice: Api, stranger: Api, address: str, link: str) -> None:
    token = link.rpartition("/")[2]
    assert stranger.ask("GET", link).status_code == 200
    alice.ask("DELETE", f"{address}/share")
    assert stranger.ask("GET", link).status_code == 404
    logs = list(guarded.logs.glob("*.log"))
    assert logs
    assert not [log.name for log in logs if token in log.read_text(errors="replace")]


def test_a_browser_saves_a_file_and_a_page_may_read_its_name(alice: Api, address: str) -> None:
    file = alice.ask("GET", f"{address}/export?format=html", headers={"Origin": "http://127.0.0.1:9"})
    assert file.headers["Content-Disposition"].startswith("attachment; ")
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "Content-Disposition" in file.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("form", list(Format))
def test_a_file_has_what_its_view_shows(alice: Api, address: str, form: Format, view: View) -> None:
    file = alice.ask("GET", f"{address}/export?format={form.value}&view={view.value}")
    assert file.status_code == 200
    text = _text_of(file)
    assert "Low Tarn" in text
    assert ("They call Oda." in text) == (view is View.ALL)


def test_head_has_the_length_of_a_file(alice: Api, address: str) -> None:
    for form in Format:
        full, head = (alice.ask(method, f"{address}/export?format={form.value}") for method in ("GET", "HEAD"))
        assert (head.content, head.headers["Content-Length"]) == (b"", str(len(full.content))), form


def _text_of(file: requests.Response) -> str:
    if file.headers["Content-Type"] != "application/zip":
        return file.content.decode()
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())
