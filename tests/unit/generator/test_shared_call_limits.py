"""A call for several stages: what a provider does not accept, and how long it may take."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from generator_service.error import ProviderTimeout
from generator_service.llm.ask import Patience
from generator_service.llm.usage import Usage
from tests.unit.generator.scripted_provider import Provider, completion, rejection
from tests.unit.generator.shared_call import STATS, TO_SKILLS, TO_STATS, WHOLE, Call, J, question
from tests.unit.generator.streamed import end, piece, streamed
from tests.unit.generator.until import until
from tests.virtual_time import now_s


@pytest.fixture
def call(provider: Provider) -> Call:
    return Call(provider)


NO_OPTIONS = [
    (
        422,
        {
            "detail": [
                {"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}
            ]
        },
    ),
    (422, {"message": {"detail": [{"loc": ["body", "stream_options", "include_usage"], "type": "extra_forbidden"}]}}),
    (400, {"error": {"message": "property 'stream_options' is unsupported"}}),
    (400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}}),
]


@pytest.mark.parametrize(("status", "body"), NO_OPTIONS)
async def test_a_server_without_stream_options_still_streams(call: Call, status: int, body: Any) -> None:
    await call.ask(httpx2.Response(status, json=body), streamed(TO_STATS, J[len(TO_STATS) :], end(usage=None)))
    assert call.outputs == WHOLE
    assert [("stream" in each, "stream_options" in each) for each in call.provider.requests] == [
        (True, True),
        (True, False),
    ]


NO_STREAM = [
    "Streaming is not supported for this model.",
    "Unsupported value: 'stream' does not support true with this model. Only the default (false) value is supported.",
    "This model does not support streaming.",
    "response_format json_schema is not supported with streaming",
    "stream must be false",
    "Bad Request",
]


@pytest.mark.parametrize("words", NO_STREAM)
async def test_a_server_without_streams_is_asked_without_and_that_is_remembered(call: Call, words: str) -> None:
    confirmed = question("stats")
    call.provider.answers = [completion(json.dumps(STATS))]
    await call.llm.complete(confirmed, Patience(), lambda _: None, lambda _key, _answer: None)
    await call.ask(rejection(words), completion(J))
    assert call.outputs == WHOLE
    call.answers.clear()
    await call.ask(completion(J))
    streams = [request.get("stream") for request in call.provider.requests]
    assert streams == [None, True, None, None]
    formats = {request["response_format"]["type"] for request in call.provider.requests}
    assert formats == {"json_schema"}, "only the stream was rejected"


async def test_one_rejected_prompt_does_not_end_streams_that_have_worked(call: Call) -> None:
    await call.ask(streamed(J, end()))
    call.answers.clear()
    await call.fail(rejection("Bad Request"))
    await call.ask(streamed(J, end()))
    assert [request["stream"] for request in call.provider.requests] == [True] * 3


async def test_the_clock_of_a_call_starts_again_with_each_part(call: Call) -> None:
    """A call has 30 s. Three parts of 20 s each are in time."""

    async def after(seconds: float, *opened: asyncio.Event) -> None:
        for each in opened:
            await asyncio.sleep(seconds)
            each.set()

    first, second, third = asyncio.Event(), asyncio.Event(), asyncio.Event()
    texts = (TO_SKILLS, J[len(TO_SKILLS) : len(TO_STATS)], J[len(TO_STATS) :])
    async with asyncio.TaskGroup() as group:
        group.create_task(after(20, first, second, third))
        await call.ask(streamed(first, texts[0], second, texts[1], third, texts[2], end()))
    assert call.outputs == WHOLE
    assert now_s() == pytest.approx(60)
    assert call.provider.limiter.limit == 4, "a long answer is not a sign of a queue"


async def test_a_part_that_does_not_come_in_time_is_given_up(call: Call) -> None:
    error = await call.fail(
        streamed(TO_SKILLS, asyncio.Event()), patience=Patience(deadline_at=now_s() + 29, may_repair=lambda: False)
    )
    assert isinstance(error, ProviderTimeout)
    assert list(call.answers) == ["traits"]


async def test_cancelling_closes_the_connection(call: Call) -> None:
    closed = asyncio.Event()

    class Body(httpx2.AsyncByteStream):
        async def __aiter__(self) -> Any:
            yield piece(TO_SKILLS)
            await asyncio.Event().wait()

        async def aclose(self) -> None:
            closed.set()

    async def respond() -> httpx2.Response:
        await asyncio.sleep(0)
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=Body())

    task = asyncio.create_task(call.ask(respond))
    await until(lambda: call.happened == ["traits"])
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert closed.is_set()
    assert call.spent == Usage(1)


async def test_the_first_part_shows_that_the_provider_accepts_requests(provider: Provider) -> None:
    """Until then, calls go out one at a time."""
    slow = asyncio.Event()
    call, other = Call(provider), Call(provider)
    task = asyncio.create_task(call.ask(streamed(TO_SKILLS, slow, J[len(TO_SKILLS) :], end())))
    await until(lambda: call.answers)
    await other.ask(streamed(J, end()))
    assert other.outputs == WHOLE
    assert not task.done()
    slow.set()
    await task
