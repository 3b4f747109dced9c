"""A job in a state that the API does not leave it in."""

from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.adapter.silent_meter import SilentMeter
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.domain.quota import UNLIMITED
from chalicelib.domain.spending import MAX_BUDGET
from chalicelib.domain.timing import Timing
from chalicelib.service.admission import Admission
from chalicelib.service.budgeting import Budgeting
from chalicelib.service.estimating import Estimating
from chalicelib.service.resolving import Resolving
from chalicelib.service.submission import Submission
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.job_queue import FakeJobQueue


async def stored_but_not_queued(redis_url: str) -> str:
    """The id of a pending job without a message."""
    client = redis_client.connect(redis_url, max_connections=2, timeout_s=120)
    database = RedisDatabase(RedisConnection(client, client, patience_s=120), Timing().job_ttl_s)
    submission = Submission(
        jobs=database.jobs,
        keys=database.keys,
        admission=Admission(database.index, database.quotas, UNLIMITED, daily_stop=None, meter=SilentMeter()),
        budgeting=Budgeting(Estimating(database.averages).expected, MAX_BUDGET),
        resolving=Resolving(MemoryDocumentStore()),
        queue=FakeJobQueue(),
        timing=Timing(),
        max_attempts=3,
    )
    accepted = await submission.submit(JobRequest.parse(ANONYMOUS, {"type": "generate_relics"}, Timing()))
    await database.close()
    return accepted.job.id
