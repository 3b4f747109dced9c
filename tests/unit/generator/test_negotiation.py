"""How the LLM client finds out which requests the provider accepts."""

import asyncio
import json

import httpx2
import pytest

from generator_service.error import (
    ProviderBadRequest,
)
from generator_service.llm.ask import Patience
from tests.unit.generator.scripted_provider import ASK, GOOD, Provider, answer_of, completion, failure, good, rejection
from tests.unit.generator.until import until

NO_SCHEMA = "This response_format type is unavailable now"


async def test_a_rejected_form_costs_one_call_and_is_remembered(provider: Provider) -> None:
    llm = provider.llm()
    provider.answers = [rejection(NO_SCHEMA), good(), good()]
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    forms = [request["response_format"]["type"] for request in provider.requests]
    assert forms == ["json_schema", "json_object", "json_object"]
    assert provider.spent.llm_calls == 3


async def test_concurrent_rejected_calls_follow_the_first(provider: Provider) -> None:
    """The first calls go out one by one, but after a router's failover several calls can be rejected at once."""
    provider.limiter.reached()
    llm = provider.llm()

    async def refused_together() -> httpx2.Response:
        await until(lambda: len(provider.requests) >= 3)
        return rejection(NO_SCHEMA)

    provider.answers = [*[refused_together] * 3, *(good() for _ in range(3))]
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(answer_of(llm, ASK, Patience(), provider.costs.append))
    assert [request["response_format"]["type"] for request in provider.requests[3:]] == ["json_object"] * 3


async def test_without_a_schema_in_the_request_the_prompt_contains_it(provider: Provider) -> None:
    await provider.ask(rejection("response_format: extra fields not permitted"), good())
    request = provider.requests[1]
    assert "response_format" not in request
    assert '"required": ["name", "concept"]' in request["messages"][0]["content"]


async def test_without_a_system_role_the_rules_come_first_and_roles_still_alternate(provider: Provider) -> None:
    await provider.ask(rejection("System role not supported"), completion(""), good())
    roles = [message["role"] for message in provider.requests[2]["messages"]]
    assert roles == ["user", "assistant", "user"]
    assert provider.requests[2]["messages"][0]["content"] == "rules\n\na name, please"
    assert all(message["content"] for message in provider.requests[2]["messages"])


async def test_an_operators_parameter_that_is_rejected_is_left_out(provider: Provider) -> None:
    provider.body = {"temperature": 0.7, "top_k": 3}
    await provider.ask(rejection("Unsupported value: 'temperature' does not support 0.7 with this model."), good())
    assert [request.get("temperature") for request in provider.requests] == [0.7, None]
    assert [request.get("top_k") for request in provider.requests] == [3, 3]


async def test_after_a_rejection_without_a_reason_the_plainest_request_is_tried(provider: Provider) -> None:
    await provider.ask(rejection("Bad Request"), good())
    assert set(provider.requests[1]) == {"model", "messages", "max_tokens"}


async def test_a_server_that_fails_on_every_request_gets_the_plainest_one_last(provider: Provider) -> None:
    """Some servers fail on unknown parameters instead of rejecting them."""
    await provider.ask(*(failure(500) for _ in range(4)), good())
    assert set(provider.requests[4]) == {"model", "messages", "max_tokens"}


async def test_if_the_plainest_request_is_rejected_too_nothing_changes(provider: Provider) -> None:
    """The form was not the cause, so the next request has the original form."""
    llm = provider.llm()
    provider.answers = [rejection("Bad Request"), rejection("Bad Request"), good()]
    with pytest.raises(ProviderBadRequest):
        await answer_of(llm, ASK, Patience(), provider.costs.append)
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    assert provider.requests[2]["response_format"]["type"] == "json_schema"


async def test_once_the_form_is_known_to_work_a_rejection_without_a_reason_is_final(provider: Provider) -> None:
    llm = provider.llm()
    provider.answers = [good(), rejection("Bad Request"), good()]
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    with pytest.raises(ProviderBadRequest):
        await answer_of(llm, ASK, Patience(), provider.costs.append)
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    assert all(request["response_format"]["type"] == "json_schema" for request in provider.requests)


async def test_once_a_model_turns_out_to_reason_it_gets_more_tokens(provider: Provider) -> None:
    """Its limit includes the reasoning, so the first answer may be cut off."""
    llm = provider.llm()
    provider.answers = [completion("", "length", reasoning_content="They want a name ..."), good(), good()]
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    first, second, third = (request["max_tokens"] for request in provider.requests)
    assert second == third == first + 1000


async def test_an_ignored_limit_is_sent_under_the_other_name(provider: Provider) -> None:
    """Servers may silently ignore a parameter that they do not know."""
    llm = provider.llm()
    choices = [{"message": {"content": json.dumps(GOOD)}}]
    endless = {"choices": choices, "usage": {"prompt_tokens": 1, "completion_tokens": 5000}}
    provider.answers = [httpx2.Response(200, json=endless) for _ in range(3)]
    for _ in range(3):
        await answer_of(llm, ASK, Patience(), provider.costs.append)
    assert ["max_completion_tokens" in request for request in provider.requests] == [False, True, True]


async def test_a_rejection_of_one_prompt_does_not_change_other_requests(provider: Provider) -> None:
    """A form is only kept if a request in it was answered."""
    llm = provider.llm()
    words = "Structured outputs: the system role does not support this character"
    provider.answers = [good(), *(rejection(words) for _ in range(9))]
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    with pytest.raises(ProviderBadRequest):
        await answer_of(llm, ASK, Patience(), provider.costs.append)
    provider.answers = [good()]
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    assert provider.requests[-1]["response_format"]["type"] == "json_schema"
    assert provider.requests[-1]["messages"][0]["role"] == "system"


async def test_an_outage_at_the_start_does_not_simplify_later_requests(provider: Provider) -> None:
    llm = provider.llm()
    provider.body = {"temperature": 0.7}
    provider.answers = [*(failure(500) for _ in range(4)), good(), good()]
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    await answer_of(llm, ASK, Patience(), provider.costs.append)
    assert provider.requests[-1]["response_format"]["type"] == "json_schema"


async def test_exceeding_the_limit_by_one_token_does_not_change_its_name(provider: Provider) -> None:
    llm = provider.llm()
    for _ in range(3):
        limit = provider.requests[-1]["max_tokens"] if provider.requests else 300
        usage = {"prompt_tokens": 1, "completion_tokens": limit + 1}
        body = {"choices": [{"message": {"content": json.dumps(GOOD)}}], "usage": usage}
        provider.answers = [httpx2.Response(200, json=body)]
        await answer_of(llm, ASK, Patience(), provider.costs.append)
    assert all("max_tokens" in request for request in provider.requests)
