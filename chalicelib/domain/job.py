"""The job and what is stored with it. All times are milliseconds since 1970 (UTC) on the store's clock."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.lifecycle import TERMINAL, Status
from foundation.json_value import Json


@dataclass(frozen=True, slots=True)
class Usage:
    """What a job has cost so far, including failed and repeated calls.

    Calls that were in progress when the job was cancelled, timed out or lost its worker are not included: their cost is
    unknown.
    """

    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    #: How many of the calls had an unusable answer.
    unusable_answers: int = 0

    @property
    def tokens(self) -> int:
        """What counts against budgets and daily limits."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.llm_calls + other.llm_calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.unusable_answers + other.unusable_answers,
        )


@dataclass(frozen=True, slots=True)
class PieceWarning:
    """A note that a piece is missing from a completed job, or on a piece that is there."""

    #: 0-based index of the piece.
    item: int
    #: The stage that failed, or that the note is about.
    stage: str
    code: str
    message: str
    retryable: bool
    #: Whether the piece is missing from the result.
    missing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A snapshot of one job, as the store held it at `observed_at`."""

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
    #: Whether retrying a failed job may help.
    retryable: bool = False
    warnings: Sequence[PieceWarning] = ()
    usage: Usage = Usage()
    #: The most tokens that it may cost, with all its attempts. None: no limit; the job is from an older version.
    token_budget: int | None = None
    #: +1 with each change that a caller can see; 1 for a new job.
    revision: int = 1
    #: The number of attempts so far. An attempt in which nothing was tried does not count.
    attempt: int = 0
    max_attempts: int
    #: The job that this one retries, and the first job of the chain of retries (itself, if it is the first).
    retry_of: str | None = None
    root_id: str
    #: The id of the W3C trace of the request that created it.
    request_id: str | None = None
    #: The submission that created it. An equal request may have tried to create the same job at the same time.
    submission_id: str | None = None
    #: Its own webhook, as `Webhook.as_json` writes it; False: none; None: its owner's default.
    webhook: Json = None
    #: What wrote its newest stage, if the generator said so: the model, and the version of its prompts.
    model: str | None = None
    prompt_version: int | None = None
    created_at: int
    updated_at: int
    expires_at: int
    started_at: int | None = None
    completed_at: int | None = None
    #: How long it may take from its creation to its end, seconds. None: the caller has not said.
    deadline_s: int | None = None
    #: When the job fails with `timeout`. With `deadline_s`, set when it is created. Otherwise set by the first claim,
    #: and by the next one if the generator had no room.
    deadline_at: int | None = None
    #: When a drain last kept it waiting. Until then, it could not have begun.
    waits_since: int | None = None
    #: Identifies the lease holder. Every write of a worker carries it (fencing).
    lease_token: str | None = None
    #: No other worker may claim the job before this. If it is in the past, the holder is dead or has released the job.
    lease_until: int = 0
    #: No worker may claim the job before this: its next attempt is delayed.
    not_before: int = 0
    #: When its newest message becomes visible in the queue, and how many were sent since the last claim.
    sent_at: int = 0
    sends: int = 1
    #: The store's clock when this snapshot was taken.
    observed_at: int

    @classmethod
    def restore(cls, fields: Mapping[str, Any], observed_at: int) -> "Job":
        """The snapshot described by a store's fields. Missing fields have their defaults."""
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
        """Whether the job has ended without everything that was requested."""
        return self.status in (Status.FAILED, Status.CANCELLED) or any(warning.missing for warning in self.warnings)

    @property
    def retry_id(self) -> str:
        """The id of the job that retries this one. It is derived, so there is at most one."""
        return str(uuid.uuid5(uuid.UUID(self.id), "retry"))

    @property
    def has_begun(self) -> bool:
        """Whether a worker has tried it. A worker for which the generator had no room has not."""
        return self.attempt > 0

    @property
    def tokens_left(self) -> int | None:
        """What is left of the token budget; at least 0. None: no limit."""
        return None if self.token_budget is None else max(0, self.token_budget - self.usage.tokens)

    @property
    def age_s(self) -> float:
        """Seconds from its creation to this snapshot."""
        return (self.observed_at - self.created_at) / 1000

    @property
    def waiting_since(self) -> int:
        """Since when it could have begun: its creation, or when a drain last kept it waiting."""
        return self.waits_since or self.created_at

    @property
    def waited_s(self) -> float:
        """Seconds from `waiting_since` to this snapshot."""
        return (self.observed_at - self.waiting_since) / 1000

    @property
    def remaining_s(self) -> float:
        """Seconds from this snapshot to the deadline; at least 0."""
        return max(0.0, ((self.deadline_at or self.observed_at) - self.observed_at) / 1000)


@dataclass(frozen=True, slots=True)
class JobHead:
    """The fields by which a list chooses the jobs of a page."""

    id: str
    status: Status
    type: str
    #: Size of the stored result; 0 without one.
    result_bytes: int

    @property
    def is_final(self) -> bool:
        return self.status in TERMINAL


@dataclass(frozen=True, slots=True)
class Remark:
    """A note of the generator on a stage of a piece: what was changed in it, or what is weak about its text."""

    code: str
    #: A sentence.
    message: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One finished stage of one piece. Later attempts need not pay for it again."""

    #: 0-based index of the piece.
    item: int
    stage: str
    output: Mapping[str, Json]
    usage: Usage = Usage()
    remarks: Sequence[Remark] = ()

    @property
    def warnings(self) -> list[PieceWarning]:
        return [
            PieceWarning(self.item, self.stage, remark.code, remark.message, retryable=False, missing=False)
            for remark in self.remarks
        ]


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One entry of a job's event log: the job from `revision` on."""

    revision: int
    at: int
    status: Status
    progress: int
    message: str


@dataclass(frozen=True, slots=True)
class JobView:
    """A job and its finished stages, read in one atomic step."""

    job: Job
    checkpoints: Sequence[Checkpoint] = ()
    #: 0-based index → the piece so far: {name, description, type, language, details}; null for what is not written yet.
    pieces: Mapping[int, Mapping[str, Json]] = field(default_factory=dict)

    @property
    def stages(self) -> Mapping[int, list[str]]:
        """0-based index → keys of the finished stages; an empty list for a piece without any."""
        stages: dict[int, list[str]] = defaultdict(list)
        for checkpoint in self.checkpoints:
            stages[checkpoint.item].append(checkpoint.stage)
        return stages
