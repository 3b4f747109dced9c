"""A new generator finds out only once what a server does not accept."""

import asyncio

import pytest

from tests.provider import request_cases, unusable_cases
from tests.provider.case import Case, right
from tests.provider.conftest import Fresh
from tests.provider.run import generate, judge
from tests.provider.server import Provider


@pytest.mark.parametrize("case", [*request_cases.REPORTED, *request_cases.KIN], ids=str)
async def test_a_rejected_form_costs_one_call_and_another_form_is_found(
    fresh: Fresh, provider: Provider, case: Case
) -> None:
    client = await fresh(**case.settings)
    judge(case, await generate(client, provider, case))
    if case.is_remembered:
        again = await generate(client, provider, case)
        assert (again.ending, len(again.calls)) == ("completed", case.work.calls)


async def test_concurrent_jobs_fall_back_no_further_than_a_single_one(fresh: Fresh, provider: Provider) -> None:
    """Each may be rejected once, since all are sent before the first rejection arrives."""
    client, jobs = await fresh(), 4
    case = request_cases.REPORTED[0]
    outcomes = await asyncio.gather(*(generate(client, provider, case) for _ in range(jobs)))
    for outcome in outcomes:
        judge(case, outcome)
    after = await generate(client, provider, case)
    assert {call.question.format for call in after.calls} == {"json_object"}


async def test_a_request_that_fails_in_every_form_changes_nothing_for_the_others(
    fresh: Fresh, provider: Provider
) -> None:
    """The prompt of one piece is rejected because of its content, not because of its form."""
    client = await fresh()
    (case,) = [case for case in unusable_cases.ONE_PIECE if case.name == "one-history-is-a-bad-request"]
    judge(case, await generate(client, provider, case))
    after = await generate(client, provider, Case(name="after", behave=right, extra=0))
    assert {call.question.format for call in after.calls} == {"json_schema"}
    assert all(call.question.roles[0] == "system" for call in after.calls)


async def test_a_model_that_never_stops_reaches_the_limit_of_its_stage(fresh: Fresh, provider: Provider) -> None:
    """No stage asks for more than 400 words per piece."""
    outcome = await generate(await fresh(), provider, unusable_cases.NEVER_STOPS)
    judge(unusable_cases.NEVER_STOPS, outcome)
    assert all((call.question.limit or 0) <= 2000 for call in outcome.calls)
