"""Calls need the generator token; health checks do not."""

import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from generator_service.server import MAX_REQUEST_BYTES, SERVICE
from tests.integration.generator.client import Client
from tests.integration.generator.conftest import Generator
from tests.integration.generator.provider import Provider

TOKEN = "a-shared-token"


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN.upper()])
async def test_a_call_without_the_token_is_rejected(
    generator: Generator, provider: Provider, token: str | None
) -> None:
    client = await generator(token=token, GENERATOR_TOKEN=TOKEN)
    failure = await client.fail("relic", count=1)
    assert failure.status is grpc.StatusCode.UNAUTHENTICATED
    assert TOKEN not in failure.details
    assert provider.calls == []


async def test_a_call_with_the_token_is_served(generator: Generator) -> None:
    client = await generator(token=TOKEN, GENERATOR_TOKEN=TOKEN)
    assert len((await client.generate("relic", count=1)).result) == 1


@pytest.mark.parametrize("service", ["", SERVICE])
async def test_a_health_check_needs_no_token(generator: Generator, service: str) -> None:
    client = await generator(GENERATOR_TOKEN=TOKEN)
    request = health_pb2.HealthCheckRequest(service=service)
    answer = await health_pb2_grpc.HealthStub(client.channel).Check(request)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def _services(client: Client, metadata: tuple[tuple[str, str], ...] = ()) -> list[str]:
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
    call = stub.ServerReflectionInfo(iter([request]), metadata=metadata)
    return [service.name async for answer in call for service in answer.list_services_response.service]


async def test_reflection_needs_the_token(generator: Generator) -> None:
    client = await generator(GENERATOR_TOKEN=TOKEN)
    assert SERVICE in await _services(client, (("authorization", f"Bearer {TOKEN}"),))
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await _services(client)
    assert raised.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_an_oversized_request_is_rejected(generator: Generator, provider: Provider) -> None:
    client = await generator()
    failure = await client.fail("relic", count=1, theme="x" * (MAX_REQUEST_BYTES + 1))
    assert failure.status is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert provider.calls == []


async def test_the_key_is_sent_to_the_provider(generator: Generator, provider: Provider) -> None:
    client = await generator()
    await client.generate("relic", count=1)
    assert {call.headers["authorization"] for call in provider.calls} == {"Bearer sk-a-very-secret-key"}
