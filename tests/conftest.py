"""Fixtures for all tests: a real Redis, AWS endpoints and a clock."""

import asyncio
import gc
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import chain

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from local.stack import redis_server
from local.stack.aws_resource import Queues
from local.stack.tcp_port import assign_ports
from tests.backend import BACKENDS, Backend, Backends, UseBackend
from tests.capability import table
from tests.clock import FakeClock
from tests.virtual_time import VirtualTimeLoop

pytest.register_assert_rewrite("tests.lambda_emulator.acceptance")
# Hypothesis measures real time, so on a busy machine its limits would fail tests that find nothing.
hypothesis.settings.register_profile(
    "patient", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")
# Collection allocates much and frees little, and its objects live until the end: the garbage collector finds nothing.
gc.disable()
#: For the summary, which has no fixtures.
_BACKENDS = pytest.StashKey[Backends]()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis: the one at REDIS_URL, or a server that is started for this session."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    port, folder = assign_ports(["redis"], {})["redis"], tmp_path_factory.mktemp("redis")
    command = redis_server.server_argv(redis_server.find_binary(), port, folder)
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            deadline = time.monotonic() + 120
            while not redis_server.answers(port):
                assert time.monotonic() < deadline, "Redis did not start"
                time.sleep(0.02)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.kill()


@pytest.fixture(scope="session")
def backends(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Backends]:
    """All endpoints stay up for the whole session. A test selects one by a variable, without a new server."""
    with Backends(tmp_path_factory.mktemp("aws")) as found:
        pytestconfig.stash[_BACKENDS] = found
        yield found


@pytest.fixture
def use_backend(backends: Backends, monkeypatch: pytest.MonkeyPatch) -> UseBackend:
    """Set this process's environment to an AWS endpoint. Skip the test if a capability that it needs is missing.

    The environment is restored after the test: the next one may use another endpoint, or none.
    """

    def use(name: str, *needed: str) -> Backend:
        found = backends[name]
        for variable, value in found.environment().items():
            monkeypatch.setenv(variable, value)
        for capability in needed:
            if reason := found.capabilities.missing(capability):
                pytest.skip(f"{found.name} has no {capability}: {reason}")
        return found

    return use


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, use_backend: UseBackend) -> Backend:
    """Each AWS endpoint in turn, if it has the capabilities in the test's `needs` marker."""
    needed = [capability for marker in request.node.iter_markers("needs") for capability in marker.args]
    return use_backend(request.param, *needed)


@pytest.fixture
def aws(backend: Backend, use_backend: UseBackend) -> Queues:
    """The stack's queues and its table, on each endpoint in turn."""
    return use_backend(backend.name, "dynamodb").queues()


#: Folders with tests that take long, the longest first.
LONG = ("infra", "acceptance", "chaos", "e2e", "integration/provider", "integration/local")
#: Those whose tests share a system that is costly to start. The files below have a system of their own.
SHARED_SYSTEMS = ("infra", "acceptance/operations", "acceptance/real_llm", "chaos", "e2e", "integration/provider")
_OWN_SYSTEM = {
    "chaos": ("deadlines", "library", "redis", "redis_failover", "spending", "webhooks"),
    "e2e": ("ops",),
}
_SEPARATE = {f"tests/{folder}/test_{name}.py" for folder, names in _OWN_SYSTEM.items() for name in names}

#: Folders whose async tests run on a virtual clock.
VIRTUAL_TIME = ("unit", "property", "simulation")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Under `pytest -n`, one process runs a whole file, or all files of a folder that shares a system."""
    return _SystemScheduling(config, log)


class _SystemScheduling(LoadScopeScheduling):  # type: ignore[misc]  # it is not typed
    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if path.startswith("tests/simulation/"):  # its tests share nothing and take long
            return nodeid
        if path in _SEPARATE:
            return path
        return next((folder for folder in SHARED_SYSTEMS if path.startswith(f"tests/{folder}/")), path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with what takes longest (`--no-loadscope-reorder` keeps this order). Keep unit tests off the network.

    The coverage of `simulation` and `property` is not measured: that would make them twice as slow, and other tests
    cover the same code.
    """
    items.sort(key=lambda item: [not _is_in(item, folder) for folder in LONG])
    for item in items:
        if _is_in(item, "unit"):
            item.add_marker(pytest.mark.disable_socket)
        if _is_in(item, "simulation") or _is_in(item, "property"):
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """Keep the garbage collector away from the collected tests, which it would traverse again and again.

    It runs less often than by default, which saves an eighth of the CPU time of the unit tests.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def _is_in(item: pytest.Item, folder: str) -> bool:
    return item.nodeid.startswith(f"tests/{folder}/")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(capability, ...): what the AWS endpoint must offer; see tests/capability.py"
    )


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The event loop of each async test. Its clock is virtual in the folders that must not depend on real time."""
    if any(_is_in(item, folder) for folder in VIRTUAL_TIME):
        return {"virtual time": VirtualTimeLoop}
    return {"real time": asyncio.new_event_loop}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found = {backend.name: backend.capabilities.found for backend in config.stash.get(_BACKENDS, ())}
    if any(found.values()):
        terminalreporter.section("AWS endpoints")
        for line in table(found):
            terminalreporter.line(line)
    reports = chain.from_iterable(terminalreporter.stats.values())
    if any(getattr(report, "nodeid", "").startswith("tests/e2e/test_snippets.py") for report in reports):
        from tests.snippet.summary import summary

        terminalreporter.section("snippets of the documents")
        for line in summary():
            terminalreporter.line(line)
