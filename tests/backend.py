"""The AWS endpoints that tests run on: emulators that the tests start, or the endpoint in AWS_ENDPOINT_URL."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from moto.server import ThreadedMotoServer

from local.process.tether import tethered
from local.project import LOOPBACK
from local.stack.aws_emulator import ministack_argv, ministack_environment
from local.stack.aws_resource import Queues, ResourceMaker
from local.stack.error import EmulatorMissing
from local.stack.moto_server import database, queue
from local.stack.tcp_port import assign_ports, is_listening
from tests.capability import Capabilities

#: The name of the endpoint in AWS_ENDPOINT_URL, about which nothing is assumed.
GIVEN = "given"
_EMULATORS = ("moto", "ministack")
_START_S = 120


def chosen(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The endpoints to test: AWS_ENDPOINT_URL, or the emulator in AWS_EMULATOR, or all emulators."""
    if environment.get("AWS_ENDPOINT_URL"):
        return (GIVEN,)
    name = environment.get("AWS_EMULATOR")
    if not name:
        return _EMULATORS
    if name not in _EMULATORS:
        raise ValueError(f"AWS_EMULATOR is {name!r}. It can be {' or '.join(_EMULATORS)}.")
    return (name,)


BACKENDS = chosen(os.environ)
#: For tests of our own programs that happen to use a queue: a second emulator would show nothing new.
first_backend_only = pytest.mark.parametrize("backend", BACKENDS[:1], indirect=True)


class Backend:
    """One endpoint. Its capabilities are probed, and its queues made, on first use."""

    def __init__(self, name: str, endpoint: str) -> None:
        self.name = name
        self.endpoint = endpoint
        self.capabilities = Capabilities()
        self._queues: Queues | None = None

    def queues(self) -> Queues:
        """The local stack's queues. Also makes its table."""
        if self._queues is None:
            resources = ResourceMaker(self.endpoint, os.environ, jobs_visibility_s=900)
            resources.make()
            self._queues = resources.queues
        return self._queues

    def environment(self) -> dict[str, str]:
        """Variables that boto3 reads, as in a Lambda. Credentials that are already set are kept."""
        usual = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
        return (
            usual
            | {name: os.environ[name] for name in usual if name in os.environ}
            | {"AWS_ENDPOINT_URL": self.endpoint}
        )


class Backends:
    """Every endpoint of this run, started when a test first asks for it. As a context manager, stops them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: dict[str, Backend] = {}
        self._servers = ExitStack()
        self._given = os.environ.get("AWS_ENDPOINT_URL", "")

    def __enter__(self) -> "Backends":
        return self

    def __exit__(self, *error: object) -> None:
        self._servers.close()

    def __iter__(self) -> Iterator[Backend]:
        return iter(self._started.values())

    def __getitem__(self, name: str) -> Backend:
        """Skip the test if the emulator is not installed."""
        if name not in self._started:
            self._started[name] = Backend(name, self._start(name))
        return self._started[name]

    def _start(self, name: str) -> str:
        match name:
            case "moto":
                return self._servers.enter_context(_moto())
            case "ministack":
                return self._servers.enter_context(_ministack(self._folder))
            case _:
                return self._given


#: Called with the name of an endpoint and the capabilities that are needed.
UseBackend = Callable[..., Backend]


@contextmanager
def _moto() -> Iterator[str]:
    queue.improve()  # as the stack does
    database.improve()
    server = ThreadedMotoServer(ip_address=LOOPBACK, port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        # Otherwise it would pull images for functions if Docker is installed. No test runs a function on moto.
        requests.post(
            f"{endpoint}/moto-api/config", json={"lambda": {"use_docker": False}}, timeout=120
        ).raise_for_status()
        yield endpoint
    finally:
        server.stop()


@contextmanager
def _ministack(folder: Path) -> Iterator[str]:
    try:
        argv = ministack_argv()
    except EmulatorMissing as error:
        pytest.skip(str(error))
    port = assign_ports(["aws"], {})["aws"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with (folder / "ministack.log").open("w") as log:
        server = subprocess.Popen(
            tethered(argv),
            env={**kept, **ministack_environment(port, folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + _START_S
        while not is_listening(port):
            assert server.poll() is None, (folder / "ministack.log").read_text()
            assert time.monotonic() < deadline, "ministack did not start"
            time.sleep(0.02)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
