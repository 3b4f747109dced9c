"""Lists: pages, cursors, filters, and the errors for a bad query."""

import json
from typing import Any

import pytest

from chalicelib.api import endpoint
from chalicelib.api.library_endpoint import PIECES, WORLDS
from chalicelib.domain.job_type import JOB_TYPES
from foundation.json_value import as_object
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.system import System


async def test_the_callers_jobs_are_listed_page_by_page() -> None:
    system = System()
    ids = [(await system.submitted()).id for _ in range(5)]
    relics = (await system.submitted("generate_relics")).id
    await system.work(ids[0])
    asked = {"limit": "2", "type": "generate_characters"}
    page = await answer(system, endpoint.list_jobs, request(query=asked))
    rest = await answer(
        system, endpoint.list_jobs, request(query=asked | {"limit": "3", "cursor": page.body["next_cursor"]})
    )
    done = await answer(system, endpoint.list_jobs, request(query={"status": "completed"}))
    assert [job["id"] for job in page.body["jobs"] + rest.body["jobs"]] == ids[::-1]
    assert rest.body["next_cursor"] is None
    assert [job["id"] for job in done.body["jobs"]] == [ids[0]]
    assert relics not in ids


async def test_worlds_are_listed_and_read() -> None:
    system = System()
    ids = []
    for user_id in ("1", "2", "3"):
        job = await system.submitted("create_world", user_id=user_id)
        await system.work(job.id)
        ids.append(str(as_object((await system.job(job.id)).result)["world_id"]))
    page = await answer(system, WORLDS.page, request(query={"limit": "2"}))
    rest = await answer(system, WORLDS.page, request(query={"cursor": page.body["next_cursor"]}))
    listed = [world["id"] for world in page.body["worlds"] + rest.body["worlds"]]
    one = await answer(system, WORLDS.read, request(), world_id=ids[0])
    assert listed == ids[::-1]
    assert rest.body["next_cursor"] is None
    assert one.body["story"] == "One.\n\nTwo."


async def test_pasted_query_parameters_are_read() -> None:
    system = System()
    ids = [(await system.submitted()).id for _ in range(2)]
    page = await answer(system, endpoint.list_jobs, request(query={"limit": " 1\ufeff", "status": "pending\u200b"}))
    cursor = f"\u200b{page.body['next_cursor']}\n"
    rest = await answer(system, endpoint.list_jobs, request(query={"cursor": cursor}))
    assert [job["id"] for job in page.body["jobs"] + rest.body["jobs"]] == ids[::-1]
    for given in (f"{ids[0]}%0A", f"%20{ids[0].upper()}", f"{ids[0]}%E2%80%8B", f"{ids[0]}\u200b "):
        assert (await answer(system, endpoint.read_job, request(), job_id=given)).status == 200


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "", "9" * 30, "٣"])
async def test_a_bad_number_in_the_query_is_400(after: str) -> None:
    system = System()
    job = await system.submitted()
    response = await answer(system, endpoint.read_events, request(query={"after": after}), job_id=job.id)
    assert response.status == 400


@pytest.mark.parametrize(
    "cursor", ["", "odd", "\u00e9", "9688578f-0c35-4b7e-9d0e-61c766af0c11", "A" * 21 + "B", "A" * 22, "A" * 22 + "=="]
)
@pytest.mark.parametrize("called", [endpoint.list_jobs, PIECES.page, WORLDS.page])
async def test_a_made_up_cursor_is_refused(called: Any, cursor: str) -> None:
    response = await answer(System(), called, request(query={"cursor": cursor}))
    assert (response.status, [fault["field"] for fault in response.body["errors"]]) == (400, ["cursor"])


async def test_every_fault_of_query_and_headers_is_named_at_once() -> None:
    system, wrong = System(), {"stauts": "failed", "status": "odd", "type": "odd", "limit": "0", "cursor": "odd"}
    jobs = await answer(system, endpoint.list_jobs, request(query=wrong))
    worlds = await answer(system, WORLDS.page, request(query=wrong))
    submitted = await answer(system, endpoint.submit_job, request({"type": "odd"}, idempotency_key=""))
    assert [fault["field"] for fault in jobs.body["errors"]] == ["stauts", "limit", "status", "type", "cursor"]
    assert [fault["field"] for fault in worlds.body["errors"]] == ["status", "stauts", "type", "limit"]
    assert [fault["field"] for fault in submitted.body["errors"]] == ["Idempotency-Key", "type"]


async def test_every_type_is_described_with_its_schema() -> None:
    response = await answer(System(), endpoint.list_job_types, request())
    described = {entry["type"]: entry for entry in response.body["job_types"]}
    assert set(described) == set(JOB_TYPES)
    assert described["generate_relics"]["payload_schema"]["properties"].keys() >= {
        "selectedEvent",
        "count",
        "theme",
    }
    json.dumps(response.body)


async def test_the_list_of_types_has_everything_that_the_page_shows() -> None:
    """The page has no list of its own: order, names and context come from here."""
    entries = (await answer(System(), endpoint.list_job_types, request())).body["job_types"]
    assert [entry["type"] for entry in entries] == list(JOB_TYPES)
    kinds = [entry["kind"] for entry in entries if entry["delivers"] == "pieces"]
    relics, world = (next(e for e in entries if e["type"] == name) for name in ("generate_relics", "create_world"))
    assert (relics["singular"], relics["plural"], relics["delivers"]) == ("relic", "relics", "pieces")
    assert relics["context"] == [
        {"field": "selectedSetting", "kind": "setting"},
        {"field": "selectedEvent", "kind": "event"},
    ]
    assert world["delivers"] == "world"
    assert world["context"] == [{"field": f"selectedLore.{kind}", "kind": kind} for kind in kinds]
