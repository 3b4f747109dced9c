"""Rules for all endpoints: addresses, unknown ids, caching, challenges, cancel and health."""

import asyncio
from dataclasses import replace

import pytest

from chalicelib.api import endpoint, problem, router
from chalicelib.api.library_endpoint import WORLDS
from chalicelib.domain.error import LoreSmithError, NoToken, Unauthenticated
from foundation.request_failure import REQUEST_FAILURES, TITLES
from tests.unit.chalicelib.http_call import answer, request, submission
from tests.unit.chalicelib.system import System


async def test_every_address_in_an_answer_has_the_base_path() -> None:
    system, staged = System(), replace(request(submission()), base_path="/api")
    accepted = await answer(system, endpoint.submit_job, staged)
    job_id = accepted.body["id"]
    address = f"/api/jobs/{job_id}"
    links = {"self": address, "events": f"{address}/events", "cancel": f"{address}/cancel"}
    listed = await answer(system, endpoint.list_jobs, staged)
    events = await answer(system, endpoint.read_events, staged, job_id=job_id)
    assert accepted.headers["Location"] == address
    assert accepted.body["links"] == listed.body["jobs"][0]["links"] == events.body["links"] == links
    document = await answer(system, router.describe, staged)
    assert document.body["servers"] == [{"url": "/api"}]


@pytest.mark.parametrize("job_id", ["7b1c2f60-0000-4000-8000-000000000000", "nonsense", "../etc", "%00", "7" * 5000])
async def test_unknown_and_malformed_ids_are_404(job_id: str) -> None:
    system = System()
    for called in (endpoint.read_job, endpoint.read_events, endpoint.cancel_job, endpoint.retry_job):
        assert (await answer(system, called, request(), job_id=job_id)).status == 404
    for moved in (WORLDS.read, WORLDS.versions, WORLDS.delete, WORLDS.restore):
        assert (await answer(system, moved, request({}), world_id=job_id)).status == 404


async def test_cancel_is_202_and_then_200() -> None:
    system = System()
    job = await system.submitted()
    first = await answer(system, endpoint.cancel_job, request(), job_id=job.id)
    second = await answer(system, endpoint.cancel_job, request(), job_id=job.id)
    assert (first.status, second.status) == (202, 200)
    assert first.body["status"] == second.body["status"] == "cancelled"


async def test_no_cache_keeps_an_answer_about_a_callers_own_data() -> None:
    system = System()
    job = await system.submitted()
    known = request(if_none_match='"1"')
    answers = [
        await answer(system, endpoint.submit_job, request(submission())),
        await answer(system, endpoint.list_jobs, request()),
        await answer(system, endpoint.read_job, request(), job_id=job.id),
        await answer(system, endpoint.read_job, known, job_id=job.id),
        await answer(system, endpoint.read_events, request(), job_id=job.id),
        await answer(system, endpoint.cancel_job, request(), job_id=job.id),
        await answer(system, WORLDS.page, request()),
        await answer(system, endpoint.check_health, request()),
        await answer(system, endpoint.read_job, request(), job_id="unknown"),
        await answer(system, endpoint.submit_job, request({})),
        problem.of_error(Unauthenticated()),
        problem.of_status(405, {"Allow": "GET"}),
    ]
    assert {response.status for response in answers} == {200, 202, 304, 400, 401, 404, 405}
    assert {response.headers.get("Cache-Control") for response in answers} == {"no-store"}
    described = await answer(system, router.describe, request())
    assert described.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(("status", "code"), [(418, "invalid_request"), (504, "internal_error")])
def test_a_status_without_a_failure_of_its_own_keeps_its_status(status: int, code: str) -> None:
    answered = problem.of_status(status, {})
    assert (answered.status, answered.body["status"], answered.body["code"]) == (status, status, code)
    assert answered.body["title"] == TITLES[REQUEST_FAILURES[code].status or 0]


@pytest.mark.parametrize(
    ("error", "challenge"),
    [
        (NoToken(), 'Bearer realm="loresmith"'),
        (Unauthenticated(), 'Bearer realm="loresmith", error="invalid_token"'),
    ],
)
def test_the_challenge_names_an_error_only_if_a_token_was_sent(error: LoreSmithError, challenge: str) -> None:
    """RFC 6750, 3."""
    refused = problem.of_error(error)
    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")
    assert refused.headers["WWW-Authenticate"] == challenge


async def test_health_names_the_part_that_is_down() -> None:
    system = System()
    well = await answer(system, endpoint.check_health, request())
    system.queue.down = True
    assert (await answer(system, endpoint.check_health, request())).body == well.body  # cached for a second
    await asyncio.sleep(1)
    ill = await answer(system, endpoint.check_health, request())
    assert (well.status, well.body) == (200, {"redis": "ok", "queue": "ok", "generator": "ok"})
    assert (ill.status, ill.body) == (503, {"redis": "ok", "queue": "down", "generator": "ok"})
