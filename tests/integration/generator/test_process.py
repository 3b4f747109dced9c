"""The process `python -m generator_service`: its signals, its log and its health check."""

import asyncio
import json
import signal
import sys

import grpc.aio
import pytest

from tests.integration.generator.client import Client
from tests.integration.generator.conftest import ENVIRONMENT
from tests.integration.generator.process import Start
from tests.integration.generator.provider import Gate, Hang, Provider
from tests.unit.generator.until import until

KEY = ENVIRONMENT["OPENAI_API_KEY"]


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
async def test_after_a_signal_the_running_job_ends_and_then_the_process(
    start: Start, provider: Provider, signal_number: signal.Signals
) -> None:
    gate = Gate()
    provider.always(gate, "relic_description_history")
    process = await start(DRAIN_S="20")
    async with grpc.aio.insecure_channel(await process.listening()) as channel:
        job = asyncio.create_task(Client(channel).generate("relic", count=2))
        await until(lambda: provider.names().count("relic_description_history") == 2)
        process.process.send_signal(signal_number)
        await until(lambda: '"The generator finishes its running jobs"' in process.log)
        gate.opened.set()
        assert len((await job).result) == 2
    assert await process.ended() == 0


def has_dropped_every_call(provider: Provider) -> bool:
    """Whether no call is in progress, and the generator has dropped at least one: on a slow machine, also retries."""
    return provider.count("dropped") > 0 and provider.count("started") == 0


async def test_an_idle_process_ends_at_once(start: Start) -> None:
    process = await start(DRAIN_S="100")
    await process.listening()
    process.process.terminate()
    assert await process.ended() == 0


async def test_a_job_that_takes_longer_than_the_drain_is_stopped(start: Start, provider: Provider) -> None:
    provider.always(Hang(), "relic_description_history")
    process = await start(DRAIN_S="0.2")
    async with grpc.aio.insecure_channel(await process.listening()) as channel:
        job = asyncio.create_task(Client(channel).fail("relic", count=1))
        await until(lambda: "relic_description_history" in provider.names())
        process.process.terminate()
        assert (await job).status in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
    assert await process.ended() == 0
    await until(lambda: has_dropped_every_call(provider))


async def test_with_invalid_settings_it_does_not_start_and_says_why(start: Start) -> None:
    process = await start(OPENAI_API_KEY="", LLM_TIMEOUT_S="-1")
    assert await process.ended() == 1
    assert "OPENAI_API_KEY: is not set" in process.log
    assert "LLM_TIMEOUT_S" in process.log
    assert "Traceback" not in process.log


async def test_a_port_in_use_is_an_error(start: Start) -> None:
    first = await start()
    port = (await first.listening()).rpartition(":")[2]
    second = await start(GENERATOR_PORT=port)
    assert await second.ended() == 1
    assert f"127.0.0.1:{port}" in second.log


async def test_the_log_shows_the_start_and_end_of_a_job_but_never_a_secret(start: Start, provider: Provider) -> None:
    process = await start(LOG_LEVEL="DEBUG", GENERATOR_TOKEN="a-shared-token")
    async with grpc.aio.insecure_channel(await process.listening()) as channel:
        await Client(channel, "a-shared-token").generate("relic", count=1)
    process.process.terminate()
    await process.ended()
    lines = [json.loads(line) for line in process.lines]
    story = [line for line in lines if line.get("job_id") == "job-1"]
    assert [line["message"] for line in story] == ["Job started", "Job finished"]
    assert {line["kind"] for line in story} == {"relic"}
    assert KEY not in process.log
    assert "a-shared-token" not in process.log


async def test_the_health_check_says_whether_it_serves(start: Start) -> None:
    process = await start(GENERATOR_TOKEN="a-shared-token")
    port = (await process.listening()).rpartition(":")[2]

    async def status(**settings: str) -> int:
        check = await start(module="generator_service.healthcheck", GENERATOR_PORT=port, OPENAI_API_KEY="", **settings)
        return await check.ended()

    assert await status() == 0
    assert await status(GENERATOR_HOST="0.0.0.0") == 0
    process.process.terminate()
    await process.ended()
    assert await status() == 1


_CALLER = """\
import grpc, json, sys
from proto.lore.v1 import lore_pb2, lore_pb2_grpc

with grpc.insecure_channel(sys.argv[1]) as channel:
    request = lore_pb2.GenerateRequest(job_id="frozen", kind="relic", params_json=json.dumps({"count": 1}))
    list(lore_pb2_grpc.LoreServiceStub(channel).Generate(request, timeout=90))
"""


async def test_work_for_a_frozen_caller_stops(start: Start, provider: Provider) -> None:
    """The kernel of a frozen worker keeps the connection open. Only unanswered pings reveal it, after up to 15 s."""
    provider.always(Hang(), "relic_description_history")
    process = await start()
    address = await process.listening()
    caller = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CALLER, address, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await until(lambda: "relic_description_history" in provider.names())
        caller.send_signal(signal.SIGSTOP)
        await until(lambda: has_dropped_every_call(provider))
    finally:
        caller.kill()
        await caller.wait()
