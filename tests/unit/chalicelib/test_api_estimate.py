"""`POST /jobs?dry_run=true`, and the cost of a job."""

from typing import Any

import pytest

from chalicelib.api import endpoint
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.price import Price
from chalicelib.domain.quota import Quota
from tests.unit.chalicelib.http_call import answer, request, submission
from tests.unit.chalicelib.kept import keep_examples
from tests.unit.chalicelib.system import OWNER, System

PRICE = Price(prompt=0.15, completion=0.60)
DRY = {"dry_run": "true"}


async def dry_run(system: System, body: Any, **headers: str) -> Any:
    return await answer(system, endpoint.submit_job, request(body, DRY, **headers))


async def test_a_dry_run_shows_the_default_until_jobs_are_measured() -> None:
    response = await dry_run(System(price=PRICE), submission(count=3))
    assert response.status == 200
    assert response.body == {
        "type": "generate_characters",
        "llm_calls": 10,
        "prompt_tokens": 7_100,
        "completion_tokens": 2_200,
        "estimated_cost_usd": 0.002385,
        "basis": "default",
        "jobs_measured": 0,
        "token_budget": 28_260,
    }


async def test_a_dry_run_shows_what_jobs_of_this_type_have_used() -> None:
    system = System(price=PRICE)
    for count in (1, 2, 3, 4, 5):
        await system.work((await system.submitted(count=count)).id)
    response = await dry_run(system, submission(count=10))
    assert response.body == {
        "type": "generate_characters",
        "llm_calls": 30,
        "prompt_tokens": 3_000,
        "completion_tokens": 300,
        "estimated_cost_usd": 0.00063,
        "basis": "measured",
        "jobs_measured": 5,
        "token_budget": 15_000,
    }


@pytest.mark.parametrize("type_name", JOB_TYPES)
async def test_every_type_has_an_estimate(type_name: str) -> None:
    system, example = System(), JOB_TYPES[type_name].example_for(tokens_required=False)
    await keep_examples(system)
    response = await dry_run(system, {"type": type_name, "payload": example})
    assert (response.status, response.body["type"]) == (200, type_name)
    assert response.body["llm_calls"] > 0


async def test_a_dry_run_stores_nothing_and_counts_against_no_quota() -> None:
    system = System(quota=Quota(max_unfinished=1, max_submissions=1))
    before = dict(system.server.keys)
    for _ in range(3):
        response = await dry_run(system, submission(), idempotency_key="k")
        assert response.status == 200
        assert "RateLimit" not in response.headers
    assert await system.unfinished() == []
    assert system.queue.sent == []
    assert await system.quotas.unfinished_ages(OWNER) == {}
    assert system.server.submissions == {}
    assert system.server.keys == before
    accepted = await answer(system, endpoint.submit_job, request(submission(), idempotency_key="k"))
    assert accepted.status == 202


@pytest.mark.parametrize(
    ("body", "headers", "fields"),
    [
        (submission(count=11, themes="x"), {}, ["payload.count", "payload.themes"]),
        ({"type": "odd", "extra": 1}, {}, ["extra", "type"]),
        (b"{", {}, [""]),
        (submission(), {"idempotency_key": ""}, ["Idempotency-Key"]),
    ],
    ids=["payload", "type and field", "no JSON", "key"],
)
async def test_a_dry_run_is_refused_for_the_same_faults_as_a_submission(
    body: Any, headers: dict[str, Any], fields: list[str]
) -> None:
    system = System()
    dry = await dry_run(system, body, **headers)
    real = await answer(system, endpoint.submit_job, request(body, **headers))
    assert (dry.status, dry.body) == (real.status, real.body)
    assert sorted(fault["field"] for fault in dry.body["errors"]) == fields


async def test_a_dry_run_in_a_wrong_media_type_is_refused_too() -> None:
    assert (await dry_run(System(), b"x", content_type="text/plain")).status == 415


async def test_dry_run_false_submits() -> None:
    system = System()
    response = await answer(system, endpoint.submit_job, request(submission(), {"dry_run": "false"}))
    assert response.status == 202
    assert await system.unfinished() == [response.body["id"]]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"dry_run": "1"}, {"field": "dry_run", "message": "must be true or false"}),
        ({"dry_run": "TRUE"}, {"field": "dry_run", "message": "must be true or false"}),
        ({"dry_run": ""}, {"field": "dry_run", "message": "must be true or false"}),
        (
            {"dryrun": "true"},
            {"field": "dryrun", "message": "is not a parameter of this address; the parameters are: dry_run"},
        ),
    ],
)
async def test_a_mistyped_dry_run_is_refused_and_submits_nothing(query: dict[str, str], fault: dict[str, str]) -> None:
    """Its caller wants to know the price, not to pay it."""
    system = System()
    response = await answer(system, endpoint.submit_job, request(submission(), query))
    assert (response.status, response.body["errors"]) == (400, [fault])
    assert await system.unfinished() == []


async def test_an_estimate_needs_no_store() -> None:
    system = System()
    system.server.down = True
    response = await dry_run(system, submission())
    assert (response.status, response.body["basis"]) == (200, "default")


async def test_a_job_shows_what_it_has_cost_if_there_is_a_price() -> None:
    system = System(price=PRICE)
    job = await system.submitted(count=2)
    assert (await read(system, job.id))["usage"]["estimated_cost_usd"] == 0
    await system.work(job.id)
    # Six calls of 100 prompt and 10 completion tokens.
    usage = {"llm_calls": 6, "prompt_tokens": 600, "completion_tokens": 60, "estimated_cost_usd": 0.000126}
    assert (await read(system, job.id))["usage"] == usage
    listed = await answer(system, endpoint.list_jobs, request())
    assert [each["usage"] for each in listed.body["jobs"]] == [usage]


async def test_without_a_price_no_cost_is_shown() -> None:
    system = System()
    job = await system.submitted(count=2)
    await system.work(job.id)
    assert (await read(system, job.id))["usage"]["estimated_cost_usd"] is None
    assert (await dry_run(system, submission())).body["estimated_cost_usd"] is None


async def read(system: System, job_id: str) -> Any:
    return (await answer(system, endpoint.read_job, request(), job_id=job_id)).body
