"""Benches for the event source, and one stack for all tests that leave it running."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from tests.backend import Backend
from tests.e2e.environment import own_stack
from tests.integration.local.bench import LocalBench


@pytest.fixture
def make_bench(backend: Backend, tmp_path: Path) -> Callable[..., LocalBench]:
    """On AWS's own runtime client by default."""
    return partial(LocalBench, tmp_path)


@pytest.fixture
def bench(make_bench: Callable[..., LocalBench]) -> LocalBench:
    """No message is delivered again while the test runs."""
    return make_bench()


@pytest.fixture(scope="session")
def stack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared-stack")


@pytest.fixture(scope="session")
def stack(stack_folder: Path) -> Iterator[LocalStack]:
    # A message that a killed program has received stays hidden. Here it is sent again after a second.
    quick = {"OFFLINE_LLM_LATENCY_S": "0.02", "RECOVERY_INTERVAL_S": "1", "RESEND_AFTER_S": "1"}
    with LocalStack(StackSettings.read(own_stack(stack_folder, **quick))) as running:
        yield running
