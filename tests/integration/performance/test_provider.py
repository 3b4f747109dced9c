"""The provider of the measurements, as the OpenAI client sees it."""

from collections.abc import Iterator

import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam

from benchmarks.performance.provider.process import ProviderProcess, provider

MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Write a line of lore."}]


@pytest.fixture(scope="module")
def running() -> Iterator[ProviderProcess]:
    with provider(chunk=10) as found:
        yield found


def client_of(running: ProviderProcess) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=running.url, api_key="none", max_retries=0)


async def plain(running: ProviderProcess) -> str | None:
    async with client_of(running) as client:
        answer = await client.chat.completions.create(model="m", messages=MESSAGES)
    assert answer.usage is not None
    assert answer.usage.completion_tokens > 0
    return answer.choices[0].message.content


async def streamed(running: ProviderProcess) -> str:
    async with client_of(running) as client:
        stream = await client.chat.completions.create(
            model="m", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    assert chunks[-1].usage is not None
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


async def test_an_answer_is_repeated_plain_and_streamed(running: ProviderProcess) -> None:
    content = await plain(running)
    assert content
    assert await plain(running) == content
    assert await streamed(running) == content


async def test_a_stream_that_takes_time_is_whole(running: ProviderProcess) -> None:
    content = await plain(running)
    running.set_latency(0.05)
    try:
        assert await streamed(running) == content
    finally:
        running.set_latency(0)


async def test_calls_are_counted_until_a_reset(running: ProviderProcess) -> None:
    running.reset()
    await plain(running)
    (call,) = running.calls()
    assert call["body"]["messages"] == MESSAGES
    assert call["answered_at"] == running.stats()["last_answer_at"]
    running.reset()
    assert running.stats()["calls"] == 0
