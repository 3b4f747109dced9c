"""Assembles the services that need many ports. `bootstrap` chooses the adapters."""

from dataclasses import dataclass, field

from chalicelib.domain.job import Job
from chalicelib.domain.job_type import Delivery
from chalicelib.domain.price import Price
from chalicelib.domain.quota import UNLIMITED, Quota
from chalicelib.domain.retry import Jitter
from chalicelib.domain.spending import MAX_BUDGET
from chalicelib.domain.timing import Timing
from chalicelib.domain.webhook_schedule import WebhookSchedule
from chalicelib.port.document_store import DocumentStore
from chalicelib.port.generator import Generator
from chalicelib.port.history_store import HistoryStore
from chalicelib.port.job_database import JobDatabase
from chalicelib.port.job_queue import JobQueue
from chalicelib.port.meter import Meter
from chalicelib.port.notification_queue import NotificationQueue
from chalicelib.port.webhook_client import WebhookClient
from chalicelib.port.webhook_store import WebhookStore
from chalicelib.service.acceptance import Acceptance
from chalicelib.service.admission import Admission
from chalicelib.service.archive import Archive
from chalicelib.service.budgeting import Budgeting
from chalicelib.service.claiming import Claiming
from chalicelib.service.delivery import deliver_result, deliver_world
from chalicelib.service.estimating import Estimating
from chalicelib.service.executor import Deliver, Executor
from chalicelib.service.full_window import Clock
from chalicelib.service.lease import LeaseKeeper
from chalicelib.service.notifying import Notifying
from chalicelib.service.recovery import Recovery
from chalicelib.service.resolving import Resolving
from chalicelib.service.rewriting import Rewriting
from chalicelib.service.submission import Submission
from chalicelib.service.webhook_sending import WebhookSending
from chalicelib.service.webhooks import Webhooks
from chalicelib.service.worker import Worker
from foundation.json_value import Json


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
    #: An owner with this many pieces cannot add one.
    max_pieces: int | None = None

    @property
    def job_tokens(self) -> int:
        """The largest budget of a job. A larger one would never be admitted."""
        return min(self.max_budget, self.quota.max_tokens or self.max_budget, self.daily_stop or self.max_budget)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookParts:
    """What webhooks need."""

    store: WebhookStore
    client: WebhookClient
    #: None: this deployment sends no webhooks.
    queue: NotificationQueue | None
    schedule: WebhookSchedule = field(default_factory=WebhookSchedule)
    #: Whether they may be sent to this machine.
    allow_local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The ports, and the values that services need."""

    database: JobDatabase
    queue: JobQueue
    generator: Generator
    documents: DocumentStore
    history: HistoryStore
    webhooks: WebhookParts
    timing: Timing
    limits: Limits
    price: Price | None
    meter: Meter
    jitter: Jitter
    clock: Clock

    def now_ms(self) -> int:
        return round(self.clock() * 1000)


def notifying(parts: Parts) -> Notifying:
    return Notifying(
        store=parts.webhooks.store,
        queue=parts.webhooks.queue,
        deliveries=parts.database.deliveries,
        job_ttl_s=parts.timing.job_ttl_s,
        clock=parts.clock,
    )


def webhooks(parts: Parts, notifying: Notifying) -> Webhooks:
    return Webhooks(
        store=parts.webhooks.store,
        jobs=parts.database.jobs,
        deliveries=parts.database.deliveries,
        notifying=notifying,
        now_ms=parts.now_ms,
        is_on=parts.webhooks.queue is not None,
        allow_local=parts.webhooks.allow_local,
    )


def webhook_sending(parts: Parts) -> WebhookSending | None:
    """None if this deployment sends no webhooks."""
    if parts.webhooks.queue is None:
        return None
    return WebhookSending(
        queue=parts.webhooks.queue,
        store=parts.webhooks.store,
        jobs=parts.database.jobs,
        deliveries=parts.database.deliveries,
        client=parts.webhooks.client,
        schedule=parts.webhooks.schedule,
        meter=parts.meter,
        jitter=parts.jitter,
        clock=parts.clock,
    )


def archive(parts: Parts, notifying: Notifying) -> Archive:
    return Archive(
        jobs=parts.database.jobs,
        index=parts.database.index,
        quotas=parts.database.quotas,
        history=parts.history,
        notifying=notifying,
        price=parts.price,
        meter=parts.meter,
        clock=parts.clock,
    )


def recovery(parts: Parts, archive: Archive) -> Recovery:
    return Recovery(
        jobs=parts.database.jobs,
        index=parts.database.index,
        quotas=parts.database.quotas,
        queue=parts.queue,
        archive=archive,
        timing=parts.timing,
        meter=parts.meter,
    )


def submission(parts: Parts, budgeting: Budgeting, resolving: Resolving, webhooks: Webhooks) -> Submission:
    database, limits = parts.database, parts.limits
    admission = Admission(
        database.index,
        database.quotas,
        limits.quota,
        daily_stop=limits.daily_stop,
        meter=parts.meter,
        clock=parts.clock,
    )
    acceptance = Acceptance(
        jobs=database.jobs,
        keys=database.keys,
        admission=admission,
        budgeting=budgeting,
        queue=parts.queue,
        timing=parts.timing,
    )
    return Submission(
        jobs=database.jobs,
        index=database.index,
        keys=database.keys,
        acceptance=acceptance,
        resolving=resolving,
        webhooks=webhooks,
        max_attempts=limits.max_attempts,
    )


def worker(parts: Parts, recovery: Recovery, archive: Archive, notifying: Notifying) -> Worker:
    jobs = parts.database.jobs
    leases = LeaseKeeper(jobs, parts.timing)
    executor = Executor(
        jobs=jobs,
        quotas=parts.database.quotas,
        queue=parts.queue,
        generator=parts.generator,
        deliveries=_deliveries(parts.documents, parts.clock),
        claiming=_claiming(parts, recovery, archive),
        leases=leases,
        estimating=Estimating(parts.database.averages),
        archive=archive,
        notifying=notifying,
        timing=parts.timing,
        meter=parts.meter,
        jitter=parts.jitter,
    )
    return Worker(executor, leases, recovery, parts.meter)


def _claiming(parts: Parts, recovery: Recovery, archive: Archive) -> Claiming:
    return Claiming(
        jobs=parts.database.jobs,
        drains=parts.database.drains,
        quotas=parts.database.quotas,
        queue=parts.queue,
        recovery=recovery,
        archive=archive,
        timing=parts.timing,
        quota=parts.limits.quota,
        meter=parts.meter,
        jitter=parts.jitter,
    )


def _deliveries(documents: DocumentStore, clock: Clock) -> dict[Delivery, Deliver]:
    async def as_world(job: Job, written: Json) -> Json:
        return await deliver_world(documents, job, written)

    rewriting = Rewriting(documents, clock)
    return {
        Delivery.PIECES: deliver_result,
        Delivery.WORLD: as_world,
        Delivery.PIECE: rewriting.deliver_piece,
        Delivery.REWRITTEN_WORLD: rewriting.deliver_world,
    }
