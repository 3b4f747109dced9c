"""When the LLM client calls again after an error, how long it waits, and when it gives up."""

import asyncio

import httpx2
import pytest

from generator_service.error import (
    ProviderQuota,
    ProviderRateLimited,
    ProviderTimeout,
    ProviderUnavailable,
)
from generator_service.llm.ask import Patience
from generator_service.llm.usage import Usage
from tests.unit.generator.scripted_provider import ASK, Provider, answer_of, failure, good, rejection


@pytest.mark.parametrize("passing", [408, 409, 429, 500, 502, 503, 504, 529])
async def test_a_temporary_error_is_tried_again(provider: Provider, passing: int) -> None:
    answer, usage = await provider.ask(failure(passing), failure(passing), good())
    assert answer.name == "Osk"
    assert usage == Usage(3, 100, 10)


async def test_backoff_doubles_under_full_jitter(provider: Provider) -> None:
    await provider.fail(*(failure(503) for _ in range(4)))
    assert provider.slept == [0.5, 1.0, 2.0]


async def test_backoff_has_a_maximum(provider: Provider) -> None:
    await provider.ask(*(failure(500) for _ in range(7)), good(), max_attempts=8)
    assert provider.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


async def test_attempts_are_limited(provider: Provider) -> None:
    error = await provider.fail(*(failure(503) for _ in range(9)))
    assert isinstance(error, ProviderUnavailable)
    assert (len(provider.requests), provider.spent.llm_calls) == (4, 4)


@pytest.mark.parametrize("final", [401, 403, 404])
async def test_a_final_error_is_not_tried_again(provider: Provider, final: int) -> None:
    error = await provider.fail(failure(final))
    assert (error.retryable, len(provider.requests), provider.slept) == (False, 1, [])


async def test_no_credit_left_is_not_tried_again(provider: Provider) -> None:
    """Only its code distinguishes it from other 429s, which the SDK would repeat."""
    assert isinstance(await provider.fail(failure(429, "insufficient_quota")), ProviderQuota)
    assert len(provider.requests) == 1


async def test_retry_after_is_obeyed(provider: Provider) -> None:
    await provider.ask(failure(429, **{"retry-after": "7"}), good())
    assert sum(provider.slept) == pytest.approx(7.5)
    assert provider.waits[0] == pytest.approx(7.5)


async def test_a_retry_after_beyond_the_deadline_fails_at_once(provider: Provider) -> None:
    """The worker can try again later. Waiting here would waste the job's time."""
    error = await provider.fail(failure(429, **{"retry-after": "60"}), deadline_in_s=30)
    assert isinstance(error, ProviderRateLimited)
    assert (error.retry_after_s, provider.slept, len(provider.requests)) == (60, [], 1)


async def test_a_backoff_beyond_the_deadline_does_not_start(provider: Provider) -> None:
    await provider.fail(failure(500), failure(500), failure(500), deadline_in_s=1.2)
    assert provider.slept == [0.5]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_requested_pause_holds_back_every_call(provider: Provider, status: int) -> None:
    await provider.fail(failure(status, **{"retry-after": "60"}), deadline_in_s=30)
    error = await provider.fail(good(), deadline_in_s=30)
    assert (error.retry_after_s, provider.spent.llm_calls, len(provider.requests)) == (60, 1, 1)


async def test_a_lost_connection_is_tried_again(provider: Provider) -> None:
    answer, _ = await provider.ask(httpx2.ConnectError("refused"), httpx2.ReadError("reset"), good())
    assert answer.name == "Osk"


async def test_a_timeout_is_tried_again_and_then_reported(provider: Provider) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    error = await provider.fail(hang, hang, hang, hang)
    assert isinstance(error, ProviderTimeout)
    assert provider.spent.llm_calls == 4


@pytest.mark.parametrize(
    "page",
    [
        httpx2.Response(200, text="<html>gateway</html>", headers={"content-type": "text/html"}),
        httpx2.Response(200, json={"error": {"message": "overloaded"}}),
        httpx2.Response(200, json={"choices": []}),
        httpx2.Response(200, json={"choices": [{}]}),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, text='{"choices": [{"mess', headers={"content-type": "application/json"}),
        httpx2.Response(200, text="", headers={"content-type": "application/json"}),
        httpx2.Response(200, text="<html>", headers={"content-type": "application/json"}),
        httpx2.Response(200, content=b'{"a": "\xff"}', headers={"content-type": "application/json"}),
        httpx2.Response(200, json={"choices": [{"message": {"content": ["a", "b"]}}]}),
        httpx2.Response(200, json={"choices": [{"message": "text"}]}),
        httpx2.Response(200, json={"choices": ["text"]}),
        httpx2.Response(200, json={"choices": {"0": {}}}),
    ],
)
async def test_an_unreadable_response_is_tried_again(provider: Provider, page: httpx2.Response) -> None:
    answer, _ = await provider.ask(page, good())
    assert answer.name == "Osk"


async def test_a_very_long_pause_is_tested_after_a_minute(provider: Provider) -> None:
    """A day's Retry-After would stop every job of the process for a day."""
    error = await provider.fail(failure(429, **{"retry-after": "86400"}), deadline_in_s=100)
    assert error.retry_after_s == 86_400
    answer, _ = await provider.ask(good(), deadline_in_s=100)
    assert answer.name == "Osk"
    assert provider.slept == [60]


async def test_a_loading_model_is_waited_for(provider: Provider) -> None:
    """Waiting for it uses up no attempts."""
    notices: list[str] = []
    loading = [rejection("Loading model", 503) for _ in range(15)]
    llm = provider.llm()
    provider.answers = [*loading, good()]
    patience = Patience(on_loading=lambda: notices.append("loading"))
    answer = await answer_of(llm, ASK, patience, provider.costs.append)
    assert answer.output.model_dump()["name"] == "Osk"
    assert notices
    assert set(provider.slept) == {2.0}


async def test_a_model_that_never_finishes_loading_is_given_up(provider: Provider) -> None:
    error = await provider.fail(*(rejection("Loading model", 503) for _ in range(99)))
    assert error.code == "provider_unavailable"
    assert len(provider.requests) < 30
