"""A local stack that a reader may use."""

from collections.abc import Iterator

import pytest

from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from tests.e2e.environment import own_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    environment = own_stack(tmp_path_factory.mktemp("stack"), OFFLINE_LLM_LATENCY_S="0.02")
    with LocalStack(StackSettings.read(environment)) as running:
        yield running
