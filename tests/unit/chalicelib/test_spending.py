"""Token budgets of jobs and daily limits of tokens, from submission to the end of the job."""

import asyncio
import json
from dataclasses import replace

import pytest

from chalicelib.adapter.emf_meter import EmfMeter
from chalicelib.api import endpoint
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.estimate import default_estimate
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.quota import UNLIMITED, Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import MARGIN, MAX_BUDGET, MIN_BUDGET, DayTokens, SpendingStopped
from chalicelib.port.generator import GenerationRequest
from tests.ledger import counted, reserved
from tests.unit.chalicelib.http_call import answer, request, submission
from tests.unit.chalicelib.system import OWNER, System


def limited(tokens: int) -> Quota:
    return replace(UNLIMITED, max_tokens=tokens)


async def requests_of(system: System, monkeypatch: pytest.MonkeyPatch) -> list[GenerationRequest]:
    """The requests that the generator gets from now on."""
    generate, seen = system.generator.generate, list[GenerationRequest]()

    def watched(request: GenerationRequest) -> object:
        seen.append(request)
        return generate(request)

    monkeypatch.setattr(system.generator, "generate", watched)
    return seen


async def test_a_budget_is_the_expected_cost_with_a_margin() -> None:
    system = System()
    for count in (2, 5):
        budget = (await system.submitted(count=count)).token_budget
        assert budget == pytest.approx(MARGIN * default_estimate(count).tokens, rel=0.1)


async def test_the_smallest_budget_survives_an_answer_that_runs_away() -> None:
    assert (await System().submitted(count=1)).token_budget == MIN_BUDGET
    assert 10_000 + default_estimate(1).tokens < MIN_BUDGET


async def test_ten_pieces_fit_into_their_budget_twice() -> None:
    budget = (await System().submitted(count=10)).token_budget
    assert budget is not None
    assert default_estimate(10).tokens * 2 <= budget <= MAX_BUDGET


async def test_a_large_payload_gets_a_larger_budget() -> None:
    """Every call repeats it."""
    system = System()
    context = {"name": "Low Tarn", "description": "A drowned town. " * 200}
    plain = await system.submitted("generate_events", count=2)
    rich = await system.submitted("generate_events", count=2, selectedSetting=context)
    assert plain.token_budget is not None
    assert rich.token_budget is not None
    assert rich.token_budget - plain.token_budget > MARGIN * default_estimate(2).llm_calls * 3_200 // 4


@pytest.mark.parametrize("limits", [{"quota": limited(5_000)}, {"daily_stop": 5_000}, {"max_budget": 5_000}])
async def test_no_budget_is_larger_than_a_limit_of_a_whole_day(limits: dict[str, object]) -> None:
    """Such a job could never be admitted."""
    assert (await System(**limits).submitted(count=10)).token_budget == 5_000  # type: ignore[arg-type]


async def test_an_attempt_gets_the_rest_of_the_budget_after_earlier_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    job = await system.submitted(count=2)
    seen = await requests_of(system, monkeypatch)
    system.generator.down = True
    await system.work(job.id)
    system.generator.down = False

    async def fail(_job_id: str, _item: int, stage: str) -> None:
        if stage != "name":
            system.generator.down = True
        if system.generator.down:
            await asyncio.sleep(system.timing.rpc_deadline_s)

    system.generator.before_stage = fail
    await asyncio.sleep(system.timing.backoff_cap_s)
    await system.work(job.id)
    spent = (await system.job(job.id)).usage.tokens
    assert spent == 220
    assert job.token_budget is not None
    assert [request.token_budget for request in seen] == [job.token_budget, job.token_budget]
    assert (await system.job(job.id)).tokens_left == job.token_budget - spent


async def test_a_retry_has_a_budget_and_a_reservation_of_its_own() -> None:
    system = System(quota=limited(40_000))
    job = await system.submitted(count=3)
    await system.services.reading.cancel(OWNER, job.id)
    again = (await system.services.submission.retry(OWNER, job.id)).job
    assert again.token_budget == job.token_budget
    with pytest.raises(QuotaExceeded):
        await system.submitted(count=3)


async def test_what_a_job_has_not_spent_is_free_again_at_its_end() -> None:
    system = System(quota=limited(40_000))
    job = await system.submitted(count=3)
    with pytest.raises(QuotaExceeded) as refusal:
        await system.submitted(count=3)
    assert refusal.value.retry_after_s == 30
    await system.work(job.id)
    assert (await system.submitted(count=3)).status is Status.PENDING


