"""The composition root: the only place that chooses adapters and assembles the services."""

import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.adapter import redis_client
from chalicelib.adapter.dynamodb_documents import DynamoDbDocumentStore
from chalicelib.adapter.late_generator import LateGenerator
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.adapter.silent_meter import SilentMeter
from chalicelib.adapter.sqs_queue import SqsJobQueue
from chalicelib.domain.job import Job
from chalicelib.domain.job_type import Delivery
from chalicelib.domain.price import Price
from chalicelib.domain.quota import UNLIMITED, Quota
from chalicelib.domain.retry import Jitter
from chalicelib.domain.spending import MAX_BUDGET
from chalicelib.domain.timing import Timing
from chalicelib.port.document_store import DocumentStore
from chalicelib.port.generator import Generator
from chalicelib.port.job_database import JobDatabase
from chalicelib.port.job_queue import JobQueue
from chalicelib.port.meter import Meter
from chalicelib.port.verifier import Verifier
from chalicelib.service.admission import Admission
from chalicelib.service.budgeting import Budgeting
from chalicelib.service.claiming import Claiming
from chalicelib.service.delivery import deliver_result, deliver_world
from chalicelib.service.estimating import Estimating
from chalicelib.service.executor import Executor
from chalicelib.service.full_window import Clock
from chalicelib.service.health import Health
from chalicelib.service.lease import LeaseKeeper
from chalicelib.service.library import Library
from chalicelib.service.reading import MAX_WAIT_S, Reading
from chalicelib.service.recovery import Recovery
from chalicelib.service.sharing import Sharing
from chalicelib.service.submission import Submission
from chalicelib.service.worker import Worker
from chalicelib.settings import Settings
from foundation.json_value import Json

if TYPE_CHECKING:
    from chalicelib.adapter.grpc_generator import GrpcGenerator

#: Time-out of the connections for blocking reads: longer than the longest such read.
_BLOCKING_TIMEOUT_S = MAX_WAIT_S + 5.0


@dataclass(frozen=True, slots=True)
class Services:
    submission: Submission
    reading: Reading
    recovery: Recovery
    worker: Worker
    health: Health
    library: Library
    sharing: Sharing
    budgeting: Budgeting
    #: None if no prices are set.
    price: Price | None = None
    #: None if all callers are anonymous.
    verifier: Verifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    #: Attempts of one job.
    max_attempts: int = 3
    #: Long polls that one process holds at the same time.
    max_waiters: int = 64
    #: What one owner may submit and run.
    quota: Quota = UNLIMITED
    #: Tokens of one job.
    max_budget: int = MAX_BUDGET
    #: Tokens of all owners in a UTC day.
    daily_stop: int | None = None
    #: Pieces that one owner may have when adding one.
    max_pieces: int | None = None

    @property
    def job_tokens(self) -> int:
        """The largest budget of a job. A larger one would never be admitted."""
        return min(self.max_budget, self.quota.max_tokens or self.max_budget, self.daily_stop or self.max_budget)


def assemble(
    *,
    database: JobDatabase,
    queue: JobQueue,
    generator: Generator,
    documents: DocumentStore,
    timing: Timing,
    limits: Limits = Limits(),
    verifier: Verifier | None = None,
    price: Price | None = None,
    meter: Meter | None = None,
    jitter: Jitter = random.uniform,
    clock: Clock = time.time,
) -> Services:
    """Assemble the services from these adapters. Production, tests and simulations all use this function."""
    meter = meter or SilentMeter()
    jobs, index, quotas = database.jobs, database.index, database.quotas
    recovery = Recovery(jobs=jobs, index=index, quotas=quotas, queue=queue, timing=timing, meter=meter)
    worker = _worker(
        database, queue, generator, documents, recovery, timing=timing, quota=limits.quota, meter=meter, jitter=jitter
    )
    budgeting = Budgeting(Estimating(database.averages).expected, limits.job_tokens)
    admission = Admission(index, quotas, limits.quota, daily_stop=limits.daily_stop, meter=meter, clock=clock)
    library, sharing = _library(documents, clock, limits.max_pieces)
    return Services(
        submission=_submission(database, queue, admission, budgeting, timing=timing, limits=limits),
        reading=Reading(jobs, index, recovery, limits.max_waiters, meter),
        recovery=recovery,
        worker=worker,
        health=Health({"redis": jobs.ping, "queue": queue.ping, "generator": generator.ping}),
        library=library,
        sharing=sharing,
        budgeting=budgeting,
        price=price,
        verifier=verifier,
    )


def _library(documents: DocumentStore, clock: Clock, max_pieces: int | None) -> tuple[Library, Sharing]:
    def now_ms() -> int:
        return round(clock() * 1000)

    library = Library(documents, now_ms, max_pieces)
    return library, Sharing(library, documents, now_ms)


