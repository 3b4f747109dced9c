"""A generator and a provider in this process. Tests and generator use real sockets."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import grpc.aio
import pytest

from generator_service.app import build_server, llm_client
from generator_service.settings import Settings
from tests.integration.generator.client import Client
from tests.integration.generator.process import Process, Start
from tests.integration.generator.provider import Provider, serving

#: Few attempts, so that failures are quick.
ENVIRONMENT = {
    "OPENAI_API_KEY": "sk-a-very-secret-key",
    "GENERATOR_PORT": "0",
    "LLM_MAX_ATTEMPTS": "2",
    "LLM_TIMEOUT_S": "10",
    "DRAIN_S": "2",
}

Generator = Callable[..., Awaitable[Client]]


@asynccontextmanager
async def running(environment: dict[str, str]) -> AsyncIterator[str]:
    """Run a generator with these settings and yield its address."""
    settings = Settings.read(environment)
    async with llm_client(settings) as llm:
        server = build_server(settings, llm)
        address = await server.start()
        yield address
        await server.drain()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with serving(Provider()) as provider:
        yield provider


@pytest.fixture
async def generator(provider: Provider) -> AsyncIterator[Generator]:
    """generator(**settings) → a client of a generator with these settings."""
    async with AsyncExitStack() as stack:

        async def start(token: str | None = None, **settings: str) -> Client:
            environment = ENVIRONMENT | {"OPENAI_BASE_URL": provider.url} | settings
            address = await stack.enter_async_context(running(environment))
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(address))
            return Client(channel, token)

        yield start


@pytest.fixture
async def start(provider: Provider) -> AsyncIterator[Start]:
    """start(*arguments, **environment) → a generator process. It is killed at the end of the test."""
    async with AsyncExitStack() as stack:

        async def begin(*arguments: str, module: str = "generator_service", **settings: str) -> Process:
            environment = {"PATH": os.environ["PATH"]} | ENVIRONMENT | {"OPENAI_BASE_URL": provider.url} | settings
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *arguments, env=environment, stderr=asyncio.subprocess.PIPE
            )
            started = Process(process)
            stack.push_async_callback(_kill, started)
            return started

        yield begin


async def _kill(process: Process) -> None:
    if process.process.returncode is None:
        process.process.kill()
    await process.ended()
