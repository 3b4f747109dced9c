"""What a server does not take is found out once, by a generator that knows nothing of it yet."""

import asyncio

import pytest

from tests.provider import request_cases, unusable_cases
from tests.provider.case import Case, right
from tests.provider.conftest import Fresh
from tests.provider.run import generate, judge
from tests.provider.server import Provider


@pytest.mark.parametrize("case", [*request_cases.REPORTED, *request_cases.KIN], ids=str)
async def test_a_refused_form_costs_a_call_and_another_form_is_found(
    fresh: Fresh, provider: Provider, case: Case
) -> None:
    client = await fresh(**case.settings)
    judge(case, await generate(client, provider, case))
    if case.is_remembered:
        again = await generate(client, provider, case)
        assert (again.ending, len(again.calls)) == ("completed", case.work.calls)


async def test_jobs_that_begin_at_once_are_not_told_to_fall_further_than_one(fresh: Fresh, provider: Provider) -> None:
    """Each may be refused once: they all asked before the first refusal came."""
    client, jobs = await fresh(), 4
    case = request_cases.REPORTED[0]
    outcomes = await asyncio.gather(*(generate(client, provider, case) for _ in range(jobs)))
    for outcome in outcomes:
        judge(case, outcome)
    after = await generate(client, provider, case)
    assert {call.question.format for call in after.calls} == {"json_object"}


async def test_a_request_that_no_form_helps_changes_nothing_for_the_others(fresh: Fresh, provider: Provider) -> None:
    """One piece's prompt was refused, for a reason of its own."""
    client = await fresh()
    (case,) = [case for case in unusable_cases.ONE_PIECE if case.name == "one-history-is-a-bad-request"]
    judge(case, await generate(client, provider, case))
    after = await generate(client, provider, Case(name="after", behave=right, extra=0))
    assert {call.question.format for call in after.calls} == {"json_schema"}
    assert all(call.question.roles[0] == "system" for call in after.calls)


async def test_a_model_that_never_stops_is_stopped_by_a_limit_that_fits_the_stage(
    fresh: Fresh, provider: Provider
) -> None:
    """No stage asks for more than 400 words for each piece."""
    outcome = await generate(await fresh(), provider, unusable_cases.NEVER_STOPS)
    judge(unusable_cases.NEVER_STOPS, outcome)
    assert all((call.question.limit or 0) <= 2000 for call in outcome.calls)
