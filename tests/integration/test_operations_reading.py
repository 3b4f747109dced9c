"""What the people on call read, on a real Redis with a user that may not write."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from redis import Redis

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.adapter.silent_meter import SilentMeter
from chalicelib.bootstrap import assemble
from chalicelib.domain.drain import Drain
from chalicelib.domain.error import StoreUnavailable
from chalicelib.domain.quota import UNLIMITED
from chalicelib.domain.timing import Timing
from chalicelib.operations import handler
from chalicelib.operations.operation import READS
from chalicelib.service.assembly import Limits, Parts
from chalicelib.service.operations import assembly
from chalicelib.service.operations.assembly import Operations
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.generator import FakeGenerator
from tests.fake.history_store import MemoryHistoryStore
from tests.fake.job_queue import FakeJobQueue
from tests.fake.queue_admin import MemoryQueueAdmin
from tests.fake.webhook_parts import no_webhooks
from tests.integration.contract.stored_job import claimed
from tests.redis_server import RedisServer

TIMING = Timing()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as running:
        with Redis.from_url(running.url) as admin:
            admin.execute_command("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@all", "-@write", "-@admin")
        yield running


@pytest.fixture
async def writer(server: RedisServer) -> AsyncIterator[RedisDatabase]:
    database = _database(server.url)
    yield database
    await database.close()


@pytest.fixture
async def reader(server: RedisServer) -> AsyncIterator[RedisDatabase]:
    database = _database(server.url.replace("redis://", "redis://reader:secret@"))
    yield database
    await database.close()


def _database(url: str) -> RedisDatabase:
    client = redis_client.connect(url, max_connections=8, timeout_s=60)
    return RedisDatabase(RedisConnection(client, client, patience_s=120), TIMING.job_ttl_s)


def _operations(database: RedisDatabase, letters: MemoryQueueAdmin) -> Operations:
    documents, queue = MemoryDocumentStore(), FakeJobQueue()
    ports: dict[str, Any] = {
        "database": database,
        "queue": queue,
        "generator": FakeGenerator(),
        "documents": documents,
        "history": MemoryHistoryStore(documents),
        "webhooks": no_webhooks(),
        "timing": TIMING,
    }
    services = assemble(**ports)
    usual: dict[str, Any] = {"price": None, "meter": SilentMeter(), "jitter": max, "clock": lambda: 1_900_000_000}
    parts = Parts(**ports, **usual, limits=Limits(quota=UNLIMITED))
    return assembly.operations(parts, {"jobs": letters}, services.reading, services.submission)


@pytest.mark.parametrize("operation", READS)
async def test_every_read_works_for_a_user_that_may_not_write(
    writer: RedisDatabase, reader: RedisDatabase, operation: str
) -> None:
    """So the function that reads uses only read-only commands: the right to read gives no right to change."""
    job = await claimed(writer.jobs)
    await writer.index.note_dead(job.id)
    await writer.drains.start(Drain(by="me", reason="a test", began_at=0, ends_at=9_999_999_999_999))
    letters = MemoryQueueAdmin()
    letter = letters.bury("one")
    arguments = {"inspect": {"job_id": job.id}, "dead_show": {"letter_id": letter}, "quota": {"owner": job.owner}}
    event = {"operation": operation, "arguments": arguments.get(operation, {})}
    answer = await handler.read(_operations(reader, letters), event)
    assert answer.keys() == {"answer"}, answer


async def test_that_user_may_really_not_write(reader: RedisDatabase) -> None:
    with pytest.raises(StoreUnavailable):
        await reader.drains.end()
