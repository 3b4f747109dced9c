"""The routes of pieces and worlds: what they answer, and their preconditions."""

import asyncio
import uuid
from typing import Any

import pytest

from chalicelib.api.library_endpoint import PIECES, WORLDS, add_piece, empty_trash
from chalicelib.domain.document import Document, Shelf
from chalicelib.domain.error import StaleVersion
from chalicelib.service.library import Library
from tests.fake.document_store import MemoryDocumentStore
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.library_call import NEW, codes, edit, listed, piece, world
from tests.unit.chalicelib.system import OWNER, System


async def test_a_piece_is_added_and_read() -> None:
    system = System()
    made = await answer(system, add_piece, request(NEW))
    read = await answer(system, PIECES.read, request(), piece_id=made.body["id"])
    assert (made.status, made.headers["Location"], made.headers["ETag"]) == (201, f"/pieces/{made.body['id']}", '"1"')
    assert read.body == made.body
    assert read.headers["ETag"] == '"1"'
    assert {name: read.body[name] for name in NEW} == NEW
    assert [read.body[name] for name in ("source", "author", "language", "edited")] == [None, None, None, False]


async def test_the_same_id_adds_one_piece() -> None:
    """A client that chose the id can repeat a request whose answer was lost."""
    system, chosen = System(), str(uuid.uuid4())
    first = await answer(system, add_piece, request(NEW | {"id": chosen.upper()}))
    again = await answer(system, add_piece, request(NEW | {"id": chosen, "name": "Other"}))
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert again.headers["ETag"] == '"1"'
    assert await listed(system) == ["Lantern"]


async def test_a_full_library_accepts_no_more_pieces_until_one_is_deleted() -> None:
    system = System(max_pieces=2)
    first = await piece(system)
    chosen = str(uuid.uuid4())
    await piece(system, id=chosen)
    full = await answer(system, add_piece, request(NEW))
    assert codes(full) == [(409, "library_full")]
    assert "2 pieces" in full.body["detail"]
    assert (await answer(system, add_piece, request(NEW | {"id": chosen}))).status == 200, "it is there already"
    await answer(system, PIECES.delete, request(), piece_id=first["id"])
    await piece(system)


async def test_a_change_needs_the_version_that_it_is_for() -> None:
    system = System()
    one = await piece(system)
    without = await answer(system, PIECES.edit, request({"name": "New"}), piece_id=one["id"])
    stale = await edit(system, one["id"], {"name": "New"}, '"7"')
    assert codes(without, stale) == [(428, "if_match_required"), (412, "stale_version")]
    assert stale.body["current"] == one
    assert stale.headers["ETag"] == '"1"'
    assert await listed(system) == ["Lantern"]


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", "1"', "1", "*", ' "x,y" , "1"'])
async def test_a_change_of_the_current_version_is_made(tag: str) -> None:
    """Weak tags too: what compresses an answer on its way makes its tag weak."""
    system = System()
    one = await piece(system)
    changed = await edit(system, one["id"], {"name": "New"}, tag)
    assert (changed.status, changed.body["name"], changed.body["version"]) == (200, "New", 2)
    assert changed.headers["ETag"] == '"2"'
    assert changed.body["edited"]


@pytest.mark.parametrize("tag", ["", "abc", '"01"', '"2"', "W/", '"1', '""'])
async def test_a_tag_of_no_version_is_stale(tag: str) -> None:
    system = System()
    one = await piece(system)
    assert codes(await edit(system, one["id"], {"name": "New"}, tag)) == [(412, "stale_version")]


async def test_a_repeated_change_succeeds_without_a_new_version() -> None:
    """The answer to the first request may have been lost."""
    system = System()
    one = await piece(system)
    first = await edit(system, one["id"], {"name": "New"}, '"1"')
    again = await edit(system, one["id"], {"name": "New"}, '"1"')
    assert again.status == 200
    assert again.body == first.body


async def test_a_change_of_nothing_makes_no_version() -> None:
    system = System()
    one = await piece(system)
    same = await edit(system, one["id"], {"name": "Lantern", "details": {"age": 300}, "tags": ["Act One"]})
    number = await edit(system, one["id"], {"details": {"age": 300.5}})
    assert same.body == one
    assert number.body["version"] == 2


async def test_marks_do_not_make_a_text_edited_and_keep_no_version() -> None:
    system = System()
    one = await piece(system)
    changed = await edit(system, one["id"], {"favourite": True, "canon": True, "tags": None})
    kept = await answer(system, PIECES.versions, request(), piece_id=one["id"])
    assert (changed.body["version"], changed.body["edited"]) == (2, False)
    assert (changed.body["favourite"], changed.body["canon"], changed.body["tags"]) == (True, True, [])
    assert kept.body == {"versions": []}


async def test_two_people_who_change_one_piece_both_learn_what_happened() -> None:
    system = System()
    one = await piece(system)
    answers = await asyncio.gather(*(edit(system, one["id"], {"name": f"By {who}"}, '"1"') for who in "ab"))
    won, late = sorted(answers, key=lambda each: each.status)
    assert (won.status, late.status) == (200, 412)
    assert late.body["current"] == won.body