async def test_used_up_tokens_are_free_again_after_midnight() -> None:
    system = System(quota=limited(5_000))
    await system.work((await system.submitted(count=1)).id)
    with pytest.raises(QuotaExceeded) as refusal:
        await system.submitted(count=1)
    assert "midnight UTC" in refusal.value.message
    await asyncio.sleep(refusal.value.retry_after_s)
    assert await system.submitted(count=1)


async def test_cancelling_running_jobs_does_not_evade_the_limit() -> None:
    """The running calls must be paid for, but their cost is never reported."""
    system = System(quota=limited(40_000))
    accepted = 0
    for _ in range(10):
        try:
            job = await system.submitted(count=1)
        except QuotaExceeded:
            break
        accepted += 1
        working = asyncio.create_task(system.work(job.id))
        await asyncio.sleep(0.5)
        await system.services.reading.cancel(OWNER, job.id)
        await working
    assert 1 < accepted < 10


async def test_a_job_that_could_not_be_queued_reserves_nothing() -> None:
    system = System(quota=limited(15_000), daily_stop=15_000)
    system.queue.down = True
    with pytest.raises(QueueUnavailable):
        await system.submitted(count=1)
    system.queue.down = False
    assert await system.submitted(count=1)


async def test_tokens_reserved_by_a_dead_process_are_released() -> None:
    system = System(quota=limited(15_000))
    await counted(system.quotas, OWNER, "a-job-that-was-never-created", 15_000, UNLIMITED)
    with pytest.raises(QuotaExceeded):
        await system.submitted(count=1)
    await asyncio.sleep(31)
    assert await system.submitted(count=1)


async def test_recovery_frees_what_a_dead_process_has_reserved_for_all_owners() -> None:
    system = System(daily_stop=15_000)
    await reserved(system.quotas, "a-job-that-was-never-created", 15_000, None)
    await system.services.recovery.sweep()
    with pytest.raises(SpendingStopped):
        await system.submitted(count=1)
    await asyncio.sleep(61)
    await system.services.recovery.sweep()
    assert await system.submitted(count=1)


async def test_recovery_does_not_free_what_is_reserved_for_a_job_that_waits() -> None:
    system = System(daily_stop=15_000)
    await system.submitted(count=1)
    await asyncio.sleep(61)
    await system.services.recovery.sweep()
    with pytest.raises(SpendingStopped):
        await system.submitted(count=1)


async def test_the_daily_stop_is_503_with_the_time_to_wait_and_a_metric(capsys: pytest.CaptureFixture[str]) -> None:
    system = System(daily_stop=15_000, meter=EmfMeter("dev", None))
    first = await answer(system, endpoint.submit_job, request(submission(count=1)))
    second = await answer(system, endpoint.submit_job, request(submission(count=1)))
    assert (first.status, second.status) == (202, 503)
    assert (second.body["code"], second.body["retryable"]) == ("spending_stopped", True)
    assert second.headers["Retry-After"] == "30"
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    assert [blob["SpendingStopped"] for blob in written if "SpendingStopped" in blob] == [[1]]


async def test_used_up_tokens_are_429_with_what_is_left() -> None:
    system = System(quota=limited(20_000))
    first = await answer(system, endpoint.submit_job, request(submission(count=1)))
    second = await answer(system, endpoint.submit_job, request(submission(count=1)))
    assert (first.status, second.status, second.body["code"]) == (202, 429, "quota_exceeded")
    assert first.headers["RateLimit-Policy"] == '"tokens";q=20000;w=86400;qu="tokens"'
    assert first.headers["RateLimit"].startswith('"tokens";r=')
    assert int(second.headers["Retry-After"]) == 30
    assert "20,000" in second.body["detail"]


async def test_without_a_limit_nothing_is_refused() -> None:
    system = System()
    assert len({(await system.submitted(count=10)).id for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (DayTokens(0, 9_000, 7_000), "in 30 s, when jobs may have ended"),
        (DayTokens(9_000, 0, 7_000), "after midnight UTC, in 1 h 57 min"),
        (DayTokens(9_000, 0, 59), "after midnight UTC, in 1 min"),
        (DayTokens(0, 9_000, 20), "after midnight UTC, in 1 min"),
    ],
)
def test_a_refusal_says_when_there_is_room(day: DayTokens, sentence: str) -> None:
    assert day.when_free(2_000, 10_000) == sentence


def test_the_quota_with_the_longest_wait_explains_a_refusal() -> None:
    quota = Quota(max_unfinished=1, max_tokens=10_000)
    refusal = QuotaExceeded(Standing(quota, 1, 1, 60, DayTokens(10_000, 0, 7_000)), MIN_BUDGET)
    assert refusal.retry_after_s == 7_000
    assert "10,000" in refusal.message
