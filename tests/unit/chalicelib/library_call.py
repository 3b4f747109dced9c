"""Calls of the routes of pieces and worlds."""

from typing import Any

from chalicelib.api.library_endpoint import PIECES, add_piece
from chalicelib.api.message import Response
from foundation.json_value import as_object
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.system import System

NEW: dict[str, Any] = {
    "kind": "relic",
    "name": "Lantern",
    "description": "It burns.",
    "details": {"age": 300},
    "tags": ["Act One"],
}


async def piece(system: System, **changed: Any) -> dict[str, Any]:
    made = await answer(system, add_piece, request(NEW | changed))
    assert made.status == 201, made.body
    return dict(made.body)


async def world(system: System) -> str:
    job = await system.submitted("create_world", user_id="1")
    await system.work(job.id)
    return str(as_object((await system.job(job.id)).result)["world_id"])


async def edit(system: System, piece_id: str, patch: Any, if_match: str = "*") -> Response:
    return await answer(system, PIECES.edit, request(patch, if_match=if_match), piece_id=piece_id)


async def listed(system: System, **query: str) -> list[str]:
    found = await answer(system, PIECES.page, request(query=query))
    assert found.status == 200, found.body
    return [each["name"] for each in found.body["pieces"]]


def codes(*answers: Response) -> list[tuple[int, str]]:
    return [(each.status, each.body["code"]) for each in answers]
