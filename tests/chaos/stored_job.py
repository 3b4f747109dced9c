"""A job in a state that the API does not leave it in."""

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.bootstrap import assemble
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.domain.timing import Timing
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.generator import FakeGenerator
from tests.fake.history_store import MemoryHistoryStore
from tests.fake.job_queue import FakeJobQueue
from tests.fake.webhook_parts import no_webhooks


async def stored_but_not_queued(redis_url: str) -> str:
    """The id of a pending job without a message."""
    client = redis_client.connect(redis_url, max_connections=2, timeout_s=120)
    database = RedisDatabase(RedisConnection(client, client, patience_s=120), Timing().job_ttl_s)
    services = assemble(
        database=database,
        queue=FakeJobQueue(),
        generator=FakeGenerator(),
        documents=MemoryDocumentStore(),
        history=MemoryHistoryStore(MemoryDocumentStore()),
        webhooks=no_webhooks(),
        timing=Timing(),
    )
    accepted = await services.submission.submit(JobRequest.parse(ANONYMOUS, {"type": "generate_relics"}, Timing()))
    await database.close()
    return accepted.job.id
