"""GET /history and GET /usage."""

import asyncio
from typing import Any

import pytest

from chalicelib.api import history_endpoint
from chalicelib.api.message import Response
from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.price import Price
from chalicelib.domain.record import JobRecord
from chalicelib.domain.record_list import RecordFilter
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.system import OWNER, System

#: The virtual clock starts on 2030-03-17 at 17:46:40 UTC.
TODAY, TOMORROW = "2030-03-17", "2030-03-18"


async def history(system: System, **query: str) -> Response:
    return await answer(system, history_endpoint.list_history, request(query=_names(query)))


async def usage(system: System, **query: str) -> Response:
    return await answer(system, history_endpoint.read_usage, request(query=_names(query)))


def _names(query: dict[str, str]) -> dict[str, str]:
    """ "from" is a keyword of Python."""
    return {name.rstrip("_"): value for name, value in query.items()}


async def worked_off(system: System, type_name: str = "generate_relics", **payload: Any) -> str:
    job = await system.submitted(type_name, **({"count": 1} | payload if type_name != "create_world" else payload))
    await system.work(job.id)
    return job.id


async def failed(system: System) -> str:
    async def fail(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("refused", "No.", retryable=False)

    before, system.generator.before_stage = system.generator.before_stage, fail
    job_id = await worked_off(system)
    system.generator.before_stage = before
    return job_id


async def test_the_history_shows_ended_jobs_after_they_have_expired() -> None:
    system = System(price=Price(prompt=1.0, completion=10.0))
    first = await worked_off(system, theme="noir")
    await asyncio.sleep(2 * system.timing.job_ttl_s)
    second = await failed(system)
    body = (await history(system)).body
    assert ([job["id"] for job in body["jobs"]], body["next_cursor"]) == ([second, first], None)
    shown = body["jobs"][1]
    assert shown == {
        "id": first,
        "type": "generate_relics",
        "status": "completed",
        "error_code": None,
        "attempts": 1,
        "retry_of": None,
        "usage": {"llm_calls": 3, "prompt_tokens": 300, "completion_tokens": 30, "estimated_cost_usd": 0.0006},
        "model": "fake-model",
        "summary": {"theme": "noir", "count": 1},
        "made": shown["made"],
        "names": ["name 0"],
        "created_at": f"{TODAY}T17:46:40.000Z",
        "started_at": f"{TODAY}T17:46:40.000Z",
        "ended_at": f"{TODAY}T17:46:43.000Z",
    }


async def test_the_history_can_be_filtered_and_read_page_by_page() -> None:
    system = System()
    relics = [await worked_off(system) for _ in range(3)]
    world = await worked_off(system, "create_world", user_id="1")
    await asyncio.sleep(86_400)
    bad = await failed(system)

    async def found(**query: str) -> list[str]:
        return [job["id"] for job in (await history(system, **query)).body["jobs"]]

    assert await found(status="failed") == [bad]
    assert await found(type="create_world") == [world]
    assert await found(to=TODAY) == [world, *relics[::-1]]
    assert await found(from_=TOMORROW) == [bad]
    assert await found(from_=TODAY, to=TOMORROW, type="generate_relics", status="completed") == relics[::-1]
    page = (await history(system, limit="2", type="generate_relics")).body
    rest = (await history(system, limit="2", type="generate_relics", cursor=page["next_cursor"])).body
    assert [job["id"] for job in page["jobs"] + rest["jobs"]] == [bad, *relics[::-1]]
    assert rest["next_cursor"] is None


async def test_usage_is_summed_by_day_and_type() -> None:
    system = System(price=Price(prompt=1.0, completion=10.0))
    for _ in range(2):
        await worked_off(system)
    await worked_off(system, "create_world", user_id="1")
    await asyncio.sleep(86_400)
    await failed(system)
    relics = {"jobs": 2, "failed": 0, "cancelled": 0, "llm_calls": 6, "prompt_tokens": 600, "completion_tokens": 60}
    world = {"jobs": 1, "failed": 0, "cancelled": 0, "llm_calls": 2, "prompt_tokens": 200, "completion_tokens": 20}
    bad = {"jobs": 1, "failed": 1, "cancelled": 0, "llm_calls": 1, "prompt_tokens": 100, "completion_tokens": 0}
    assert (await usage(system)).body == {
        "from": "2030-02-17",
        "to": TOMORROW,
        "days": [
            {"day": TODAY, "type": "create_world", "estimated_cost_usd": 0.0004, **world},
            {"day": TODAY, "type": "generate_relics", "estimated_cost_usd": 0.0012, **relics},
            {"day": TOMORROW, "type": "generate_relics", "estimated_cost_usd": 0.0001, **bad},
        ],
        "total": {name: value + world[name] + bad[name] for name, value in relics.items()}
        | {"estimated_cost_usd": 0.0017},
    }
    assert (await usage(system, from_=TOMORROW)).body["total"]["jobs"] == 1
    assert [day["type"] for day in (await usage(system, to=TODAY)).body["days"]] == ["create_world", "generate_relics"]


async def test_the_usage_of_nobody_is_zero() -> None:
    body = (await usage(System(), from_="2024-02-29", to="2025-02-28")).body
    assert (body["days"], body["total"]["jobs"], body["total"]["estimated_cost_usd"]) == ([], 0, None)


async def test_another_owners_jobs_are_not_shown() -> None:
    system = System()
    await worked_off(system)
    records: list[JobRecord]
    records, _ = await system.history.page(OWNER, RecordFilter(), 10)
    assert records
    other = request()
    other = type(other)(headers={}, query={}, body=b"", owner="other")
    assert (await answer(system, history_endpoint.list_history, other)).body["jobs"] == []
    assert (await answer(system, history_endpoint.read_usage, other)).body["total"]["jobs"] == 0


@pytest.mark.parametrize(
    "day", ["", "today", "2030-3-17", "20300317", "2030-02-30", "1969-12-31", "2200-01-01", "٢٠٣٠-٠٣-١٧"]
)
@pytest.mark.parametrize("name", ["from", "to"])
async def test_a_day_that_is_none_is_a_fault(name: str, day: str) -> None:
    for called in (history_endpoint.list_history, history_endpoint.read_usage):
        refused = await answer(System(), called, request(query={name: day}))
        assert (refused.status, [fault["field"] for fault in refused.body["errors"]]) == (400, [name])


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"from": "2030-03-18", "to": "2030-03-17"}, ["from"]),
        ({"from": "2029-03-16", "to": "2030-03-17"}, ["from"]),
        ({"from": "2031-01-01"}, ["from"]),
        ({"since": "2030-03-17", "to": "x"}, ["since", "to"]),
    ],
)
async def test_a_report_covers_at_most_a_year_in_the_right_order(query: dict[str, str], fields: list[str]) -> None:
    refused = await answer(System(), history_endpoint.read_usage, request(query=query))
    assert (refused.status, [fault["field"] for fault in refused.body["errors"]]) == (400, fields)


async def test_a_whole_year_is_a_permitted_report() -> None:
    assert (await usage(System(), from_="2029-03-17", to="2030-03-17")).status == 200


@pytest.mark.parametrize(
    "query", [{"status": "pending"}, {"type": "x"}, {"cursor": "x"}, {"limit": "0"}, {"page": "2"}]
)
async def test_a_bad_query_of_the_history_is_refused_by_name(query: dict[str, str]) -> None:
    refused = await answer(System(), history_endpoint.list_history, request(query=query))
    assert (refused.status, [fault["field"] for fault in refused.body["errors"]]) == (400, list(query))


@pytest.mark.parametrize("called", [history_endpoint.list_history, history_endpoint.read_usage])
async def test_a_library_that_is_down_is_a_503(called: Any) -> None:
    system = System()
    system.history.down = True
    refused = await answer(system, called, request())
    assert (refused.status, refused.body["code"]) == (503, "library_unavailable")
