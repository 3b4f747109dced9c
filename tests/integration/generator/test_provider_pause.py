"""The worker's side is told when the provider has asked the generator for a pause."""

import grpc.aio

from chalicelib.adapter.grpc_generator import GrpcGenerator
from tests.integration.generator.client import Client
from tests.integration.generator.conftest import ENVIRONMENT, running
from tests.integration.generator.provider import Provider, Status


async def test_a_pause_is_told_without_a_token(provider: Provider) -> None:
    environment = ENVIRONMENT | {"OPENAI_BASE_URL": provider.url, "GENERATOR_TOKEN": "a-token-that-nobody-guesses"}
    async with running(environment) as address, grpc.aio.insecure_channel(address) as channel:
        generator = GrpcGenerator(address)
        assert await generator.provider_pause_s() == 0
        provider.always(Status(429, retry_after="300"))
        await Client(channel, "a-token-that-nobody-guesses").fail("character", count=1)
        assert 0 < await generator.provider_pause_s() <= 300
        await generator.ping()
