"""What is kept of a job after it has expired: the owner's history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.job import Usage
from chalicelib.domain.lifecycle import Status
from foundation.json_value import Json


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
    #: In USD, at the prices when the job ended; None if none were set.
    cost_usd: float | None = None
    model: str | None = None
    #: What the caller asked for, shortened: theme, premise, count, language, and names of context pieces.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUsage:
    """What an owner's jobs of one type that ended on one UTC day have used."""

    #: "2026-11-30"
    day: str
    type: str
    jobs: int
    failed: int
    cancelled: int
    usage: Usage
    #: None if no job has a cost.
    cost_usd: float | None
