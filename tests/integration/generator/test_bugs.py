"""If the generator has a bug, the call ends at once and shows no internal detail."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import grpc.aio
import pytest

from generator_service.job_limit import JobLimit
from generator_service.llm.ask import Llm, Patience
from generator_service.registry import load_kinds
from generator_service.server import GeneratorServer
from generator_service.servicer import LoreServicer
from generator_service.settings import Settings
from tests.integration.generator.client import Client
from tests.integration.generator.conftest import ENVIRONMENT
from tests.unit.generator.scripted_llm import ScriptedLlm

Serve = Callable[[Llm], Awaitable[Client]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """serve(llm) → a client of a generator with this LLM."""
    async with AsyncExitStack() as stack:

        async def start(llm: Llm) -> Client:
            job_limit = JobLimit(8)
            servicer = LoreServicer(kinds=load_kinds(), llm=llm, job_limit=job_limit, clock=time.monotonic)
            server = GeneratorServer(Settings.read(ENVIRONMENT), servicer, job_limit)
            address = await server.start()
            stack.push_async_callback(server.drain)
            return Client(await stack.enter_async_context(grpc.aio.insecure_channel(address)))

        yield start


async def test_a_bug_ends_the_call_with_internal_and_without_its_text(serve: Serve) -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", TypeError("inner detail"))
    failure = await (await serve(llm)).fail("relic", count=1)
    assert (failure.status.name, failure.code) == ("INTERNAL", "internal")
    assert "inner detail" not in failure.details


async def test_a_cancelled_task_does_not_leave_the_client_waiting(serve: Serve) -> None:
    """gRPC sends no status if a handler raises a CancelledError that is not from the call itself (grpc/grpc#29248)."""

    def cancel_the_work(_patience: Patience) -> None:
        for task in asyncio.all_tasks():
            if task.get_coro().__qualname__ == "LoreServicer._events.<locals>.work":  # type: ignore[union-attr]
                task.cancel()

    llm = ScriptedLlm()
    llm.script("relic_description", cancel_the_work, asyncio.Event())
    failure = await (await serve(llm)).fail("relic", count=1, timeout_s=90)
    assert (failure.status.name, failure.code) == ("INTERNAL", "internal")


async def test_a_failed_job_makes_room_for_the_next(serve: Serve) -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", *(TypeError("a bug") for _ in range(20)))
    client = await serve(llm)
    codes = {(await client.fail("relic", count=1)).code for _ in range(10)}
    assert codes == {"internal"}
