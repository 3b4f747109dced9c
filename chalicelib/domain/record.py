"""What is kept of a job after it has expired: the owner's history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.document import Document
from chalicelib.domain.job import Job, Usage
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.price import Price
from chalicelib.domain.queued_job import QueuedJob
from foundation.job_failure import JOB_FAILURES
from foundation.json_value import Json

#: A record is kept for this many days: longer than a message about its job can be in the queues, at most ten years.
MIN_DAYS, MAX_DAYS = 30, 3650
#: How many characters of a long text a summary keeps.
_MOST_CHARACTERS = 200
#: The fields of a payload that a summary keeps as they are, and those that it shortens.
_KEPT = ("theme", "title", "count", "language", "tone", "fields")
_SHORTENED = ("premise", "instruction")
#: The fields that hold what a job rewrites.
_REWRITTEN = ("piece", "world")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """One ended job. All times are milliseconds since 1970 (UTC)."""

    id: str
    owner: str
    type: str
    #: Completed, failed or cancelled.
    status: Status
    error_code: str | None = None
    attempts: int = 0
    retry_of: str | None = None
    usage: Usage = field(default_factory=Usage)
    #: In USD, at the prices when the job was recorded; None if none were set.
    cost_usd: float | None = None
    model: str | None = None
    #: What the caller asked for, shortened: theme, premise, count, language, names of context pieces, and so on.
    summary: Mapping[str, Json] = field(default_factory=dict)
    #: Ids of the pieces or the world that it made, in the order of their index.
    made: Sequence[str] = ()
    #: Names of what it made, in the same order.
    names: Sequence[str] = ()
    created_at: int
    started_at: int | None = None
    ended_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Which records a list or a sum covers: those that ended from `start` up to, but not including, `end`."""

    start: int
    end: int


def record_of(job: Job, pieces: Sequence[Document], price: Price | None) -> JobRecord:
    """The record of an ended job. `pieces`: its finished pieces."""
    made = [(piece.id, piece.name) for piece in pieces] or list(_delivered(job.result))
    return JobRecord(
        id=job.id,
        owner=job.owner,
        type=job.type,
        status=job.status,
        error_code=job.error_code,
        attempts=job.attempt,
        retry_of=job.retry_of,
        usage=job.usage,
        cost_usd=None if price is None else price.of(job.usage),
        model=job.model,
        summary=summary_of(job.payload),
        made=[made_id for made_id, _name in made],
        names=[name for _made_id, name in made],
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.completed_at or job.updated_at,
    )


def lost_record(job: QueuedJob, found_at: int) -> JobRecord:
    """The record of a job whose state is lost. `found_at`: when that was noticed."""
    return JobRecord(
        id=job.id,
        owner=job.owner,
        type=job.type,
        status=Status.FAILED,
        error_code=JOB_FAILURES["job_lost"].code,
        created_at=job.created_at,
        ended_at=found_at,
    )


def summary_of(payload: Mapping[str, Json]) -> dict[str, Json]:
    """What the caller asked for: short enough to keep, and enough to recognise the job by."""
    summary = {name: payload[name] for name in _KEPT if payload.get(name) is not None}
    summary |= {name: text[:_MOST_CHARACTERS] for name in _SHORTENED if isinstance(text := payload.get(name), str)}
    summary |= {name: found for name in _REWRITTEN if (found := next(_names(payload.get(name)), None))}
    others = {name: value for name, value in payload.items() if name not in _REWRITTEN}
    context: list[Json] = list(_names(others))
    return summary | ({"context": context} if context else {})


def _names(value: Json) -> Iterator[str]:
    """The names of the pieces and worlds in a value."""
    match value:
        case {"name": str(name)} | {"title": str(name), "story": str()}:
            yield name
        case dict():
            for part in value.values():
                yield from _names(part)
        case list():
            for part in value:
                yield from _names(part)


def _delivered(result: Json) -> Iterator[tuple[str, str]]:
    """The id and name of the document that a job's result stands for, if it is not a list of pieces."""
    match result:
        case (
            {"world_id": str(made_id), "title": str(name)}
            | {"piece": {"id": str(made_id), "name": str(name)}}
            | {"world": {"id": str(made_id), "title": str(name)}}
        ):
            yield made_id, name
