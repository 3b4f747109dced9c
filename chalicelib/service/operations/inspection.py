"""The history of one job, in order of time, with a first sentence that explains its current state."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from chalicelib.domain.dead_letter import LetterHead
from chalicelib.domain.drain import Drain
from chalicelib.domain.error import NotFound, QueueUnavailable
from chalicelib.domain.job import Job, JobEvent, JobView
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.quota import Quota
from chalicelib.domain.record import JobRecord
from chalicelib.domain.situation import duration, explain
from chalicelib.domain.timing import Timing
from chalicelib.domain.webhook import Webhook, choice_of
from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.drain_switch import DrainSwitch
from chalicelib.port.history_store import HistoryStore
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from chalicelib.port.queue_admin import QueueAdmin
from chalicelib.port.quota_admin import QuotaAdmin, QuotaUse
from foundation.job_failure import JOB_FAILURES
from foundation.json_value import Json, size_bytes

#: Fields of a job that can be very long or are secret, and that the story does not need.
_LEFT_OUT = ("payload", "result", "warnings", "usage", "submission_id", "lease_token", "webhook")
#: Fields of a record that are its owner's content.
_CONTENT = ("summary", "made", "names")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that has happened, or that will."""

    #: Milliseconds since 1970 (UTC).
    at: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """How much of one piece is written."""

    item: int
    name: str | None
    stages: Sequence[str]
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The answer to `inspect`."""

    summary: str
    situation: str
    job: Mapping[str, Json]
    #: Whether a worker has taken it, and has neither ended it nor given it back.
    has_worker: bool
    #: Where its own webhook leads; the rest of the address may hold a secret. None: it has none of its own.
    webhook: str | None
    #: What the caller asked for. Long texts are only in the job itself.
    payload_bytes: int
    result_bytes: int
    warnings: Sequence[str]
    usage: Mapping[str, int]
    moments: Sequence[Moment]
    pieces: Sequence[Piece]
    #: Its dead letters, in any of the dead-letter queues. None: the queues cannot be reached.
    dead_letters: Sequence[LetterHead] | None
    #: Where its pieces and its record are.
    archive: str
    quota: QuotaUse


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredStory:
    """The answer to `inspect` for a job that only the history has."""

    summary: str
    situation: str = "expired"
    #: Without what its owner has asked for and got.
    record: Mapping[str, Json]
    dead_letters: Sequence[LetterHead] | None


class Inspection:
    def __init__(
        self,
        *,
        jobs: JobStore,
        history: HistoryStore,
        index: JobIndex,
        drains: DrainSwitch,
        quota_admin: QuotaAdmin,
        queues: Sequence[QueueAdmin],
        timing: Timing,
        quota: Quota,
    ) -> None:
        self._jobs = jobs
        self._history = history
        self._index = index
        self._drains = drains
        self._quota_admin = quota_admin
        self._queues = queues
        self._timing = timing
        self._quota = quota

    async def tell(self, job_id: str, owner: str | None = None) -> Story | ExpiredStory:
        """With `owner`, the record in the owner's history if Redis does not have the job.

        Raises `NotFound`, `StoreUnavailable` and `LibraryUnavailable`.
        """
        view = await self._jobs.view(job_id)
        return await self._expired(job_id, owner) if view is None else await self._story(view)

    async def _expired(self, job_id: str, owner: str | None) -> ExpiredStory:
        record = None if owner is None else await self._history.find(owner, job_id)
        if record is not None:
            return ExpiredStory(
                summary=f"It has ended, and is only in the history: {_end(record)}",
                record={name: value for name, value in asdict(record).items() if name not in _CONTENT},
                dead_letters=await self._letters(job_id),
            )
        kept = duration(self._timing.job_ttl_s)
        where = (
            "If you know its owner, add `--owner OWNER` to look in the owner's history."
            if owner is None
            else f"The history of {owner} does not have it either."
        )
        raise NotFound(
            f"Redis has no job {job_id}. The id is not complete, or the job never existed, or it has expired: a job is "
            f"kept for {kept}. {where}"
        )

    async def _story(self, view: JobView) -> Story:
        job = view.job
        job_id = job.id
        drain, events, is_listed, use, letters = await asyncio.gather(
            self._drains.read(),
            self._jobs.events(job_id, 0),
            self._index.is_unfinished(job_id),
            self._quota_admin.use_of(job.owner, self._quota),
            self._letters(job_id),
        )
        explanation = explain(job, self._timing, drain, len(view.checkpoints))
        return Story(
            summary=explanation.text,
            situation=explanation.situation.value,
            job={name: value for name, value in asdict(job).items() if name not in _LEFT_OUT},
            has_worker=job.lease_token is not None,
            webhook=_origin(job),
            payload_bytes=size_bytes(job.payload),
            result_bytes=0 if job.result is None else size_bytes(job.result),
            warnings=[f"piece {warning.item}, {warning.stage}: {warning.message}" for warning in job.warnings],
            usage=asdict(job.usage),
            moments=sorted(_moments(job, events, drain), key=lambda moment: moment.at),
            pieces=_pieces(view),
            dead_letters=letters,
            archive=_archive(job, is_listed=is_listed),
            quota=use,
        )

    async def _letters(self, job_id: str) -> list[LetterHead] | None:
        try:
            found = await asyncio.gather(*(queue.letters() for queue in self._queues))
        except QueueUnavailable:
            return None
        return [letter.head for letters in found for letter in letters if letter.job_id == job_id]


def _origin(job: Job) -> str | None:
    webhook = choice_of(job.webhook)
    return WebhookUrl.parse(webhook.url, allow_local=True).origin if isinstance(webhook, Webhook) else None


def _moments(job: Job, events: Sequence[JobEvent], drain: Drain | None) -> Iterator[Moment]:
    yield Moment(
        job.created_at, f"Submitted by {job.owner}" + (f", as a retry of {job.retry_of}" if job.retry_of else "")
    )
    for event in events:
        yield Moment(event.at, f"{event.status}, {event.progress} %: {event.message}")
    if job.started_at is not None:
        yield Moment(job.started_at, "A worker claimed it for the first time")
    if job.waits_since is not None:
        yield Moment(job.waits_since, "A drain kept it waiting (most recent)")
    if job.is_final:
        yield Moment(job.expires_at, "It expires")
        return
    if drain is not None:
        yield Moment(drain.began_at, f"The stage was drained {drain.origin}")
        yield Moment(drain.ends_at, "The drain ends by itself")
    copies = f"message {job.sends} since its last claim" if job.sends > 1 else "its message"
    if job.sends:
        yield Moment(job.sent_at, f"Visible in the queue: {copies}")
    if job.lease_until:
        is_over = job.lease_until <= job.observed_at
        ends = "expired: the worker is lost" if is_over else "ends, unless the worker renews it"
        yield Moment(job.lease_until, f"The lease of its worker {ends}")
    if job.not_before:
        yield Moment(job.not_before, "Its next attempt may begin")
    if job.deadline_at is not None:
        yield Moment(job.deadline_at, "Its deadline")
    yield Moment(job.expires_at, "It expires")


def _pieces(view: JobView) -> list[Piece]:
    stages, tokens = view.stages, dict.fromkeys(view.stages, 0)
    for checkpoint in view.checkpoints:
        tokens[checkpoint.item] += checkpoint.usage.tokens
    names = {item: piece.get("name") for item, piece in view.pieces.items()}
    return [
        Piece(
            item=item,
            name=name if isinstance(name := names.get(item), str) else None,
            stages=stages.get(item, []),
            tokens=tokens.get(item, 0),
        )
        for item in sorted({*stages, *names})
    ]


def _end(record: JobRecord) -> str:
    match record.status:
        case Status.COMPLETED:
            return "it completed."
        case Status.CANCELLED:
            return "it was cancelled."
    failure = JOB_FAILURES.get(record.error_code or "")
    return f"it failed with {record.error_code}" + (f": {failure.sentence}" if failure else ".")


def _archive(job: Job, *, is_listed: bool) -> str:
    if not job.is_final:
        return "It has not ended, so it is not archived yet."
    if is_listed:
        return "It is not archived yet: recovery tries again every minute."
    return "It is archived: its finished pieces are in its owner's library, and its record is in the history."
