"""The composition root: builds the generator, runs it until it is told to stop, and shuts it down."""

import asyncio
import gc
import logging
import random
import signal
import time
from typing import Any

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient

from foundation.language_tag import DEFAULT_LANGUAGE, group
from generator_service.job_limit import JobLimit
from generator_service.language import identification
from generator_service.llm.dialect import Dialect, Form, dialect_for
from generator_service.llm.limiter import Limiter
from generator_service.llm.openai_llm import OpenAiLlm
from generator_service.llm.options import ProviderOptions
from generator_service.registry import load_kinds
from generator_service.server import GeneratorServer
from generator_service.servicer import LoreServicer
from generator_service.settings import Settings

log = logging.getLogger(__name__)

_OPENAI_HOST = "api.openai.com"
#: Tokens that a reasoning model may use in addition to its answer. At their default effort, models use 500 to 3,000 for
#: a stage's prompt.
_REASONING_TOKENS = 4096
#: A collection starts when there are this many new objects. A job makes about 1,400 that last for a while.
_YOUNG_OBJECTS = 10_000


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Returns when the running jobs have ended."""
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with llm_client(settings) as client:
        server = build_server(settings, client)
        address = await server.start()
        log.info("The generator is listening", extra={"address": address, "model": settings.openai_model})
        _tune_garbage_collection()
        loading = asyncio.create_task(_load_identification(settings))
        await stop.wait()
        await loading
        log.info("The generator finishes its running jobs", extra={"drain_s": settings.drain_s})
        await server.drain()
    log.info("The generator has stopped")


async def _load_identification(settings: Settings) -> None:
    """Load the model that identifies languages before the jobs need it, unless the LLM writes only English.

    Loading takes longer than the rest of the start. Few jobs need the model right away, and few English ones at all.
    """
    if [*map(group, settings.llm_languages)] != [DEFAULT_LANGUAGE]:
        await asyncio.to_thread(identification.load)


def _tune_garbage_collection() -> None:
    """Leave out the objects of the start, which stay until the end: a full collection would take 0.2 s each time.

    The objects of a few jobs are examined at once, because most of them are gone by then.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)


def llm_client(settings: Settings, http_client: httpx2.AsyncClient | None = None) -> httpx2.AsyncClient:
    """An HTTP client that has the API's address and sends the headers of OpenAI's SDK. The caller closes it.

    `http_client`: None for the SDK's client over aiohttp, which takes half the CPU time of its default.
    """
    client = http_client or DefaultAioHttpClient(limits=httpx2.Limits(max_connections=settings.llm_max_concurrency))
    sdk = AsyncOpenAI(
        api_key=settings.openai_api_key.get_secret_value(), base_url=settings.openai_base_url, http_client=client
    )
    # By default, the SDK reads organization and project from the environment and sends them to any provider.
    is_openai = sdk.base_url.host == _OPENAI_HOST
    sdk.organization = settings.openai_org_id if is_openai else None
    sdk.project = settings.openai_project_id if is_openai else None
    headers = {**sdk.auth_headers, **sdk.default_headers}
    client.base_url = sdk.base_url
    client.timeout = None  # ChatCompletions limits each call as a whole
    client.headers.update({name: value for name, value in headers.items() if isinstance(value, str)})
    return client


def build_llm(settings: Settings, client: httpx2.AsyncClient) -> OpenAiLlm:
    clock = time.monotonic
    limiter = Limiter(settings.llm_max_concurrency, timeout_s=settings.llm_timeout_s, clock=clock, sleep=asyncio.sleep)
    return OpenAiLlm(
        client,
        options=_options(settings),
        dialect=_dialect(settings),
        limiter=limiter,
        clock=clock,
        sleep=asyncio.sleep,
        random=random.random,
    )


def _options(settings: Settings) -> ProviderOptions:
    given = {"temperature": settings.llm_temperature, "reasoning_effort": settings.llm_reasoning_effort}
    return ProviderOptions(
        model=settings.openai_model,
        timeout_s=settings.llm_timeout_s,
        load_timeout_s=settings.llm_load_timeout_s,
        max_attempts=settings.llm_max_attempts,
        reasoning_tokens=_REASONING_TOKENS if settings.llm_reasoning_tokens is None else settings.llm_reasoning_tokens,
        body={name: value for name, value in given.items() if value is not None} | settings.llm_extra_body,
        query=settings.llm_extra_query,
        headers={name: value.get_secret_value() for name, value in settings.llm_extra_headers.items()},
    )


def _dialect(settings: Settings) -> Dialect:
    """The dialect to start with. Manual settings stay fixed."""
    fixed: dict[str, Any] = {}
    if settings.llm_response_format != "auto":
        fixed["form"] = Form(settings.llm_response_format)
    if settings.llm_system_role != "auto":
        fixed["has_system_role"] = settings.llm_system_role == "system"
    if settings.llm_limit_parameter != "auto":
        fixed["limit_name"] = settings.llm_limit_parameter
    names = {"form": "form", "has_system_role": "system", "limit_name": "limit"}
    return dialect_for(
        settings.openai_base_url,
        reasoning_tokens=settings.llm_reasoning_tokens or 0,
        fixed=frozenset(names[field] for field in fixed),
        **fixed,
    )


def build_server(settings: Settings, client: httpx2.AsyncClient) -> GeneratorServer:
    """The complete server. It does not listen yet."""
    job_limit = JobLimit(settings.generator_max_jobs)
    llm = build_llm(settings, client)
    servicer = LoreServicer(
        kinds=load_kinds(),
        llm=llm,
        job_limit=job_limit,
        clock=time.monotonic,
        model=settings.openai_model,
        llm_languages=settings.llm_languages,
    )
    return GeneratorServer(settings, servicer, job_limit, lambda: llm.paused_for_s)
