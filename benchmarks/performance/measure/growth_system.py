"""A Redis with a number of stored jobs, and the services on it."""

import asyncio
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass

from benchmarks.performance.run import Run
from chalicelib.adapter import redis_client
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.adapter.silent_meter import SilentMeter
from chalicelib.domain import change
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Checkpoint, Job, Usage
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.quota import UNLIMITED
from chalicelib.domain.timing import Timing
from chalicelib.port.job_queue import JobQueue
from chalicelib.service.archive import Archive
from chalicelib.service.listing import Listing
from chalicelib.service.notifying import Notifying
from chalicelib.service.reading import Reading
from chalicelib.service.recovery import Recovery
from foundation.json_value import Json
from local.process.tether import tethered
from local.project import LOOPBACK
from local.stack import redis_server
from local.stack.tcp_port import assign_ports
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.history_store import MemoryHistoryStore
from tests.fake.webhook_parts import MemoryWebhookStore

#: The owner whose jobs are measured.
OWNER = "measured"
TOKEN = "worker"
#: So long that no job is stuck during the measurement.
TIMING = Timing(lease_s=600, resend_after_s=7200, job_deadline_s=7200, max_pending_s=7200)
PIECE: dict[str, Json] = {"name": "Ysolde Marrow", "description": "A tide clerk with two ledgers. " * 30, "details": {}}
#: About 3 KB.
RESULT: list[Json] = [PIECE] * 3
_LATER_MS = 1_000_000
#: How many jobs are stored at a time.
_TOGETHER = 8


@dataclass(frozen=True, slots=True)
class Size:
    """How much the database holds."""

    jobs: int
    owners: int
    #: Of these, the jobs of the measured owner.
    jobs_of_owner: int
    unfinished: int
    events: int
    result_pieces: int

    def times(self, growth: int) -> "Size":
        return Size(**{name: number * growth for name, number in asdict(self).items()})


class NoQueue:
    """`port.JobQueue` that drops every message."""

    async def send(self, job: Job, delay_s: float = 0) -> None: ...

    async def send_all(self, _jobs: Sequence[Job]) -> dict[str, QueueUnavailable]:
        return {}

    async def ping(self) -> None: ...


class System:
    def __init__(self, url: str) -> None:
        began_ms = _now_ms()
        connection = _connection(url)
        self.redis = connection.client
        self.database = RedisDatabase(connection, TIMING.job_ttl_s)
        #: By its clock, no job is old enough for a sweep to read it.
        self.earlier = RedisDatabase(_connection(url, lambda: began_ms), TIMING.job_ttl_s)
        #: By its clock, every job is old enough, and none is stuck.
        self.later = RedisDatabase(_connection(url, lambda: began_ms + _LATER_MS), TIMING.job_ttl_s)
        self.jobs, self.quotas = self.database.jobs, self.database.quotas
        self.early_sweep = _recovery(self.earlier).sweep
        self.late_sweep = _recovery(self.later).sweep
        self.reading = Reading(self.jobs, _recovery(self.database), TIMING, max_waiters=1, meter=SilentMeter())
        self.listing = Listing(self.database.index, _recovery(self.database))
        #: A job with as many events as the size says, and one with as large a result.
        self.long_job = self.large_job = ""

    async def create(self, owner: str = OWNER) -> Job:
        """Count, reserve and create, as a submission does."""
        job_id = str(uuid.uuid4())
        await self.quotas.count_submissions(owner, {job_id: 30_000}, UNLIMITED)
        await self.quotas.reserve_for_all({job_id: 30_000}, None)
        return await self.jobs.create(_new(job_id, owner), TIMING)

    async def claim(self, job: Job) -> None:
        await self.jobs.claim(job, TOKEN, TIMING)

    async def advance(self, job_id: str, item: int = 0) -> None:
        stage = Checkpoint(item, "appearance", {"appearance": PIECE["description"]}, Usage(1, 700, 200))
        await self.jobs.record(job_id, change.advance(TOKEN, 50, "Generated appearances...", stage, PIECE))

    async def complete(self, job_id: str, pieces: int = 3) -> None:
        await self.jobs.apply(job_id, change.complete(TOKEN, [PIECE] * pieces, []))
        await _archive(self.database).archive(job_id)

    async def fill(self, size: Size) -> None:
        """Store jobs until the database has this size."""
        owners = [OWNER] * size.jobs_of_owner
        owners += [f"owner-{number % size.owners}" for number in range(size.jobs - size.jobs_of_owner)]
        limit = asyncio.Semaphore(_TOGETHER)

        async def store(number: int, owner: str) -> None:
            async with limit:
                job = await self.create(owner)
                if number >= size.unfinished:
                    await self.claim(job)
                    await self.complete(job.id)

        await asyncio.gather(*(store(number, owner) for number, owner in enumerate(reversed(owners))))
        self.long_job, self.large_job = (await self._started()).id, (await self._started()).id
        for _ in range(size.events):
            await self.advance(self.long_job)
        await self.complete(self.large_job, size.result_pieces)
        # No sweep reads the only job with a lease: by the clock of the later sweeps, that lease has expired.
        await self.database.index.remove_unfinished(self.long_job)

    async def _started(self) -> Job:
        job = await self.create()
        await self.claim(job)
        return job

    async def close(self) -> None:
        for database in (self.database, self.earlier, self.later):
            await database.close()


@asynccontextmanager
async def system(run: Run, size: Size) -> AsyncIterator[System]:
    """A new Redis, filled to this size."""
    with _redis(run) as url:
        found = System(url)
        await found.fill(size)
        yield found
        await found.close()


@contextmanager
def _redis(run: Run) -> Iterator[str]:
    folder = run.new_folder("redis")
    port = assign_ports(["redis"], {})["redis"]
    argv = tethered(redis_server.server_argv(redis_server.find_binary(), port, folder))
    with (folder / "log").open("wb") as log, subprocess.Popen(argv, stdout=log, stderr=log) as process:
        try:
            while not redis_server.answers(port):
                time.sleep(0.05)
            yield f"redis://{LOOPBACK}:{port}/0"
        finally:
            process.terminate()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _connection(url: str, now_ms: Callable[[], int] | None = None) -> RedisConnection:
    client = redis_client.connect(url, max_connections=_TOGETHER, timeout_s=5)
    return RedisConnection(client, client, now_ms=now_ms)


def _archive(database: RedisDatabase) -> Archive:
    """Its library forgets everything: only Redis is measured."""
    return Archive(
        jobs=database.jobs,
        index=database.index,
        quotas=database.quotas,
        history=MemoryHistoryStore(MemoryDocumentStore()),
        notifying=Notifying(
            store=MemoryWebhookStore(), queue=None, deliveries=database.deliveries, job_ttl_s=TIMING.job_ttl_s
        ),
        price=None,
        meter=SilentMeter(),
    )


def _recovery(database: RedisDatabase) -> Recovery:
    queue: JobQueue = NoQueue()
    return Recovery(
        jobs=database.jobs,
        index=database.index,
        quotas=database.quotas,
        queue=queue,
        archive=_archive(database),
        timing=TIMING,
        meter=SilentMeter(),
    )


def _new(job_id: str, owner: str) -> NewJob:
    return NewJob(
        id=job_id,
        type="generate_characters",
        owner=owner,
        payload={"theme": "fantasy", "count": 3},
        max_attempts=3,
        root_id=job_id,
        token_budget=30_000,
    )
