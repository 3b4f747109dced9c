"""A deadline of the caller's own: `deadline_s` counts from the acceptance to the end of the job."""

import asyncio
from typing import Any

import pytest

from chalicelib.api import endpoint, router
from chalicelib.domain.error import GenerationFailed, IdempotencyMismatch
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.spending import counted_tokens
from chalicelib.domain.timing import Timing
from foundation.job_failure import JOB_FAILURES, NEVER_STARTED
from tests.unit.chalicelib.http_call import answer, request, submission
from tests.unit.chalicelib.system import OWNER, System

DEADLINE_S = 20


async def submitted(system: System, deadline_s: int = DEADLINE_S, key: str | None = None) -> Job:
    wanted = system.request(OWNER, "generate_characters", {"count": 3}, deadline_s=deadline_s)
    return (await system.services.submission.submit(wanted, key)).job


async def hang(_job_id: str, _item: int, _stage: str) -> None:
    await asyncio.sleep(1_000)


async def no_room(_job_id: str, _item: int, _stage: str) -> None:
    raise GenerationFailed("overloaded", "Busy.", retryable=True, retry_after_s=2, uses_attempt=False)


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def test_a_job_that_waits_for_a_worker_fails_when_no_time_for_an_attempt_is_left() -> None:
    system = System()
    job = await submitted(system)
    await asyncio.sleep(DEADLINE_S - system.timing.min_attempt_s)
    await system.services.recovery.sweep()
    assert (await system.job(job.id)).status is Status.PENDING
    await asyncio.sleep(0.1)
    await system.services.recovery.sweep()
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code, failed.error) == (Status.FAILED, "timeout", NEVER_STARTED)
    assert failed.retryable
    assert counted_tokens(failed) == 0


async def test_a_sweep_checks_jobs_that_are_young_but_have_a_short_deadline() -> None:
    system = System()
    job = await submitted(system, deadline_s=5)
    await asyncio.sleep(6)
    await system.services.recovery.sweep()
    assert (await system.job(job.id)).status is Status.FAILED


@pytest.mark.parametrize("look", ["poll", "poll of many", "message"])
async def test_whoever_looks_first_ends_an_overdue_job(look: str) -> None:
    system = System()
    job = await submitted(system)
    await asyncio.sleep(DEADLINE_S + 1)
    match look:
        case "poll":
            await system.services.reading.job(OWNER, job.id)
        case "poll of many":
            (shown,) = await system.services.listing.several(OWNER, [job.id])
            assert shown.status is Status.FAILED
        case "message":
            assert await system.work(job.id) == []
    assert (await system.job(job.id)).error_code == "timeout"
    assert system.generator.started == {}


@pytest.mark.parametrize("known", [None, {1}], ids=["for the end", "for news"])
async def test_a_long_poll_is_told_at_once_that_no_worker_came_in_time(known: set[int] | None) -> None:
    """Nobody else may look before the poll's own time is up."""
    system = System()
    job = await submitted(system, deadline_s=10)
    view, _ = await system.services.reading.job(OWNER, job.id, known_revisions=known, wait_s=20)
    assert view.job.error_code == "timeout"
    assert now_s() == pytest.approx(10 - system.timing.min_attempt_s, abs=1)


async def test_a_long_poll_goes_on_after_the_deadline_would_have_passed_if_a_worker_has_the_job() -> None:
    system = System()
    system.generator.stage_s = 0.5
    job = await submitted(system, deadline_s=10)
    poll = asyncio.create_task(system.services.reading.job(OWNER, job.id, wait_s=20))
    await asyncio.sleep(3)
    await system.work(job.id)
    view, waited = await poll
    assert (view.job.status, waited) == (Status.COMPLETED, True)


async def test_a_running_job_is_stopped_at_its_deadline() -> None:
    system = System()
    system.generator.before_stage = hang
    job = await submitted(system)
    await asyncio.sleep(5)
    await system.work(job.id)
    failed = await system.job(job.id)
    assert (failed.error_code, failed.error) == ("timeout", JOB_FAILURES["timeout"].sentence)
    assert now_s() == pytest.approx(DEADLINE_S, abs=0.1)
    assert system.generator.under_way == 0
    assert counted_tokens(failed) > 0, "it may have paid for calls that were never reported"


