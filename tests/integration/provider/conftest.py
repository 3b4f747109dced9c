"""A provider that misbehaves, the whole system with it, and new generators that have learned nothing about it yet."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import grpc.aio
import pytest

from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from tests.e2e.api import Api
from tests.e2e.environment import own_stack
from tests.integration.generator.client import Client
from tests.integration.generator.conftest import running
from tests.integration.provider.case import Case
from tests.integration.provider.run import Outcome, finished, run_name, submit
from tests.integration.provider.server import Provider

#: Case → how its job ended.
Board = Callable[[Case], Outcome]
#: fresh(**settings) → a client of a generator that has made no call yet.
Fresh = Callable[..., Awaitable[Client]]

_NO_QUOTA = {"MAX_ACTIVE_JOBS": "100000", "MAX_SUBMISSIONS_PER_MINUTE": "100000"}


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider() as server:
        yield server


@pytest.fixture(scope="session")
def stack(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    own = {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-a-very-secret-key", "WORKER_CONCURRENCY": "4"}
    environment = own_stack(tmp_path_factory.mktemp("provider"), **own, **_NO_QUOTA)
    with LocalStack(StackSettings.read(environment)) as running_stack:
        yield running_stack


@pytest.fixture(scope="session")
def board(request: pytest.FixtureRequest, stack: LocalStack, provider: Provider) -> Iterator[Board]:
    """Runs the jobs of all selected cases at the same time, since they mostly wait."""
    cases = {case.name: case for item in request.session.items if (case := _case_of(item)) is not None}
    with Api(stack.urls.api) as api:
        jobs = {name: _started(api, provider, case) for name, case in cases.items()}
        yield lambda case: finished(api, provider, *jobs[case.name])


def _case_of(item: pytest.Item) -> Case | None:
    if not isinstance(item, pytest.Function) or "board" not in item.fixturenames:
        return None
    case = item.callspec.params["case"]
    assert isinstance(case, Case)
    return case


def _started(api: Api, provider: Provider, case: Case) -> tuple[str, str]:
    run = run_name(case)
    return run, submit(api, provider, case, run)


@pytest.fixture
async def fresh(provider: Provider) -> AsyncIterator[Fresh]:
    async with AsyncExitStack() as stack:

        async def start(**settings: str) -> Client:
            environment = {
                "OPENAI_API_KEY": "sk-a-very-secret-key",
                "OPENAI_BASE_URL": provider.url,
                "GENERATOR_PORT": "0",
                "DRAIN_S": "1",
            }
            address = await stack.enter_async_context(running(environment | settings))
            return Client(await stack.enter_async_context(grpc.aio.insecure_channel(address)))

        yield start
