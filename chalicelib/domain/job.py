"""The job and what is stored beside it. All times are milliseconds since 1970 (UTC) on the store's clock."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.lifecycle import TERMINAL, Status

#: The code of a warning about a piece that is in the result.
ADJUSTED_CODE = "adjusted"

#: A value that JSON can express.
Json = Any


@dataclass(frozen=True, slots=True)
class Usage:
    """What a job has cost so far, failed and repeated calls included.

    Calls that were under way when it was cancelled, timed out or lost its worker are not: nobody knows their cost.
    """

    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    #: How many of the calls had an unusable answer.
    unusable_answers: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.llm_calls + other.llm_calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.unusable_answers + other.unusable_answers,
        )


@dataclass(frozen=True, slots=True)
class PieceWarning:
    """What a completed job lacks, or what was changed in it."""

    #: 0-based index of the piece.
    item: int
    #: The stage that failed, or whose output was changed.
    stage: str
    code: str
    message: str
    retryable: bool
    #: Whether the piece is missing from the result. If not, something in it was changed.
    missing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A snapshot of one job, as the store held it at `observed_at`. It never changes; the store gives newer ones."""

    #: UUID, lower case with hyphens.
    id: str
    type: str
    #: Whose job it is: the token's `sub`, or "anonymous".
    owner: str
    payload: Mapping[str, Json]
    status: Status
    #: 0 to 100; never goes down.
    progress: int
    message: str
    result: Json = None
    error: str | None = None
    error_code: str | None = None
    #: Of a failed job: whether `retry` may help.
    retryable: bool = False
    warnings: Sequence[PieceWarning] = ()
    usage: Usage = Usage()
    #: +1 with each change that a caller can see; 1 for a new job.
    revision: int = 1
    #: How often a worker has claimed it for work that counted.
    attempt: int = 0
    max_attempts: int
    #: The job that this one takes up again, and the first of that chain (itself, if it is the first).
    retry_of: str | None = None
    root_id: str
    #: The request that made it: the id of a W3C trace.
    request_id: str | None = None
    #: The one submission that made it; others of the same request may have tried to.
    submission_id: str | None = None
    created_at: int
    updated_at: int
    expires_at: int
    started_at: int | None = None
    completed_at: int | None = None
    #: When it is failed with `timeout`; set by the first claim.
    deadline_at: int | None = None
    #: Names the lease holder; every write of a worker carries it (fencing).
    lease_token: str | None = None
    #: Until when nobody else may claim it. In the past: the holder is dead or has given it back.
    lease_until: int = 0
    #: Not to be claimed before: a delayed attempt.
    not_before: int = 0
    #: When the newest message for it becomes visible in the queue, and how many were sent since the last claim.
    sent_at: int = 0
    sends: int = 1
    #: The store's clock when this snapshot was taken.
    observed_at: int

    @classmethod
    def restore(cls, fields: Mapping[str, Json], observed_at: int) -> "Job":
        """The snapshot that a store's fields describe; what is absent has its default."""
        known = {name: fields[name] for name in cls.__dataclass_fields__ if fields.get(name) is not None}
        usage = Usage(*(fields.get(name) or 0 for name in Usage.__dataclass_fields__))
        warnings = tuple(PieceWarning(**warning) for warning in fields.get("warnings") or ())
        status = Status(known["status"])
        return cls(**known | {"status": status, "usage": usage, "warnings": warnings, "observed_at": observed_at})

    @property
    def is_final(self) -> bool:
        return self.status in TERMINAL

    @property
    def is_incomplete(self) -> bool:
        """Whether it has ended without all that was asked for."""
        return self.status in (Status.FAILED, Status.CANCELLED) or any(warning.missing for warning in self.warnings)

    @property
    def retry_id(self) -> str:
        """The id of the job that takes this one up again: derived, so that there is one at the most."""
        return str(uuid.uuid5(uuid.UUID(self.id), "retry"))

    @property
    def remaining_s(self) -> float:
        """Seconds that were left until the deadline when this was read; at least 0."""
        return max(0.0, ((self.deadline_at or self.observed_at) - self.observed_at) / 1000)


@dataclass(frozen=True, slots=True)
class JobHead:
    """As much of a job as a list is filtered by."""

    id: str
    status: Status
    type: str
    #: Of its result as it is stored, 0 without one.
    result_bytes: int

    @property
    def is_final(self) -> bool:
        return self.status in TERMINAL


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One finished stage of one piece: what a later attempt need not pay for again."""

    #: 0-based index of the piece.
    item: int
    stage: str
    output: Mapping[str, Json]
    usage: Usage = Usage()
    #: What was changed in the LLM's output, as sentences.
    adjusted: Sequence[str] = ()

    @property
    def warnings(self) -> list[PieceWarning]:
        return [
            PieceWarning(self.item, self.stage, ADJUSTED_CODE, sentence, retryable=False, missing=False)
            for sentence in self.adjusted
        ]


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One line of a job's event log: how the job looked from `revision` on."""

    revision: int
    at: int
    status: Status
    progress: int
    message: str


@dataclass(frozen=True, slots=True)
class JobView:
    """A job together with what is finished of it, read in one go."""

    job: Job
    checkpoints: Sequence[Checkpoint] = ()
    #: By 0-based index, each piece as far as it is written: {name, description, type, details}; null: not yet.
    pieces: Mapping[int, Mapping[str, Json]] = field(default_factory=dict)
