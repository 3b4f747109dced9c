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
from chalicelib.adapter.dynamodb_history import DynamoDbHistoryStore
from chalicelib.adapter.dynamodb_webhooks import DynamoDbWebhookStore
from chalicelib.adapter.late_generator import LateGenerator
from chalicelib.adapter.late_webhook_client import LateWebhookClient
from chalicelib.adapter.public_resolver import PublicResolver
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.adapter.silent_meter import SilentMeter
from chalicelib.adapter.sqs_notification_queue import SqsNotificationQueue
from chalicelib.adapter.sqs_queue import SqsJobQueue
from chalicelib.domain.dead_letter import JOBS_QUEUE
from chalicelib.domain.price import Price
from chalicelib.domain.retry import Jitter
from chalicelib.domain.spending import DAY_S
from chalicelib.domain.timing import Timing
from chalicelib.domain.webhook_schedule import WebhookSchedule
from chalicelib.port.document_store import DocumentStore
from chalicelib.port.generator import Generator
from chalicelib.port.history_store import HistoryStore
from chalicelib.port.job_database import JobDatabase
from chalicelib.port.job_queue import JobQueue
from chalicelib.port.meter import Meter
from chalicelib.port.verifier import Verifier
from chalicelib.port.webhook_client import WebhookClient
from chalicelib.service import assembly
from chalicelib.service.assembly import Limits, Parts, WebhookParts
from chalicelib.service.budgeting import Budgeting
from chalicelib.service.estimating import Estimating
from chalicelib.service.full_window import Clock
from chalicelib.service.health import Health
from chalicelib.service.history import History
from chalicelib.service.library import Library
from chalicelib.service.listing import Listing
from chalicelib.service.reading import MAX_WAIT_S, Reading
from chalicelib.service.recovery import Recovery
from chalicelib.service.resolving import Resolving
from chalicelib.service.sharing import Sharing
from chalicelib.service.submission import Submission
from chalicelib.service.webhook_sending import WebhookSending
from chalicelib.service.webhooks import Webhooks
from chalicelib.service.worker import Worker
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.adapter.grpc_generator import GrpcGenerator
    from chalicelib.adapter.sqs_queue_admin import QueuePair
    from chalicelib.service.operations.assembly import Operations

#: Time-out of the connections for blocking reads: longer than the longest such read.
_BLOCKING_TIMEOUT_S = MAX_WAIT_S + 5.0


@dataclass(frozen=True, slots=True)
class Services:
    submission: Submission
    resolving: Resolving
    reading: Reading
    listing: Listing
    recovery: Recovery
    worker: Worker
    health: Health
    library: Library
    sharing: Sharing
    history: History
    budgeting: Budgeting
    webhooks: Webhooks
    timing: Timing
    #: None if this deployment sends no webhooks.
    webhook_sending: WebhookSending | None = None
    #: The part of the API's addresses before the routes, for links in webhooks.
    base_path: str = ""
    #: None if no prices are set.
    price: Price | None = None
    #: None if all callers are anonymous.
    verifier: Verifier | None = None


def assemble(
    *,
    database: JobDatabase,
    queue: JobQueue,
    generator: Generator,
    documents: DocumentStore,
    history: HistoryStore,
    webhooks: WebhookParts,
    timing: Timing,
    limits: Limits | None = None,
    verifier: Verifier | None = None,
    price: Price | None = None,
    meter: Meter | None = None,
    jitter: Jitter = random.uniform,
    clock: Clock = time.time,
    base_path: str = "",
) -> Services:
    """Assemble the services from these adapters. Production, tests and simulations all use this function."""
    parts = Parts(
        database=database,
        queue=queue,
        generator=generator,
        documents=documents,
        history=history,
        webhooks=webhooks,
        timing=timing,
        limits=limits or Limits(),
        price=price,
        meter=meter or SilentMeter(),
        jitter=jitter,
        clock=clock,
    )
    return _services(parts, verifier, base_path)


