"""Fixtures of the generator's unit tests."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.generator.scripted_provider import Provider


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider()
    yield provider
    await provider.client.aclose()
