"""A new generator finds out only once what a server does not accept."""

import asyncio

import pytest

from tests.integration.provider import request_cases, unusable_cases
from tests.integration.provider.case import Case, first_for, right
from tests.integration.provider.conftest import Fresh
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, error, vllm_error
from tests.integration.provider.run import generate, judge
from tests.integration.provider.server import Provider

#: A later job of the same process, with a server that accepts everything.
AFTER = Case(name="after", behave=right, extra=0)


@pytest.mark.parametrize("case", request_cases.ALL, ids=str)
async def test_a_rejected_form_of_request_costs_one_call_and_is_replaced(
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
    (case,) = [case for case in request_cases.ALL if case.name == "no-json-schema"]
    outcomes = await asyncio.gather(*(generate(client, provider, case) for _ in range(jobs)))
    for outcome in outcomes:
        judge(case, outcome)
    after = await generate(client, provider, case)
    assert {call.question.format for call in after.calls} == {"json_object"}


async def test_a_request_that_fails_in_every_form_changes_nothing_for_the_others(
    fresh: Fresh, provider: Provider
) -> None:
    """Only the prompt of one piece was rejected."""
    client = await fresh()
    (case,) = [case for case in unusable_cases.ONE_PIECE if case.name == "one-history-is-a-bad-request"]
    judge(case, await generate(client, provider, case))
    after = await generate(client, provider, AFTER)
    assert {call.question.format for call in after.calls} == {"json_schema"}
    assert all(call.question.roles[0] == "system" for call in after.calls)


async def test_a_model_that_never_stops_reaches_the_limit_of_its_stage(fresh: Fresh, provider: Provider) -> None:
    """No stage asks for more than 400 words per piece."""
    outcome = await generate(await fresh(), provider, unusable_cases.NEVER_STOPS)
    judge(unusable_cases.NEVER_STOPS, outcome)
    assert all((call.question.limit or 0) <= 2000 for call in outcome.calls)


def _no_room(question: Question) -> Reply:
    """A context that this prompt almost fills."""
    prompt = len(question.prompt) // 4
    return vllm_error(
        400,
        f"'max_tokens' or 'max_completion_tokens' is too large: 858. This model's maximum context length is "
        f"{prompt + 98} tokens and your request has {prompt} input tokens (858 > {prompt + 98} - {prompt}).",
    )


async def test_one_prompt_that_is_too_long_does_not_change_the_limits_of_others(
    fresh: Fresh, provider: Provider
) -> None:
    """Only that prompt has little room left in the context."""
    client = await fresh()
    long = {"setting": {"name": "Low Tarn", "description": "A drowned town. " * 240}}
    await generate(client, provider, Case(name="no-room", behave=first_for("history", _no_room)), context=long)
    judge(AFTER, await generate(client, provider, AFTER))


async def test_one_rejection_without_a_reason_does_not_drop_the_schema_for_later_requests(
    fresh: Fresh, provider: Provider
) -> None:
    """The reason may be that one prompt, or a temporary fault. The schema is too valuable to drop on a guess."""
    client = await fresh()
    vague = error(400, {"error": {"message": "Bad Request"}})
    await generate(client, provider, Case(name="vague", behave=first_for("history", vague)))
    outcome = await generate(client, provider, AFTER)
    judge(AFTER, outcome)
    assert {call.question.format for call in outcome.calls} == {"json_schema"}
