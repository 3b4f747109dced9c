"""A local stack to be mistreated."""

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
    return StackSettings.read(own_stack(folder, **{"OFFLINE_LLM_LATENCY_S": "0.3"} | variables))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One for all tests that leave it as good as they found it."""
    with LocalStack(stack_settings(tmp_path_factory.mktemp("chaos"))) as running:
        yield running


@pytest.fixture
def api(stack: LocalStack) -> Iterator[Api]:
    with Api(stack.urls.api) as client:
        yield client


@pytest.fixture
def provider(stack: LocalStack) -> Iterator[Provider]:
    """In a good mood before and after each test, and counting from 0."""
    assert stack.urls.llm is not None
    moods = Provider(stack.urls.llm)
    moods.be()
    moods.wait_until_idle()
    moods.forget()
    yield moods
    moods.be()
