"""The API's answers for exports and share links."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.api import sharing_endpoint as endpoint
from chalicelib.api.library_endpoint import WORLDS, add_piece
from chalicelib.api.message import Request, Response
from chalicelib.domain.document import Document, Shelf
from chalicelib.export.file_format import MEDIA_TYPES, Format
from tests.unit.chalicelib.export.sample import world
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.system import OWNER, System

NOBODYS = "00000000-0000-4000-8000-000000000000"


async def saved(system: System, **fields: Any) -> Document:
    """A world that belongs to the caller and is not shared."""
    return await system.documents.add(replace(world(**fields), owner=OWNER, share=None))


async def exported(system: System, document: Document, **query: str) -> Response:
    return await answer(system, endpoint.export_world, request(query=query), world_id=document.id)


async def shared(system: System, document: Document) -> Response:
    return await answer(system, endpoint.share_world, request(), world_id=document.id)


async def taken_back(system: System, document: Document) -> Response:
    return await answer(system, endpoint.unshare_world, request(), world_id=document.id)


async def behind(system: System, token: str) -> Response:
    """What somebody without a bearer token gets."""
    return await answer(system, endpoint.read_shared_world, Request({}, {}, b"", "anonymous"), token=token)


async def token_of(system: System, document: Document) -> str:
    return str((await shared(system, document)).body["share"]["token"])


async def changed(system: System, document: Document, **patch: Any) -> Any:
    change = Request({"if-match": "*"}, {}, json.dumps(patch).encode(), OWNER)
    return (await answer(system, WORLDS.edit, change, world_id=document.id)).body


async def test_a_piece_that_takes_the_place_of_a_removed_one_is_not_shown_until_it_is_marked() -> None:
    """It has the same path, but nobody has decided that players may see it."""
    system = System()
    world = await saved(system, for_players=["story", "pieces.character", "pieces.character.name", "pieces.event"])
    token = await token_of(system, world)
    await changed(system, world, pieces={"character": None})
    await changed(system, world, pieces={"character": {"name": "The Murderer"}})
    assert "The Murderer" not in json.dumps((await behind(system, token)).body)
    marked = await changed(system, world, pieces={"character": None}, for_players=["pieces.character"])
    assert marked["for_players"] == []


@pytest.mark.parametrize("form", list(Format))
async def test_a_world_is_a_file_in_each_format(form: Format) -> None:
    system = System()
    file = await exported(system, await saved(system), format=form.value)
    assert file.status == 200
    assert file.headers["Content-Type"] == MEDIA_TYPES[form]
    assert file.headers["Content-Disposition"].startswith('attachment; filename="The Drowned Bell')
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.headers["Cache-Control"] == "no-store"
    assert isinstance(file.body, bytes if form is Format.OBSIDIAN else str)


async def test_without_parameters_everything_is_exported_as_markdown() -> None:
    system = System()
    file = await exported(system, await saved(system))
    assert file.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert "## Character: Mara Voss" in file.body


async def test_the_view_of_players_has_what_is_marked() -> None:
    system = System()
    document = await saved(system, for_players=("quest",))
    file = await exported(system, document, view="players", format="json")
    assert json.loads(file.body)["world"].keys() == {"title", "language", "quest", "pieces"}


@pytest.mark.parametrize("query", [{"format": "pdf"}, {"view": "gm"}, {"fromat": "json"}])
async def test_an_unknown_format_view_or_parameter_is_refused(query: dict[str, str]) -> None:
    system = System()
    refused = await exported(system, await saved(system), **query)
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, next(iter(query)))


async def test_a_world_in_the_trash_can_still_be_exported() -> None:
    system = System()
    document = await saved(system)
    await answer(system, WORLDS.delete, request(), world_id=document.id)
    assert (await exported(system, document)).status == 200


async def test_the_json_of_a_world_can_be_put_into_another_world() -> None:
    system = System()
    first = await saved(system, for_players=("story", "pieces.relic.name"))
    second = await system.documents.add(replace(first, id=NOBODYS, content={**first.content, "title": "Old"}, marks={}))
    given = json.loads((await exported(system, first, format="json")).body)["world"]
    patch = {name: given[name] for name in (*first.content, *first.marks)}
    asked = request(patch, if_match="*", content_type="application/json")
    changed = await answer(system, WORLDS.edit, asked, world_id=second.id)
    assert changed.status == 200, changed.body
    stored = await system.documents.read(Shelf.WORLDS, OWNER, second.id)
    assert stored is not None
    assert (stored.content, stored.marks) == (first.content, first.marks)


async def test_a_piece_of_the_json_can_be_added_to_the_library() -> None:
    system = System()
    given = json.loads((await exported(system, await saved(system), format="json")).body)["world"]["pieces"][
        "character"
    ]
    piece = {name: value for name, value in given.items() if name not in ("id", "type")} | {"kind": given["type"]}
    added = await answer(system, add_piece, request(piece, content_type="application/json"))
    assert (added.status, added.body["details"]) == (201, given["details"])


async def test_a_link_shows_what_is_marked_and_nothing_else() -> None:
    system = System()
    document = await saved(system, for_players=("quest", "pieces.relic.name"))
    seen = await behind(system, await token_of(system, document))
    assert (seen.status, seen.body) == (
        200,
        {
            "title": "The Drowned Bell",
            "language": "en",
            "quest": {"title": "Still the bell", "description": "Return the crown."},
            "pieces": {"relic": {"type": "relic", "language": None, "name": "The Salt Crown"}},
        },
    )
    assert seen.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert seen.headers["Referrer-Policy"] == "no-referrer"
    assert seen.headers["Cache-Control"] == "no-store"


async def test_a_link_shows_later_changes() -> None:
    system = System()
    document = await saved(system)
    token = await token_of(system, document)
    patch = request({"title": "New", "for_players": ["story"]}, if_match="*", content_type="application/json")
    assert (await answer(system, WORLDS.edit, patch, world_id=document.id)).status == 200
    seen = (await behind(system, token)).body
    assert (seen["title"], "story" in seen) == ("New", True)


async def test_a_world_has_one_link() -> None:
    system = System()
    document = await saved(system)
    first, second = await shared(system, document), await shared(system, document)
    assert first.body["share"] == second.body["share"]
    token = first.body["share"]["token"]
    assert len(token) == 32
    assert first.body["share"] == {"token": token, "path": f"/shared/{token}", "created_at": first.body["updated_at"]}
    assert first.headers["ETag"] == second.headers["ETag"] == f'"{document.version + 1}"'


async def test_a_removed_link_shows_nothing() -> None:
    system = System()
    document = await saved(system)
    token = await token_of(system, document)
    world_without = await taken_back(system, document)
    assert (world_without.status, world_without.body["share"]) == (200, None)
    assert (await behind(system, token)).status == 404
    assert (await taken_back(system, document)).headers == world_without.headers


async def test_a_new_link_does_not_revive_the_old_one() -> None:
    system = System()
    document = await saved(system)
    old = await token_of(system, document)
    await taken_back(system, document)
    new = await token_of(system, document)
    assert new != old
    assert [(await behind(system, token)).status for token in (old, new)] == [404, 200]


async def test_a_world_in_the_trash_is_not_shown_and_cannot_be_shared() -> None:
    system = System()
    document = await saved(system)
    token = await token_of(system, document)
    await answer(system, WORLDS.delete, request(), world_id=document.id)
    assert (await behind(system, token)).status == 404
    assert (await shared(system, document)).body["code"] == "conflict"
    await answer(system, WORLDS.restore, request({}), world_id=document.id)
    assert (await behind(system, token)).status == 200


async def test_a_link_can_be_removed_while_its_world_is_in_the_trash() -> None:
    system = System()
    document = await saved(system)
    token = await token_of(system, document)
    await answer(system, WORLDS.delete, request(), world_id=document.id)
    assert (await taken_back(system, document)).body["share"] is None
    await answer(system, WORLDS.restore, request({}), world_id=document.id)
    assert (await behind(system, token)).status == 404


async def test_going_back_to_an_earlier_version_does_not_bring_a_link_back() -> None:
    system = System()
    document = await saved(system)
    token = await token_of(system, document)
    patch = request({"title": "New"}, if_match="*", content_type="application/json")
    await answer(system, WORLDS.edit, patch, world_id=document.id)
    await taken_back(system, document)
    versions = (await answer(system, WORLDS.versions, request(), world_id=document.id)).body["versions"]
    back = request({"version": versions[0]["version"]}, content_type="application/json")
    assert (await answer(system, WORLDS.restore, back, world_id=document.id)).body["title"] == "The Drowned Bell"
    assert (await behind(system, token)).status == 404


@pytest.mark.parametrize(
    "token", ["A" * 32, "", "A" * 31, "A" * 33, "ä" * 32, "A" * 31 + "\n", "../" * 11, "%00", "A" * 100_000]
)
async def test_every_wrong_token_gets_the_same_answer(token: str) -> None:
    system = System()
    await shared(system, await saved(system))
    assert await behind(system, token) == await behind(system, "B" * 32)
    assert (await behind(system, token)).status == 404


async def test_another_owners_world_looks_like_one_that_does_not_exist() -> None:
    system = System()
    document = await system.documents.add(replace(world(), owner="somebody else", share=None))
    for called in (endpoint.export_world, endpoint.share_world, endpoint.unshare_world):
        theirs = await answer(system, called, request(), world_id=document.id)
        nobodys = await answer(system, called, request(), world_id=NOBODYS)
        assert theirs == nobodys
        assert theirs.status == 404
    assert await system.documents.read(Shelf.WORLDS, "somebody else", document.id) == document


async def test_if_the_library_is_down_a_link_is_not_called_wrong() -> None:
    system = System()
    token = await token_of(system, await saved(system))
    system.documents.down = True
    assert (await behind(system, token)).body["code"] == "library_unavailable"