async def test_a_change_of_any_version_is_repeated_until_it_is_made() -> None:
    """`If-Match: *` asks for no particular version, so another writer is no reason to refuse."""
    system = System()
    one = await piece(system)
    fields: list[dict[str, Any]] = [{"name": "New"}, {"description": "New"}, {"favourite": True}, {"tags": ["new"]}]
    answers = await asyncio.gather(*(edit(system, one["id"], field) for field in fields))
    assert [each.status for each in answers] == [200] * 4
    read = await answer(system, PIECES.read, request(), piece_id=one["id"])
    assert {name: read.body[name] for field in fields for name in field} == {k: v for f in fields for k, v in f.items()}
    assert read.body["version"] == 5


async def test_versions_are_listed_and_restored() -> None:
    system = System()
    one = await piece(system)
    for name in ("Second", "Third"):
        await edit(system, one["id"], {"name": name})
    kept = (await answer(system, PIECES.versions, request(), piece_id=one["id"])).body["versions"]
    back = await answer(system, PIECES.restore, request({"version": 1}), piece_id=one["id"])
    gone = await answer(system, PIECES.restore, request({"version": 77}), piece_id=one["id"])
    same = await answer(system, PIECES.restore, request({"version": 4}), piece_id=one["id"])
    assert [(each["version"], each["name"]) for each in kept] == [(2, "Second"), (1, "Lantern")]
    assert (back.status, back.body["version"], back.body["name"]) == (200, 4, "Lantern")
    assert codes(gone) == [(404, "not_found")]
    assert "version" in gone.body["detail"]
    assert (same.status, same.body["version"]) == (200, 4), "it is the current one"


async def test_a_deleted_piece_is_in_the_trash_until_it_is_restored() -> None:
    system = System()
    one = await piece(system)
    deleted = await answer(system, PIECES.delete, request(), piece_id=one["id"])
    again = await answer(system, PIECES.delete, request(if_match='"1"'), piece_id=one["id"])
    changed = await edit(system, one["id"], {"name": "New"})
    assert deleted.body["deleted_at"]
    assert again.body == deleted.body, "a repeated request succeeds"
    assert codes(changed) == [(409, "conflict")]
    assert await listed(system) == []
    assert await listed(system, trash="true") == ["Lantern"]
    restored = await answer(system, PIECES.restore, request({}), piece_id=one["id"])
    assert (restored.status, restored.body["deleted_at"]) == (200, None)
    assert await listed(system) == ["Lantern"]


async def test_a_delete_or_restore_can_be_for_one_version_only() -> None:
    system = System()
    one = await piece(system)
    await edit(system, one["id"], {"name": "New"})
    stale = await answer(system, PIECES.delete, request(if_match='"1"'), piece_id=one["id"])
    refused = await answer(system, PIECES.restore, request({"version": 1}, if_match='"1"'), piece_id=one["id"])
    restored = await answer(system, PIECES.restore, request({"version": 1}, if_match='"2"'), piece_id=one["id"])
    assert codes(stale, refused) == [(412, "stale_version")] * 2
    assert restored.body["name"] == "Lantern"


async def test_the_trash_is_emptied_for_good() -> None:
    system = System()
    one, kept, saga = await piece(system), await piece(system, name="Kept"), await world(system)
    await answer(system, PIECES.delete, request(), piece_id=one["id"])
    await answer(system, WORLDS.delete, request(), world_id=saga)
    emptied = await answer(system, empty_trash, request())
    assert emptied.body == {"deleted": 2}
    assert (await answer(system, PIECES.read, request(), piece_id=one["id"])).status == 404
    assert (await answer(system, WORLDS.read, request(), world_id=saga)).status == 404
    assert (await answer(system, PIECES.read, request(), piece_id=kept["id"])).status == 200


async def test_a_known_version_is_not_sent_again() -> None:
    system = System()
    one = await piece(system)
    known = await answer(system, PIECES.read, request(if_none_match='"1"'), piece_id=one["id"])
    other = await answer(system, PIECES.read, request(if_none_match='"2"'), piece_id=one["id"])
    assert (known.status, known.body, known.headers["ETag"], other.status) == (304, None, '"1"', 200)


async def test_a_world_is_edited_and_its_job_still_says_what_it_wrote() -> None:
    system = System()
    world_id = await world(system)
    patch = {"quest": {"title": "New"}, "favourite": True, "for_players": ["quest", "pieces.relic.name"]}
    read = await answer(system, WORLDS.read, request(), world_id=world_id)
    etag = read.headers["ETag"]
    changed = await answer(system, WORLDS.edit, request(patch, if_match=etag), world_id=world_id)
    kept = await answer(system, WORLDS.versions, request(), world_id=world_id)
    assert changed.status == 200
    assert changed.body["quest"] == read.body["quest"] | {"title": "New"}
    assert (changed.body["favourite"], changed.body["for_players"]) == (True, patch["for_players"])
    assert changed.body["source"]["job_id"] == changed.body["job_id"] == read.body["job_id"]
    assert (read.body["author"], changed.body["author"]) == (read.body["source"], None)
    assert [each["quest"] for each in kept.body["versions"]] == [read.body["quest"]]


async def test_a_change_that_others_always_precede_ends_as_stale() -> None:
    """It must not go on for ever."""

    class Contested(MemoryDocumentStore):
        async def replace(self, old: Document, new: Document) -> None:
            raise StaleVersion(await self.read(Shelf.PIECES, OWNER, old.id))

    library = Library(Contested(), lambda: 0)
    one, _ = await library.add_piece(OWNER, NEW)
    with pytest.raises(StaleVersion):
        await library.edit(OWNER, Shelf.PIECES, one.id, {"name": "x"}, versions=range(100))