async def test_a_generator_without_room_does_not_move_the_deadline() -> None:
    system = System()
    system.generator.before_stage = no_room
    job = await submitted(system)
    for _ in range(3):
        await system.work(job.id)
        assert (await system.job(job.id)).deadline_at == job.deadline_at
        await asyncio.sleep(4)
    await asyncio.sleep(DEADLINE_S)
    await system.services.recovery.sweep()
    failed = await system.job(job.id)
    assert (failed.status, failed.attempt) == (Status.FAILED, 0)


async def test_an_attempt_that_could_not_end_in_time_is_not_made() -> None:
    system = System()

    async def busy(_job_id: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("provider_rate_limited", "Slow down.", retryable=True, retry_after_s=DEADLINE_S)

    system.generator.before_stage = busy
    job = await submitted(system)
    await system.work(job.id)
    failed = await system.job(job.id)
    assert (failed.status, failed.error_code, failed.retryable) == (Status.FAILED, "provider_rate_limited", True)
    assert now_s() < 1


async def test_a_retry_has_as_much_time_again() -> None:
    system = System()
    old = await submitted(system)
    await asyncio.sleep(DEADLINE_S + 1)
    await system.services.recovery.sweep()
    new = (await system.services.submission.retry(OWNER, old.id)).job
    assert (new.deadline_s, new.deadline_at) == (DEADLINE_S, new.created_at + DEADLINE_S * 1000)
    await system.work(new.id)
    assert (await system.job(new.id)).status is Status.COMPLETED


async def test_a_job_without_one_has_the_deadline_of_the_stage_from_its_first_claim() -> None:
    system = System()
    job = await system.submitted()
    assert (job.deadline_s, job.deadline_at) == (None, None)


async def test_another_deadline_is_another_request() -> None:
    system = System()
    first = await submitted(system, 20, "key")
    assert (await submitted(system, 20, "key")).id == first.id
    with pytest.raises(IdempotencyMismatch):
        await submitted(system, 21, "key")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (4, "must be greater than or equal to 5"),
        (121, "must be less than or equal to 120"),
        (5.5, "must be a whole number"),
        ("20", "must be a whole number"),
        (True, "must be a whole number"),
    ],
)
async def test_a_deadline_out_of_bounds_is_refused_by_a_dry_run_too(given: Any, fault: str) -> None:
    for query in ({}, {"dry_run": "true"}):
        response = await answer(System(), endpoint.submit_job, request(submission() | {"deadline_s": given}, query))
        assert response.status == 400
        assert response.body["errors"] == [{"field": "deadline_s", "message": fault}]


@pytest.mark.parametrize("given", [5, 120, 60.0, None])
async def test_a_deadline_within_the_bounds_is_accepted_and_shown(given: Any) -> None:
    body = submission() | {"deadline_s": given}
    assert (await answer(System(), endpoint.submit_job, request(body, {"dry_run": "true"}))).status == 200
    response = await answer(System(), endpoint.submit_job, request(body))
    assert response.status == 202
    assert (response.body["deadline_at"] is None) is (given is None)


async def test_the_bounds_follow_the_deadline_of_the_stage() -> None:
    timing = Timing(job_deadline_s=100)
    refused = await answer(System(timing), endpoint.submit_job, request(submission() | {"deadline_s": 101}))
    assert refused.body["errors"][0]["message"] == "must be less than or equal to 100"
    described = router.document(timing=timing)["components"]["schemas"]["GenerateRelicsSubmission"]["properties"]
    number, null = described["deadline_s"]["anyOf"]
    assert (number["minimum"], number["maximum"], null["type"]) == (5, 100, "null")


async def test_the_faults_of_all_fields_are_told_together() -> None:
    body = {"type": "odd", "deadline_s": 1, "deadline": 30}
    response = await answer(System(), endpoint.submit_job, request(body))
    assert [fault["field"] for fault in response.body["errors"]] == ["type", "deadline_s", "deadline"]
