"""A local stack that tests may damage."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from tests.chaos.provider import Provider
from tests.chaos.report import Report
from tests.e2e.api import Api
from tests.e2e.environment import own_stack


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    figures = Report()
    yield figures
    figures.write()


def stack_settings(folder: Path, **variables: str) -> StackSettings:
    """Two workers with one batch each, as on Lambda: one can take over from the other."""
    own = {"OFFLINE_LLM_LATENCY_S": "0.3", "WORKER_CONCURRENCY": "2", "WORKER_PROCESSES": "2"}
    return StackSettings.read(own_stack(folder, **own | variables))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One stack for all tests that leave it in working order."""
    with LocalStack(stack_settings(tmp_path_factory.mktemp("chaos"))) as running:
        yield running


@pytest.fixture
def api(stack: LocalStack) -> Iterator[Api]:
    with Api(stack.urls.api) as client:
        yield client


@pytest.fixture
def provider(stack: LocalStack) -> Iterator[Provider]:
    """The stack's provider, without faults before and after each test, and with its calls counted from 0."""
    assert stack.urls.llm is not None
    provider = Provider(stack.urls.llm)
    provider.be()
    provider.wait_until_idle()
    provider.forget()
    yield provider
    provider.be()
