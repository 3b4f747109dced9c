"""The composition root: puts the generator together, runs it until it is told to stop, and takes it down."""

import asyncio
import logging
import random
import signal
import time

from openai import AsyncOpenAI

from generator_service.admission import Admission
from generator_service.llm.limiter import Limiter
from generator_service.llm.openai_llm import OpenAiLlm
from generator_service.llm.warming import warm_up
from generator_service.registry import load_kinds
from generator_service.server import GeneratorServer
from generator_service.servicer import LoreServicer
from generator_service.settings import Settings

log = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, and return when running jobs have ended."""
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with llm_client(settings) as client:
        await warm_up()
        server = build_server(settings, client)
        address = await server.start()
        log.info("listening", extra={"address": address, "model": settings.openai_model})
        await stop.wait()
        log.info("draining", extra={"drain_s": settings.drain_s})
        await server.drain()
    log.info("stopped")


def llm_client(settings: Settings) -> AsyncOpenAI:
    """The SDK's client with its own retries off; to be closed by the caller."""
    return AsyncOpenAI(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        timeout=settings.llm_timeout_s,
        max_retries=0,
    )


def build_server(settings: Settings, client: AsyncOpenAI) -> GeneratorServer:
    """All parts put together; nothing is listening yet."""
    clock = time.monotonic
    llm = OpenAiLlm(
        client,
        model=settings.openai_model,
        limiter=Limiter(settings.llm_max_concurrency, clock=clock, sleep=asyncio.sleep),
        timeout_s=settings.llm_timeout_s,
        max_attempts=settings.llm_max_attempts,
        clock=clock,
        sleep=asyncio.sleep,
        random=random.random,
    )
    admission = Admission(settings.generator_max_jobs)
    servicer = LoreServicer(kinds=load_kinds(), llm=llm, admission=admission, clock=clock)
    return GeneratorServer(settings, servicer, admission)
