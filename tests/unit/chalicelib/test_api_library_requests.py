"""Lists of pieces, and requests of the library that are refused."""

import asyncio
import json
from typing import Any

import pytest

from chalicelib.api import endpoint
from chalicelib.api.library_endpoint import PIECES, WORLDS, add_piece
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.library_call import NEW, codes, edit, listed, piece, world
from tests.unit.chalicelib.system import System


async def test_pieces_are_found_by_the_filters() -> None:
    system = System()
    await piece(system)
    await asyncio.sleep(1)
    await piece(system, kind="event", name="Älteste Nacht", favourite=True, canon=True, tags=[])
    assert await listed(system, sort="name") == ["Älteste Nacht", "Lantern"]
    assert await listed(system, q=" ÄLTESTE ") == ["Älteste Nacht"]
    assert await listed(system, kind="relic", tag="act one") == ["Lantern"]
    assert await listed(system, favourite="true", canon="true") == ["Älteste Nacht"]
    assert await listed(system, favourite="false") == ["Älteste Nacht", "Lantern"]
    assert await listed(system, q="") == ["Älteste Nacht", "Lantern"]


async def test_every_fault_of_a_search_is_named() -> None:
    wrong = {"kind": "world", "q": "x" * 81, "tag": "x" * 81, "sort": "size", "canon": "1", "limit": "0", "odd": "1"}
    pieces = await answer(System(), PIECES.page, request(query=wrong))
    worlds = await answer(System(), WORLDS.page, request(query=wrong))
    assert {fault["field"] for fault in pieces.body["errors"]} == wrong.keys()
    assert {fault["field"] for fault in worlds.body["errors"]} == wrong.keys()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
async def test_a_body_that_is_not_json_is_refused(kind: str) -> None:
    system = System()
    one = await piece(system)
    answers = [
        await answer(system, add_piece, request(NEW, content_type=kind)),
        await answer(system, PIECES.edit, request({}, content_type=kind, if_match="*"), piece_id=one["id"]),
        await answer(system, PIECES.restore, request({"version": 1}, content_type=kind), piece_id=one["id"]),
    ]
    assert codes(*answers) == [(415, "unsupported_media_type")] * 3
    accepted = request({"name": "x"}, content_type="application/merge-patch+json; charset=utf-8", if_match="*")
    assert (await answer(system, PIECES.edit, accepted, piece_id=one["id"])).status == 200


@pytest.mark.parametrize("body", [b"", b" \r\n", b"7"])
async def test_the_answer_to_a_missing_object_shows_one_that_the_route_takes(body: bytes) -> None:
    system = System()
    one = await piece(system)
    answers = [
        await answer(system, add_piece, request(body)),
        await answer(system, PIECES.edit, request(body, if_match="*"), piece_id=one["id"]),
        await answer(system, PIECES.restore, request(body), piece_id=one["id"]),
        await answer(system, WORLDS.edit, request(body, if_match="*"), world_id=await world(system)),
    ]
    assert {refused.status for refused in answers} == {400}
    shown = [refused.body["errors"][0]["message"].partition("such as ")[2] for refused in answers]
    assert [json.loads(example).keys() for example in shown] == [{"kind", "name"}, {"name"}, set(), {"title"}]


@pytest.mark.parametrize("version", [0, "1", 1.5, True, [1]])
async def test_only_a_number_is_a_version(version: Any) -> None:
    system = System()
    one = await piece(system)
    refused = await answer(system, PIECES.restore, request({"version": version}), piece_id=one["id"])
    assert (refused.status, [fault["field"] for fault in refused.body["errors"]]) == (400, ["version"])


async def test_the_library_is_out_of_reach_only_for_the_library() -> None:
    system = System()
    one = await piece(system)
    system.documents.down = True
    read = await answer(system, PIECES.read, request(), piece_id=one["id"])
    stale = await edit(system, one["id"], {"name": "x"}, '"7"')
    assert codes(read, stale) == [(503, "library_unavailable")] * 2
    assert (await answer(system, endpoint.list_jobs, request())).status == 200