def _submission(
    database: JobDatabase,
    queue: JobQueue,
    admission: Admission,
    budgeting: Budgeting,
    *,
    timing: Timing,
    limits: Limits,
) -> Submission:
    return Submission(
        jobs=database.jobs,
        keys=database.keys,
        admission=admission,
        budgeting=budgeting,
        queue=queue,
        timing=timing,
        max_attempts=limits.max_attempts,
    )


def _worker(
    database: JobDatabase,
    queue: JobQueue,
    generator: Generator,
    documents: DocumentStore,
    recovery: Recovery,
    *,
    timing: Timing,
    quota: Quota,
    meter: Meter,
    jitter: Jitter,
) -> Worker:
    async def as_world(job: Job, written: Json) -> Json:
        return await deliver_world(documents, job, written)

    jobs, quotas = database.jobs, database.quotas
    leases = LeaseKeeper(jobs, timing)
    claiming = Claiming(
        jobs=jobs, quotas=quotas, queue=queue, recovery=recovery, timing=timing, quota=quota, meter=meter, jitter=jitter
    )
    executor = Executor(
        jobs=jobs,
        quotas=quotas,
        queue=queue,
        generator=generator,
        deliveries={Delivery.PIECES: deliver_result, Delivery.WORLD: as_world},
        claiming=claiming,
        leases=leases,
        estimating=Estimating(database.averages),
        timing=timing,
        meter=meter,
        jitter=jitter,
    )
    return Worker(executor, leases, recovery, meter)


def jwt_verifier(settings: Settings) -> Verifier:
    """The verifier for AUTH_MODE=jwt."""
    from chalicelib.adapter.jwt_verifier import JwtVerifier, jwks_key, static_key  # cryptography is slow to load

    key_of = (
        static_key(settings.jwt_key.get_secret_value()) if settings.jwt_key else jwks_key(settings.jwt_jwks_url or "")
    )
    return JwtVerifier(
        key_of=key_of,
        algorithms=settings.algorithms,
        issuer=settings.jwt_issuer or "",
        audience=settings.jwt_audience or "",
        audience_claim=settings.jwt_audience_claim,
    )


def emf_meter(settings: Settings) -> Meter:
    """The meter of a deployed stage."""
    from chalicelib.adapter.emf_meter import EmfMeter  # slow to load, and not needed locally

    return EmfMeter(settings.stage or "", settings.price)


def redis_database(settings: Settings) -> RedisDatabase:
    """The job database that these settings describe."""
    url = settings.redis_url.get_secret_value()
    failovers = redis_client.Failovers()
    client = redis_client.connect(
        url,
        max_connections=settings.redis_max_connections,
        timeout_s=settings.redis_timeout_s,
        cluster=settings.redis_cluster,
        failovers=failovers,
    )
    waiting = redis_client.connect(
        url,
        max_connections=max(1, settings.max_waiters),
        timeout_s=_BLOCKING_TIMEOUT_S,
        connect_timeout_s=settings.redis_timeout_s,
        retries=1,  # Redis may have dropped a connection that an idle Lambda kept
        cluster=settings.redis_cluster,
        failovers=failovers,
    )
    return RedisDatabase(RedisConnection(client, waiting, failovers=failovers), settings.timing.job_ttl_s)


def grpc_generator(settings: Settings) -> Generator:
    token = settings.generator_token
    return LateGenerator(lambda: load_grpc()(settings.generator_target, token.get_secret_value() if token else None))


def load_grpc() -> "type[GrpcGenerator]":
    """The client of the generator. gRPC is slow to load, and only the worker and /health need it."""
    from chalicelib.adapter.grpc_generator import GrpcGenerator

    return GrpcGenerator


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_attempts=settings.max_attempts,
        max_waiters=settings.max_waiters,
        quota=settings.quota,
        max_budget=settings.job_token_budget,
        daily_stop=settings.daily_token_stop,
        max_pieces=settings.most_pieces,
    )


def build(environment: Mapping[str, str]) -> Services:
    """Build the services from this environment. Raises `SettingsError`."""
    settings = Settings.read(environment)
    return assemble(
        database=redis_database(settings),
        queue=SqsJobQueue(settings.jobs_queue_url),
        generator=grpc_generator(settings),
        documents=DynamoDbDocumentStore(settings.library_table),
        timing=settings.timing,
        limits=_limits(settings),
        verifier=jwt_verifier(settings) if settings.auth_mode == "jwt" else None,
        price=settings.price,
        meter=emf_meter(settings) if settings.stage else None,
    )


@cache
def services() -> Services:
    """This process's services, built on first use. A Lambda sandbox keeps them between invocations."""
    return build(os.environ)
