"""After a cancel, a deadline or a shutdown, the generator makes no more calls."""

import asyncio
import logging
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.integration.generator.client import Client
from tests.integration.generator.conftest import ENVIRONMENT, Generator, running
from tests.integration.generator.provider import Gate, Hang, Provider
from tests.unit.generator.until import until

#: How the generator's log says that nothing of a job runs any more.
_ENDINGS = ("Job finished", "Job ended without a result", "Job was cancelled or reached its deadline")
#: One for the names, and two for each of three characters.
_CALLS = 7


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "generator_service")
    return caplog


async def assert_stopped(provider: Provider, log: pytest.LogCaptureFixture, calls: int = _CALLS) -> None:
    """Wait until the job has ended and all connections are closed. Check that it has made no more calls."""
    await until(lambda: any(message.startswith(_ENDINGS) for message in log.messages))
    await until(lambda: provider.count("started") == 0)
    assert len(provider.calls) == calls


async def hanging(client: Client, provider: Provider, timeout_s: float = 60) -> asyncio.Task[None]:
    """Start a job of three characters with six calls pending at the provider."""
    for stages in ("appearance_backstory", "traits_skills_stats"):
        provider.always(Hang(), f"character_{stages}")

    async def read() -> None:
        async for _ in client.start("character", count=3, timeout_s=timeout_s):
            pass

    task = asyncio.create_task(read())
    await until(lambda: provider.count("started") == 6)
    return task


async def test_cancelling_the_call_closes_every_connection_to_the_provider(
    generator: Generator, provider: Provider, log: pytest.LogCaptureFixture
) -> None:
    task = await hanging(await generator(), provider)
    task.cancel()
    await assert_stopped(provider, log)
    assert provider.count("dropped") == 6


async def test_a_vanished_client_closes_every_connection_to_the_provider(
    generator: Generator, provider: Provider, log: pytest.LogCaptureFixture
) -> None:
    client = await generator()
    task = await hanging(client, provider)
    await client.channel.close()
    await assert_stopped(provider, log)
    assert provider.count("dropped") == 6
    await asyncio.wait([task])
    assert task.cancelled() or task.exception()


async def test_the_deadline_closes_every_connection_to_the_provider(
    generator: Generator, provider: Provider, log: pytest.LogCaptureFixture
) -> None:
    client = await generator()
    task = await hanging(client, provider, timeout_s=6)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await task
    assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await assert_stopped(provider, log)


async def test_complete_pieces_are_delivered_before_the_deadline(
    generator: Generator, provider: Provider, log: pytest.LogCaptureFixture
) -> None:
    client = await generator()
    provider.script("relic_description_history", Hang(), number=2)
    events = await client.generate("relic", count=2, timeout_s=6)
    assert len(events.result) == 1
    assert events.generated.failures[0].code == "out_of_time"
    await assert_stopped(provider, log, calls=3)


async def test_a_job_over_the_limit_is_rejected_while_the_health_check_stays_good(
    generator: Generator, provider: Provider, log: pytest.LogCaptureFixture
) -> None:
    client = await generator(GENERATOR_MAX_JOBS="1")
    task = await hanging(client, provider)
    failure = await client.fail("relic", count=1)
    assert (failure.status.name, failure.code) == ("RESOURCE_EXHAUSTED", "overloaded")
    assert int(failure.trailing["grpc-retry-pushback-ms"]) > 0
    health = await health_pb2_grpc.HealthStub(client.channel).Check(health_pb2.HealthCheckRequest())
    assert health.status == health_pb2.HealthCheckResponse.SERVING
    log.clear()  # the rejected job has ended too
    task.cancel()
    await assert_stopped(provider, log)
    assert await client.generate("relic", count=1)


async def test_while_draining_running_jobs_end_and_new_ones_are_rejected(provider: Provider) -> None:
    """An open Watch must not delay the exit, as it does with gRPC's own graceful stop."""
    gate = Gate()
    provider.always(gate, "relic_description_history")
    environment = ENVIRONMENT | {"OPENAI_BASE_URL": provider.url, "DRAIN_S": "1000"}
    async with asyncio.timeout(120):
        async with running(environment) as address:
            channel = grpc.aio.insecure_channel(address)
            client = Client(channel)
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
            assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
            job = asyncio.create_task(client.generate("relic", count=1))
            await until(lambda: "relic_description_history" in provider.names())
            refused = asyncio.create_task(_while_draining(watch, Client(grpc.aio.insecure_channel(address)), gate))
        assert len((await job).result) == 1
        assert await refused in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
        await channel.close()


async def _while_draining(watch: Any, late: Client, gate: Gate) -> grpc.StatusCode:
    """When health says NOT_SERVING, try a new call, then let the running one continue."""
    while (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING:
        pass
    failure = await late.fail("relic", count=1)
    await late.channel.close()
    gate.opened.set()
    return failure.status
