"""The databases that the contract suites run on: the fakes, a real Redis, a real Redis in cluster mode, every DynamoDB.

Cluster mode refuses commands with keys in several slots, as ElastiCache Serverless does.
"""

import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from redis import Redis

from chalicelib.adapter import redis_client
from chalicelib.adapter.dynamodb_documents import DynamoDbDocumentStore
from chalicelib.adapter.dynamodb_table import LIBRARY
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.port.averages import Averages
from chalicelib.port.drain_switch import DrainSwitch
from chalicelib.port.idempotency_keys import IdempotencyKeys
from chalicelib.port.job_database import JobDatabase
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from chalicelib.port.quota_ledger import QuotaLedger
from local.stack import redis_server
from local.stack.tcp_port import assign_ports
from tests.backend import BACKENDS, UseBackend
from tests.clock import FakeClock
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.memory_database import MemoryDatabase
from tests.integration.contract.stored_document import Clock, Library
from tests.integration.contract.stored_job import TIMING

CountWaits = Callable[[], int]


@pytest.fixture(params=["memory", "redis", "redis-cluster"])
async def database(request: pytest.FixtureRequest, clock: FakeClock) -> AsyncIterator[JobDatabase]:
    if request.param == "memory":
        yield MemoryDatabase(clock.now_ms)
        return
    cluster = request.param == "redis-cluster"
    url = request.getfixturevalue("redis_cluster_url" if cluster else "redis_url")
    client = redis_client.connect(url, max_connections=8, timeout_s=60, cluster=cluster)
    waiting = redis_client.connect(url, max_connections=8, timeout_s=60, cluster=cluster)
    await client.delete("jobs:unfinished")
    database = RedisDatabase(RedisConnection(client, waiting, now_ms=clock.now_ms, patience_s=120), TIMING.job_ttl_s)
    yield database
    await database.close()


@pytest.fixture(params=["memory", *BACKENDS])
def library(request: pytest.FixtureRequest, use_backend: UseBackend) -> Library:
    clock = Clock()
    if request.param == "memory":
        return Library(MemoryDocumentStore(clock), clock)
    use_backend(request.param, "dynamodb").queues()  # and the tables
    return Library(DynamoDbDocumentStore(LIBRARY.name, clock), clock)


@pytest.fixture
def count_waits(database: JobDatabase, request: pytest.FixtureRequest) -> CountWaits:
    """Counts the waits for an event that are in progress at the server."""
    if isinstance(database, MemoryDatabase):
        return lambda: database.server.waiting
    cluster = request.node.callspec.params["database"] == "redis-cluster"
    url = request.getfixturevalue("redis_cluster_url" if cluster else "redis_url")

    def count() -> int:
        with Redis.from_url(url) as operator:
            about: Any = operator.info("clients")
            return int(about["blocked_clients"])

    return count


@pytest.fixture
def jobs(database: JobDatabase) -> JobStore:
    return database.jobs


@pytest.fixture
def index(database: JobDatabase) -> JobIndex:
    return database.index


@pytest.fixture
def quotas(database: JobDatabase) -> QuotaLedger:
    return database.quotas


@pytest.fixture
def keys(database: JobDatabase) -> IdempotencyKeys:
    return database.keys


@pytest.fixture
async def drains(database: JobDatabase) -> AsyncIterator[DrainSwitch]:
    yield database.drains
    await database.drains.end()


@pytest.fixture
def averages(database: JobDatabase) -> Averages:
    return database.averages


@pytest.fixture(scope="session")
def redis_cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One node with all the slots."""
    ports, folder = assign_ports(["redis", "bus"], {}), tmp_path_factory.mktemp("redis-cluster")
    command = redis_server.server_argv(redis_server.find_binary(), ports["redis"], folder)
    command += ["--cluster-enabled", "yes", "--cluster-port", str(ports["bus"])]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _until(lambda: redis_server.answers(ports["redis"]))
            with Redis(port=ports["redis"], decode_responses=True) as node:
                node.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
                _until(lambda: node.execute_command("CLUSTER INFO")["cluster_state"] == "ok")
            yield f"redis://127.0.0.1:{ports['redis']}/0"
        finally:
            server.kill()


def _until(holds: Callable[[], bool], timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "the cluster did not start"
        time.sleep(0.02)
