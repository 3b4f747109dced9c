"""The local stack as `make stack` starts it, in a separate folder."""

import uuid
from collections.abc import Iterator

import pytest

from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from tests.e2e.api import Api
from tests.e2e.environment import own_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    environment = own_stack(tmp_path_factory.mktemp("stack"), OFFLINE_LLM_LATENCY_S="0.02")
    with LocalStack(StackSettings.read(environment)) as running:
        yield running


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack that requires tokens and allows two unfinished jobs per owner."""
    limits = {
        "AUTH_MODE": "jwt",
        "MAX_ACTIVE_JOBS": "2",
        "MAX_SUBMISSIONS_PER_MINUTE": "1000",
        "TOKEN_REQUESTS_PER_MINUTE": "100000",
        "TOKEN_POSTS_PER_MINUTE": "100000",
    }
    environment = own_stack(tmp_path_factory.mktemp("guarded"), OFFLINE_LLM_LATENCY_S="0.05", **limits)
    with LocalStack(StackSettings.read(environment)) as running:
        yield running


@pytest.fixture
def api(stack: LocalStack) -> Iterator[Api]:
    with Api(stack.urls.api) as client:
        yield client


@pytest.fixture
def newcomer(guarded: LocalStack) -> Iterator[Api]:
    """A caller without jobs. Those that other tests have left may still run, so lists of others change at any time."""
    with Api(guarded.urls.api, guarded.token(str(uuid.uuid4()))) as client:
        yield client
