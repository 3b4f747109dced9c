"""The LLM client neither floods a slow provider nor gives it up too early."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import httpx2
import pytest

from generator_service.error import LoreError, ProviderTimeout
from generator_service.kind import Named
from generator_service.llm.ask import Ask, Part, Patience
from generator_service.llm.dialect import Dialect
from generator_service.llm.limiter import Limiter
from generator_service.llm.openai_llm import OpenAiLlm
from generator_service.llm.options import ProviderOptions
from tests.unit.generator.scripted_provider import answer_of, client_of
from tests.virtual_time import now_s

ASK = Ask(
    "character_name", (Part("name", Named),), [{"role": "system", "content": "r"}, {"role": "user", "content": "u"}]
)
TIMEOUT_S = 30.0
ANSWER = {"choices": [{"message": {"content": json.dumps({"name": "Osk", "concept": "c"})}}]}

#: Called with the 1-based number of the request.
Behaviour = Callable[[int], Awaitable[httpx2.Response]]


class Server:
    """A provider with the given behaviour that counts its calls."""

    def __init__(self, behaviour: Behaviour, max_concurrency: int = 32) -> None:
        self.behaviour = behaviour
        self.began: list[float] = []
        self.running = self.max_running = 0
        self.loading_notices: list[float] = []
        self.limiter = Limiter(max_concurrency, timeout_s=TIMEOUT_S, clock=now_s, sleep=asyncio.sleep)
        options = ProviderOptions(
            model="m",
            timeout_s=TIMEOUT_S,
            load_timeout_s=75,
            max_attempts=4,
            reasoning_tokens=0,
            body={},
            query={},
            headers={},
        )
        self.llm = OpenAiLlm(
            client_of(self._answer),
            options=options,
            dialect=Dialect(),
            limiter=self.limiter,
            clock=now_s,
            sleep=asyncio.sleep,
            random=lambda: 1.0,
        )

    @property
    def calls(self) -> int:
        return len(self.began)

    async def _answer(self, _request: httpx2.Request) -> httpx2.Response:
        self.began.append(now_s())
        self.running += 1
        self.max_running = max(self.max_running, self.running)
        try:
            return await self.behaviour(self.calls)
        finally:
            self.running -= 1

    async def ask(self, deadline_in_s: float = 1000) -> None:
        now = now_s()
        patience = Patience(now + deadline_in_s, on_loading=lambda: self.loading_notices.append(now))
        await answer_of(self.llm, ASK, patience, lambda _: None)

    async def ask_at_once(self, count: int) -> list[BaseException | None]:
        return await asyncio.gather(*(self.ask() for _ in range(count)), return_exceptions=True)


def good() -> httpx2.Response:
    return httpx2.Response(200, json=ANSWER)


def at_a_time(places: int, call_s: float) -> Behaviour:
    """A server that handles this many calls at a time. Other calls wait in its queue."""
    room = asyncio.Semaphore(places)

    async def answer(_number: int) -> httpx2.Response:
        async with room:
            await asyncio.sleep(call_s)
            return good()

    return answer


def refusing(places: int, call_s: float, status: int) -> Behaviour:
    """A server that handles this many calls at a time. It rejects other calls."""
    running = 0

    async def answer(_number: int) -> httpx2.Response:
        nonlocal running
        if running >= places:
            return httpx2.Response(status, json={"error": {"message": "busy"}})
        running += 1
        await asyncio.sleep(call_s)
        running -= 1
        return good()

    return answer


@pytest.mark.parametrize("call_s", [6, 20])
async def test_a_server_that_answers_one_call_at_a_time_gets_each_call_once(call_s: float) -> None:
    """A queued call takes longer than the time limit. Giving it up would only move it to the end of the queue."""
    server = Server(at_a_time(1, call_s))
    assert await server.ask_at_once(16) == [None] * 16
    assert server.calls == 16


async def test_a_queue_at_the_provider_gets_shorter() -> None:
    server = Server(at_a_time(1, 6))
    await server.ask_at_once(32)
    assert server.limiter.limit <= 8


async def test_a_hanging_call_is_given_up_although_others_are_answered() -> None:
    """Calls that started later are answered, so the hanging call is not in a queue."""

    async def answer(number: int) -> httpx2.Response:
        await asyncio.sleep(1000 if number == 2 else 1)
        return good()

    server = Server(answer)
    await server.ask()
    hanging = asyncio.create_task(server.ask())
    await asyncio.sleep(0.1)
    for _ in range(100):
        await server.ask()
        if hanging.done():
            break
    assert server.began[-1] - server.began[1] < TIMEOUT_S + 5


async def test_a_silent_server_is_given_up_after_the_time_of_one_call() -> None:
    async def answer(number: int) -> httpx2.Response:
        if number > 1:
            await asyncio.sleep(10_000)
        return good()

    server = Server(answer)
    await server.ask()
    began_at = now_s()
    with pytest.raises(ProviderTimeout):
        await server.ask()
    assert now_s() - began_at < 4 * TIMEOUT_S + 10


@pytest.mark.parametrize("status", [429, 503, 529])
async def test_a_server_that_rejects_calls_while_busy_is_not_given_up(status: int) -> None:
    server = Server(refusing(1, 6, status))
    assert await server.ask_at_once(12) == [None] * 12
    assert server.calls <= 12 * 3


async def test_a_model_that_loads_for_40_s_gets_each_call_once() -> None:
    loaded_at = 40

    async def answer(_number: int) -> httpx2.Response:
        await asyncio.sleep(max(1, loaded_at - now_s()))
        return good()

    server = Server(answer)
    assert await server.ask_at_once(10) == [None] * 10
    assert server.calls == 10
    assert server.loading_notices


async def test_after_five_idle_minutes_the_model_may_have_to_be_loaded_again() -> None:
    async def answer(number: int) -> httpx2.Response:
        await asyncio.sleep(40 if number == 2 else 1)
        return good()

    server = Server(answer)
    await server.ask()
    await asyncio.sleep(300)
    await server.ask()
    assert server.calls == 2


async def test_the_first_call_runs_alone_until_it_is_answered() -> None:
    """So it costs one call, not one per job, to learn what the provider accepts."""

    async def answer(_number: int) -> httpx2.Response:
        await asyncio.sleep(2)
        return good()

    server = Server(answer)
    await server.ask_at_once(10)
    assert server.began[1] == 2
    assert server.began[2:] == [2] * 8


async def test_a_hanging_first_call_does_not_delay_the_others_for_long() -> None:
    async def answer(number: int) -> httpx2.Response:
        await asyncio.sleep(10_000 if number == 1 else 1)
        return good()

    server = Server(answer)
    hanging = asyncio.create_task(server.ask())
    await asyncio.sleep(0)
    await server.ask_at_once(8)
    assert now_s() < 10
    await hanging


async def test_after_a_time_without_rejections_the_limit_recovers() -> None:
    outage_until = 5.0

    async def answer(number: int) -> httpx2.Response:
        await asyncio.sleep(1)
        is_out = number > 1 and now_s() < outage_until
        return httpx2.Response(503) if is_out else good()

    server = Server(answer)
    await server.ask()
    await server.ask_at_once(32)
    assert server.limiter.limit < 32
    await asyncio.sleep(60)
    for _ in range(10):
        await server.ask_at_once(32)
    assert server.limiter.limit == 32


async def test_the_time_limit_does_not_include_the_wait_for_a_slot() -> None:
    """Its clock starts with the call."""
    server = Server(at_a_time(1, 20), max_concurrency=1)
    assert await server.ask_at_once(6) == [None] * 6
    assert (server.calls, server.max_running) == (6, 1)


async def test_a_cancelled_call_in_the_queue_passes_its_turn_on() -> None:
    server = Server(at_a_time(1, 5), max_concurrency=1)
    tasks = [asyncio.create_task(server.ask()) for _ in range(4)]
    await asyncio.sleep(1)
    tasks[1].cancel()
    await asyncio.sleep(4.5)
    tasks[2].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results[1:3]] == [asyncio.CancelledError] * 2
    assert results[3] is None
    assert not isinstance(results[0], LoreError)
