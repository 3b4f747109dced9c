"""The composition root: the one place that chooses adapters and puts the services together."""

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from chalicelib.adapter import redis_client
from chalicelib.adapter.dynamodb_worlds import DynamoDbWorldStore
from chalicelib.adapter.grpc_generator import GrpcGenerator
from chalicelib.adapter.redis_store import RedisJobStore
from chalicelib.adapter.silent_meter import SilentMeter
from chalicelib.adapter.sqs_queue import SqsJobQueue
from chalicelib.domain.job import Job, Json
from chalicelib.domain.job_type import Delivery
from chalicelib.domain.quota import UNLIMITED, Quota
from chalicelib.domain.retry import Jitter
from chalicelib.domain.timing import Timing
from chalicelib.port import Generator, JobQueue, JobStore, Meter, Verifier, WorldStore
from chalicelib.service.delivery import deliver_result, deliver_world
from chalicelib.service.executor import Executor
from chalicelib.service.health import Health
from chalicelib.service.lease import LeaseKeeper
from chalicelib.service.reading import Reading
from chalicelib.service.recovery import Recovery
from chalicelib.service.submission import Submission
from chalicelib.service.worker import Worker
from chalicelib.settings import Settings

#: Connections for reads that block are dropped a little later than the longest of them.
_LONGEST_WAIT_S = 25.0


@dataclass(frozen=True, slots=True)
class Services:
    submission: Submission
    reading: Reading
    recovery: Recovery
    worker: Worker
    health: Health
    worlds: WorldStore
    #: None: callers are not told apart.
    verifier: Verifier | None = None


def assemble(
    *,
    store: JobStore,
    queue: JobQueue,
    generator: Generator,
    worlds: WorldStore,
    timing: Timing,
    max_attempts: int = 3,
    max_waiters: int = 64,
    quota: Quota = UNLIMITED,
    verifier: Verifier | None = None,
    meter: Meter | None = None,
    jitter: Jitter = random.uniform,
) -> Services:
    """The services on these adapters: the same ones in production, in tests and in simulations."""

    async def as_world(job: Job, written: Json) -> Json:
        return await deliver_world(worlds, job, written)

    meter = meter or SilentMeter()
    recovery = Recovery(store, queue, timing, meter)
    leases = LeaseKeeper(store, timing)
    executor = Executor(
        store=store,
        queue=queue,
        generator=generator,
        deliveries={Delivery.PIECES: deliver_result, Delivery.WORLD: as_world},
        leases=leases,
        recovery=recovery,
        timing=timing,
        quota=quota,
        meter=meter,
        jitter=jitter,
    )
    return Services(
        submission=Submission(store, queue, timing, max_attempts, quota),
        reading=Reading(store, recovery, max_waiters, meter),
        recovery=recovery,
        worker=Worker(executor, leases, recovery, meter),
        health=Health({"redis": store.ping, "queue": queue.ping, "generator": generator.ping}),
        worlds=worlds,
        verifier=verifier,
    )


def jwt_verifier(settings: Settings) -> Verifier:
    """The verifier of settings with AUTH_MODE=jwt."""
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
    from chalicelib.adapter.emf_meter import EmfMeter, Price  # slow to load, and of no use locally

    price = Price(settings.llm_prompt_usd_per_million, settings.llm_completion_usd_per_million)
    return EmfMeter(settings.stage or "", price)


def redis_store(settings: Settings, **options: Any) -> RedisJobStore:
    """The job store of these settings; `options` go to `RedisJobStore`."""
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
        timeout_s=_LONGEST_WAIT_S,
        connect_timeout_s=settings.redis_timeout_s,
        retries=1,  # a connection that an idle Lambda kept, and that Redis dropped meanwhile
        cluster=settings.redis_cluster,
        failovers=failovers,
    )
    return RedisJobStore(client, waiting, settings.timing.job_ttl_s, failovers=failovers, **options)


def grpc_generator(settings: Settings) -> GrpcGenerator:
    token = settings.generator_token
    return GrpcGenerator(settings.generator_target, token.get_secret_value() if token else None)


def build(environment: Mapping[str, str]) -> Services:
    """The services that this environment describes. Raises `SettingsError`."""
    settings = Settings.read(environment)
    return assemble(
        store=redis_store(settings),
        queue=SqsJobQueue(settings.jobs_queue_url),
        generator=grpc_generator(settings),
        worlds=DynamoDbWorldStore(settings.worlds_table),
        timing=settings.timing,
        max_attempts=settings.max_attempts,
        max_waiters=settings.max_waiters,
        quota=settings.quota,
        verifier=jwt_verifier(settings) if settings.auth_mode == "jwt" else None,
        meter=emf_meter(settings) if settings.stage else None,
    )


@cache
def services() -> Services:
    """The services of this process, made with the first use: a Lambda sandbox keeps them between its invocations."""
    return build(os.environ)
