"""What an owner is told of a job, and what became of each attempt to tell it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from chalicelib.domain.change import FAILED_MESSAGE
from chalicelib.domain.job import Job, JobView
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.webhook import ENDS, WebhookEvent
from chalicelib.domain.webhook_url import WebhookUrl
from foundation.job_failure import JOB_FAILURES

#: The revision in the event of a lost job: nobody knows the real one, and no job has so many.
LOST_REVISION = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One event of one job on its way to one address. Times are milliseconds since 1970."""

    event: WebhookEvent
    job_id: str
    owner: str
    #: As `WebhookUrl` writes it.
    url: str
    occurred_at: int
    #: The job that has ended. None for progress: the job is read when the event is sent.
    view: JobView | None = None
    #: Whether result and pieces were left out, because the message would be too large for the queue.
    result_omitted: bool = False
    #: How many attempts were made before, and when the next one is due.
    number: int = 0
    due_at: int = 0
    #: How many messages this attempt has had before: a message can wait for 15 minutes at most.
    hop: int = 0
    #: Distinguishes what a caller has sent again from what was sent before; "" the first time.
    round: str = ""

    @classmethod
    def of_end(cls, view: JobView, url: str) -> "Notification":
        """The end of a job."""
        job = view.job
        return cls(
            event=ENDS[job.status],
            job_id=job.id,
            owner=job.owner,
            url=url,
            occurred_at=job.completed_at or job.updated_at,
            view=view,
        )

    @classmethod
    def of_progress(cls, job: Job, url: str) -> "Notification":
        return cls(event=WebhookEvent.PROGRESS, job_id=job.id, owner=job.owner, url=url, occurred_at=job.updated_at)

    @property
    def id(self) -> str:
        """The same each time, so that a receiver can drop what it has seen. Only of one with a `view`."""
        if self.view is None:
            raise ValueError("progress has an id only once its job is read")
        return notification_id(self.job_id, self.event, self.view.job.revision)

    @property
    def step(self) -> str:
        """Identifies a message among all of this notification."""
        return f"{self.round}/{self.number}/{self.hop}"

    def later(self, due_at: int) -> "Notification":
        """The same attempt, in another message."""
        return replace(self, due_at=due_at, hop=self.hop + 1)

    def again(self, due_at: int) -> "Notification":
        """The next attempt."""
        return replace(self, due_at=due_at, number=self.number + 1, hop=0)

    @property
    def afresh(self) -> "Notification":
        """All attempts once more, in a round of their own: the marks of this one do not count for them."""
        return replace(self, round=f"{self.round}+", number=0, hop=0, due_at=0)

    @property
    def without_result(self) -> "Notification":
        if self.view is None:
            return self
        return replace(self, view=JobView(replace(self.view.job, result=None)), result_omitted=True)


def round_over(name: str) -> str:
    """The mark that ends a round: its messages are dropped. Like `Notification.step`, but no step has this form."""
    return f"{name}/over"


def notification_id(job_id: str, event: WebhookEvent, revision: int) -> str:
    return f"msg_{uuid.uuid5(uuid.UUID(job_id), f'{event}/{revision}').hex}"


def lost_job(queued: QueuedJob, found_at: int, ttl_s: int) -> Job:
    """What can be told of a job whose state is lost."""
    failure = JOB_FAILURES["job_lost"]
    return Job(
        id=queued.id,
        type=queued.type,
        owner=queued.owner,
        payload={},
        status=Status.FAILED,
        progress=0,
        message=FAILED_MESSAGE,
        error=failure.sentence,
        error_code=failure.code,
        retryable=failure.retryable,
        revision=LOST_REVISION,
        max_attempts=1,
        root_id=queued.id,
        created_at=queued.created_at,
        updated_at=found_at,
        completed_at=found_at,
        expires_at=queued.created_at + ttl_s * 1000,
        observed_at=found_at,
    )


class DeliveryState(StrEnum):
    #: It will be sent at `next_at`.
    WAITING = "waiting"
    #: The receiver has answered 2xx.
    DELIVERED = "delivered"
    #: Nobody will try again, unless the caller asks for it.
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAttempt:
    """One entry of a job's log of deliveries. Times are milliseconds since 1970."""

    notification_id: str
    event: WebhookEvent
    revision: int
    #: Without its query.
    url: str
    round: str
    #: 0 for the first attempt of the round; None if the entry stands for no attempt: it was queued.
    number: int | None
    at: int
    #: The status of the answer; None without one.
    status: int | None = None
    #: Why it was not delivered; None if it was.
    error_code: str | None = None
    duration_ms: int = 0
    state: DeliveryState
    next_at: int | None = None

    @classmethod
    def of(
        cls,
        notification: Notification,
        *,
        number: int | None,
        at: int,
        state: DeliveryState,
        status: int | None = None,
        error_code: str | None = None,
        duration_ms: int = 0,
        next_at: int | None = None,
    ) -> Self:
        """The entry for this notification, which has a `view`."""
        return cls(
            notification_id=notification.id,
            event=notification.event,
            revision=notification.view.job.revision if notification.view else 0,
            url=WebhookUrl.parse(notification.url, allow_local=True).shown,
            round=notification.round,
            number=number,
            at=at,
            status=status,
            error_code=error_code,
            duration_ms=duration_ms,
            state=state,
            next_at=next_at,
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notification, with every attempt to deliver it, oldest first."""

    id: str
    event: WebhookEvent
    revision: int
    url: str
    state: DeliveryState
    next_at: int | None
    attempts: Sequence[DeliveryAttempt] = field(default_factory=tuple)


def deliveries_of(log: Iterable[DeliveryAttempt]) -> list[Delivery]:
    """What the log says, in the order in which the notifications were first queued or sent."""
    entries: dict[str, list[DeliveryAttempt]] = {}
    for entry in log:
        entries.setdefault(entry.notification_id, []).append(entry)
    return [_folded(found) for found in entries.values()]


def _folded(entries: Sequence[DeliveryAttempt]) -> Delivery:
    """The newest round decides. In it, an attempt says more than an entry about queueing, which may be written late."""
    newest = [entry for entry in entries if entry.round == entries[-1].round]
    last = max(newest, key=lambda entry: -1 if entry.number is None else entry.number)
    if delivered := [entry for entry in newest if entry.state is DeliveryState.DELIVERED]:
        last = delivered[-1]
    attempts = [entry for entry in entries if entry.number is not None]
    return Delivery(last.notification_id, last.event, last.revision, last.url, last.state, last.next_at, attempts)
