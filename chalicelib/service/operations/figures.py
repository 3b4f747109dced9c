"""The answer to `status`: the figures, and one line for each job that is listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.dead_letter import QueueDepth
from chalicelib.domain.drain import Drain
from chalicelib.domain.job import Job
from chalicelib.domain.owner import owner_hash
from chalicelib.domain.situation import explain
from chalicelib.domain.spending import DayTokens
from chalicelib.domain.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One job in a list. Times are milliseconds since 1970 (UTC)."""

    id: str
    type: str
    #: A hash, as in the logs.
    owner: str
    situation: str
    attempt: int
    progress: int
    message: str
    created_at: int
    started_at: int | None
    deadline_at: int | None
    #: Explains its current state.
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The answer to `status`. Without Redis, what is known of the other parts."""

    at: int
    #: The problems, as sentences.
    problems: Sequence[str]
    drain: Drain | None
    #: Situation → the number of unfinished jobs in it.
    jobs: Mapping[str, int]
    #: Jobs that have begun and not ended. A drain is complete when there are none. Without a drain, of those read.
    #: None: Redis cannot be reached.
    begun: int | None
    #: Whether there are more unfinished jobs than were read.
    has_more_jobs: bool
    #: Jobs that have ended and are not archived yet.
    unarchived: int
    #: Seconds that the oldest job has waited for a worker; None if none waits.
    longest_wait_s: float | None
    running: Sequence[JobLine]
    stuck: Sequence[JobLine]
    queues: Sequence[QueueDepth]
    #: Jobs that the dead-letter worker has ended in the last 24 hours; at most 100.
    dead_jobs: int
    #: Part → "ok", "down", or another state.
    parts: Mapping[str, str]
    #: None: Redis cannot be reached.
    tokens_today: DayTokens | None
    daily_stop: int | None


def job_line(job: Job, timing: Timing, drain: Drain | None) -> JobLine:
    explanation = explain(job, timing, drain)
    return JobLine(
        id=job.id,
        type=job.type,
        owner=owner_hash(job.owner),
        situation=explanation.situation.value,
        attempt=job.attempt,
        progress=job.progress,
        message=job.message,
        created_at=job.created_at,
        started_at=job.started_at,
        deadline_at=job.deadline_at,
        explanation=explanation.text,
    )
