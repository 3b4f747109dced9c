"""`GET /jobs?ids=`: several jobs in one answer."""

import asyncio
import uuid
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.api import endpoint
from chalicelib.api.message import Response
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.system import OWNER, System


async def read(system: System, *ids: str, **query: str) -> Response:
    return await answer(system, endpoint.list_jobs, request(query={"ids": ",".join(ids), **query}))


def shown(response: Response) -> list[str]:
    return [job["id"] for job in response.body["jobs"]]


async def test_the_jobs_come_in_the_order_of_their_ids() -> None:
    system = System()
    ids = [(await system.submitted()).id for _ in range(4)]
    wanted = [ids[2], ids[0], ids[3]]
    response = await read(system, *wanted)
    assert (response.status, shown(response), response.body["next_cursor"]) == (200, wanted, None)


async def test_unknown_expired_and_other_peoples_jobs_are_left_out_alike() -> None:
    system = System()
    mine = await system.submitted()
    theirs = (await system.submit("somebody-else", "generate_relics", {})).job
    response = await read(system, str(uuid.uuid4()), theirs.id, mine.id)
    assert shown(response) == [mine.id]


async def test_another_owner_sees_nothing() -> None:
    system = System()
    job = await system.submitted()
    asked = replace(request(query={"ids": job.id}), owner="thief")
    assert shown(await answer(system, endpoint.list_jobs, asked)) == []


async def test_an_id_that_is_named_twice_is_shown_once_and_may_be_in_any_form() -> None:
    system = System()
    job = await system.submitted()
    assert shown(await read(system, job.id, f" {job.id.upper()} ", job.id)) == [job.id]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"ids": ""}, ["ids[0]"]),
        ({"ids": f"{uuid.uuid4()},x,,"}, ["ids[1]", "ids[2]", "ids[3]"]),
        ({"ids": ",".join(str(uuid.uuid4()) for _ in range(51))}, ["ids"]),
        ({"ids": str(uuid.uuid4()), "limit": "5", "status": "failed"}, ["limit", "status"]),
        ({"ids": str(uuid.uuid4()), "cursor": "x", "type": "generate_relics"}, ["cursor", "type"]),
        ({"ids": "x", "limit": "5", "statuses": "x"}, ["ids[0]", "limit", "statuses"]),
    ],
)
async def test_a_faulty_question_names_every_fault(query: dict[str, str], fields: list[str]) -> None:
    response = await answer(System(), endpoint.list_jobs, request(query=query))
    assert response.status == 400
    assert sorted(fault["field"] for fault in response.body["errors"]) == fields


async def test_results_that_are_too_large_together_must_be_read_in_smaller_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = System()
    jobs = [await system.submitted() for _ in range(2)]
    await system.work(*[job.id for job in jobs])
    monkeypatch.setattr("chalicelib.service.listing.MAX_RESULT_BYTES", 10)
    response = await read(system, *[job.id for job in jobs])
    assert (response.status, response.body["errors"][0]["field"]) == (400, "ids")


async def test_many_jobs_are_read_in_one_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    ids = [(await system.submitted()).id for _ in range(20)]
    step, steps = system.server.step, 0

    async def counting() -> Any:
        nonlocal steps
        steps += 1
        await step()

    monkeypatch.setattr(system.server, "step", counting)
    assert shown(await read(system, *ids)) == ids
    assert steps == 1


async def test_a_job_that_is_stuck_is_recovered_and_shown_as_it_is_then() -> None:
    system = System()
    wanted = system.request(OWNER, "generate_relics", {}, deadline_s=5)
    overdue = (await system.services.submission.submit(wanted)).job
    healthy = await system.submitted()
    await asyncio.sleep(6)
    response = await read(system, overdue.id, healthy.id)
    assert [job["status"] for job in response.body["jobs"]] == ["failed", "pending"]


async def test_stuck_jobs_are_shown_even_if_the_queue_is_down() -> None:
    system = System()
    job = await system.submitted()
    await asyncio.sleep(system.timing.resend_after_s + 1)
    system.queue.down = True
    assert shown(await read(system, job.id)) == [job.id]
