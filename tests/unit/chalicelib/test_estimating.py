"""Which jobs are measured, and what a new one is expected to cost."""

import pytest

from chalicelib.domain import change
from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.estimate import Estimate, default_estimate
from chalicelib.domain.job import Usage
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.usage_sums import UsageSums
from tests.unit.chalicelib.kept import keep_examples
from tests.unit.chalicelib.system import OWNER, System

TYPE = "generate_characters"


async def measured(system: System, type_name: str = TYPE) -> UsageSums:
    return await system.database.averages.read(type_name)


async def expected(system: System, type_name: str = TYPE, **payload: object) -> Estimate:
    # As it comes from a valid request.
    estimate, _ = await system.services.budgeting.plan(type_name, payload)  # type: ignore[arg-type]
    return estimate


async def run(system: System, type_name: str = TYPE, **payload: object) -> str:
    job = await system.submitted(type_name, **payload)
    await system.work(job.id)
    return job.id


async def test_jobs_of_several_sizes_predict_the_cost_of_another_size() -> None:
    system = System()
    for count in (1, 2, 3, 4, 5):
        await run(system, count=count)
    # The fake generator makes three calls for each piece, of 100 prompt and 10 completion tokens.
    assert await expected(system, count=10) == Estimate(30, 3_000, 300, jobs_measured=5)


@pytest.mark.parametrize("type_name", JOB_TYPES)
async def test_every_type_is_measured(type_name: str) -> None:
    system = System()
    await keep_examples(system)
    payload = dict(JOB_TYPES[type_name].example_for(tokens_required=False))
    for _ in range(5):
        await run(system, type_name, **payload)
    estimate = await expected(system, type_name, **payload)
    assert (estimate.basis, estimate.jobs_measured) == ("measured", 5)
    assert estimate.llm_calls == (await measured(system, type_name)).llm_calls / 5


async def test_before_any_job_has_run_the_estimate_is_the_default() -> None:
    assert await expected(System(), count=7) == default_estimate(7)
    assert await expected(System(), "create_world") == default_estimate(1)


async def test_a_job_that_needed_a_second_attempt_is_not_measured() -> None:
    """The usage of its first attempt may be lost with the worker."""
    system = System()
    job = await system.submitted(count=1)
    await system.jobs.apply(job.id, change.claim(job, "a worker that dies", system.timing))
    system.database.server.records[job.id].fields["lease_until"] = 0
    await system.work(job.id)
    assert (await system.job(job.id)).attempt == 2
    assert (await system.job(job.id)).status == "completed"
    assert (await measured(system)).jobs == 0


async def test_a_failed_job_and_its_retry_are_not_measured() -> None:
    """The retry pays only for what is missing."""
    system = System()

    async def fail_at_the_end(_job: str, _item: int, stage: str) -> None:
        if stage != "name":
            raise GenerationFailed("refused", "Refused.", retryable=False)

    system.generator.before_stage = fail_at_the_end
    failed = await run(system, count=1)
    assert (await system.job(failed)).status == "failed"
    system.generator = type(system.generator)()
    system.services = system.process()
    retry = (await system.services.submission.retry(OWNER, failed)).job
    await system.work(retry.id)
    assert (await system.job(retry.id)).status == "completed"
    assert (await measured(system)).jobs == 0


async def test_a_job_whose_provider_reports_no_tokens_is_not_measured() -> None:
    """Otherwise every later job would be expected to need none."""
    system = System()
    system.generator.tokens = (0, 0)
    await run(system, count=1)
    assert (await measured(system)).jobs == 0


async def test_a_job_ends_and_an_estimate_is_given_while_the_averages_cannot_be_reached(
    caplog: pytest.LogCaptureFixture,
) -> None:
    system = System()
    job = await system.submitted(count=1)
    apply = system.jobs.apply

    async def apply_and_go_down(job_id: str, wanted: change.Change) -> object:
        changed = await apply(job_id, wanted)
        system.server.down = wanted.action == "complete"
        return changed

    system.jobs.apply = apply_and_go_down  # type: ignore[method-assign, assignment]
    assert await system.work(job.id) == []
    assert await expected(system, count=2) == default_estimate(2)
    assert [record.message for record in caplog.records if "store unavailable" in record.message] == [
        "The job's usage is missing from the averages: store unavailable",
        "Default estimate used: store unavailable",
    ]
    system.server.down = False
    assert (await system.job(job.id)).status == "completed"


async def test_only_a_budget_may_use_averages_that_are_seconds_old() -> None:
    """Each submission needs a budget, and one more job changes the averages little. A shown estimate is up to date."""
    system = System()
    before, _ = await system.services.budgeting.plan(TYPE, {"count": 1})
    budget = await system.services.budgeting.budget(TYPE, {"count": 1})
    for _ in range(20):
        await system.database.averages.add(TYPE, UsageSums.of(1, Usage(50, 100_000, 100_000)))
    assert await system.services.budgeting.budget(TYPE, {"count": 1}) == budget
    estimate, new_budget = await system.services.budgeting.plan(TYPE, {"count": 1})
    assert estimate.llm_calls == 50 > before.llm_calls
    assert new_budget > budget
