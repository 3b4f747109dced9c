"""What all tests share: a real Redis of their own, and a clock."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from moto.server import ThreadedMotoServer

from infra.local import redis_server
from infra.local.aws_resource import Queues, ResourceMaker
from infra.local.port import assign
from tests.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis: the one of REDIS_URL, or a server of our own."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    port, folder = assign(["redis"], {})["redis"], tmp_path_factory.mktemp("redis")
    command = redis_server.server_argv(redis_server.find_binary(), port, folder)
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            deadline = time.monotonic() + 10
            while not redis_server.answers(port):
                assert time.monotonic() < deadline, "Redis did not start"
                time.sleep(0.02)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.kill()


@pytest.fixture(scope="session")
def aws() -> Iterator[Queues]:
    """Queues and table on a real endpoint: the one of AWS_ENDPOINT_URL, or a moto server of our own.

    boto3 reads the environment, as it does in a Lambda.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
            patch.setenv(name, os.environ.get(name, value))
        patch.setenv("AWS_DEFAULT_REGION", os.environ.get("AWS_DEFAULT_REGION", "us-east-1"))
        with _endpoint() as endpoint:
            patch.setenv("AWS_ENDPOINT_URL", endpoint)
            resources = ResourceMaker(endpoint, os.environ, jobs_visibility_s=900)
            resources.make()
            yield resources.queues


@contextmanager
def _endpoint() -> Iterator[str]:
    if given := os.environ.get("AWS_ENDPOINT_URL"):
        yield given
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
