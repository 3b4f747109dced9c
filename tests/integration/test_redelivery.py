"""At-least-once delivery in bulk, on a real Redis."""

import asyncio
import random
from collections import Counter

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.bootstrap import Services, assemble
from chalicelib.domain.job import Job
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.timing import Timing
from generator_service.registry import load_kinds
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.generator import FakeGenerator, stages_of
from tests.fake.history_store import MemoryHistoryStore
from tests.fake.job_queue import FakeJobQueue
from tests.fake.webhook_parts import no_webhooks
from tests.unit.chalicelib.system import OWNER, message

JOBS = 300
WORKERS = 4
BATCH = 10


async def test_each_of_many_jobs_is_done_once_if_its_message_is_delivered_twice(redis_url: str) -> None:
    client = redis_client.connect(redis_url, max_connections=32, timeout_s=120)
    database = RedisDatabase(RedisConnection(client, client, patience_s=120), Timing().job_ttl_s)
    generator = FakeGenerator(stage_s=0)

    def process() -> Services:
        return assemble(
            database=database,
            queue=FakeJobQueue(),
            generator=generator,
            documents=MemoryDocumentStore(),
            history=MemoryHistoryStore(MemoryDocumentStore()),
            webhooks=no_webhooks(),
            timing=Timing(),
        )

    jobs = await _submitted(process())
    deliveries = [job.id for job in jobs] * 2
    random.Random(7).shuffle(deliveries)
    batches = [deliveries[n : n + BATCH] for n in range(0, len(deliveries), BATCH)]
    failed = await asyncio.gather(*(_work_off(process(), batches) for _ in range(WORKERS)))
    assert sum(failed) == 0

    ended = [await database.jobs.read(job.id) for job in jobs]
    assert Counter((job.status.value, job.attempt) for job in ended if job) == {("completed", 1): JOBS}
    assert set(generator.started.values()) == {1}
    assert sum(generator.started.values()) == JOBS * len(stages_of(load_kinds()["relic"]))
    await database.close()


async def _submitted(services: Services) -> list[Job]:
    request = JobRequest.parse(OWNER, {"type": "generate_relics", "payload": {"count": 1}}, Timing())
    return [(await services.submission.submit(request)).job for _ in range(JOBS)]


async def _work_off(services: Services, batches: list[list[str]]) -> int:
    """Let one worker handle batches until none is left. Return how many messages it gave back."""
    failed = 0
    while batches:
        failed += len(await services.worker.work([message(job_id) for job_id in batches.pop()]))
    return failed