def _services(parts: Parts, verifier: Verifier | None, base_path: str) -> Services:
    database, limits = parts.database, parts.limits
    notifying = assembly.notifying(parts)
    archive = assembly.archive(parts, notifying)
    webhooks = assembly.webhooks(parts, notifying)
    recovery = assembly.recovery(parts, archive)
    budgeting = Budgeting(Estimating(database.averages).expected, limits.job_tokens)
    resolving = Resolving(parts.documents)
    library = Library(parts.documents, parts.now_ms, limits.max_pieces)
    return Services(
        submission=assembly.submission(parts, budgeting, resolving, webhooks),
        resolving=resolving,
        reading=Reading(database.jobs, recovery, parts.timing, max_waiters=limits.max_waiters, meter=parts.meter),
        listing=Listing(database.index, recovery),
        recovery=recovery,
        worker=assembly.worker(parts, recovery, archive, notifying),
        health=Health(
            {"redis": database.jobs.ping, "queue": parts.queue.ping, "generator": parts.generator.ping}, database.drains
        ),
        library=library,
        sharing=Sharing(library, parts.documents, parts.now_ms),
        history=History(parts.history, parts.clock),
        budgeting=budgeting,
        webhooks=webhooks,
        webhook_sending=assembly.webhook_sending(parts),
        base_path=base_path,
        timing=parts.timing,
        price=parts.price,
        verifier=verifier,
    )


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


def webhook_parts(settings: Settings) -> WebhookParts:
    queue_url, dead_letter_url = settings.webhooks_queue_url, settings.webhooks_dlq_url
    return WebhookParts(
        store=DynamoDbWebhookStore(settings.library_table),
        client=LateWebhookClient(lambda: _webhook_client(allow_local=settings.webhook_allow_local)),
        queue=SqsNotificationQueue(queue_url, dead_letter_url) if queue_url and dead_letter_url else None,
        schedule=WebhookSchedule(settings.webhook_delays_s),
        allow_local=settings.webhook_allow_local,
    )


def _webhook_client(*, allow_local: bool) -> WebhookClient:
    from chalicelib.adapter.webhook_client import HttpWebhookClient  # h11 and TLS; only one function needs them

    return HttpWebhookClient(PublicResolver(allow_local=allow_local))


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_attempts=settings.max_attempts,
        max_waiters=settings.max_waiters,
        quota=settings.quota,
        max_budget=settings.job_token_budget,
        daily_stop=settings.daily_token_stop,
        max_pieces=settings.most_pieces,
    )


def _parts(settings: Settings) -> Parts:
    return Parts(
        database=redis_database(settings),
        queue=SqsJobQueue(settings.jobs_queue_url),
        generator=grpc_generator(settings),
        documents=DynamoDbDocumentStore(settings.library_table),
        history=DynamoDbHistoryStore(settings.history_table, settings.library_table, settings.history_days * DAY_S),
        webhooks=webhook_parts(settings),
        timing=settings.timing,
        limits=_limits(settings),
        price=settings.price,
        meter=emf_meter(settings) if settings.stage else SilentMeter(),
        jitter=random.uniform,
        clock=time.time,
    )


def build(environment: Mapping[str, str]) -> Services:
    """Build the services from this environment. Raises `SettingsError`."""
    settings = Settings.read(environment)
    verifier = jwt_verifier(settings) if settings.auth_mode == "jwt" else None
    return _services(_parts(settings), verifier, settings.api_base_path or "")


def build_operations(environment: Mapping[str, str]) -> "Operations":
    """The same for the functions of the people on call."""
    from chalicelib.adapter.sqs_queue_admin import SqsQueueAdmin  # no other function needs these
    from chalicelib.service.operations import assembly

    settings = Settings.read(environment)
    parts = _parts(settings)
    services = _services(parts, None, "")
    queues = {pair.name: SqsQueueAdmin(pair) for pair in _queues(settings)}
    return assembly.operations(parts, queues, services.reading, services.submission)


def _queues(settings: Settings) -> "list[QueuePair]":
    """Every queue that has a dead-letter queue."""
    from chalicelib.adapter.sqs_queue_admin import QueuePair

    urls = {
        JOBS_QUEUE: (settings.jobs_queue_url, settings.jobs_dlq_url),
        "webhooks": (settings.webhooks_queue_url, settings.webhooks_dlq_url),
    }
    return [QueuePair(name, url, dead) for name, (url, dead) in urls.items() if url and dead]


@cache
def services() -> Services:
    """This process's services, built on first use. A Lambda sandbox keeps them between invocations."""
    return build(os.environ)


@cache
def operations() -> "Operations":
    """The same for the functions of the people on call."""
    return build_operations(os.environ)
