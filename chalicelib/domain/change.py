"""Changes to a stored job, as values: one function for each action of the lifecycle table.

A `Change` holds its conditions and what it writes. The store either applies it in one atomic step, or refuses it and
changes nothing. Times are offsets in milliseconds from the store's clock at that step, so a lease never
depends on a Lambda's clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from chalicelib.domain.job import Checkpoint, Job, PieceWarning, Usage
from chalicelib.domain.lifecycle import TERMINAL, TRANSITIONS, Action
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.timing import Timing
from foundation.json_value import Json

QUEUED_MESSAGE = "Preparing your request..."
COMPLETED_MESSAGE = "Job completed successfully"
CANCELLED_MESSAGE = "Job cancelled"
FAILED_MESSAGE = "Job failed"

#: The fields of a job that come from `NewJob`.
_FIELDS_OF_NEW = NewJob.__dataclass_fields__.keys() & Job.__dataclass_fields__.keys()
#: The times that the end of a job sets.
_ENDED: Mapping[str, int] = {"completed_at": 0, "lease_until": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    action: Action
    #: The lease holder's token; checked for the actions in `lifecycle.FENCED`.
    token: str | None = None
    #: field → the value it must still have.
    expect: Mapping[str, Json] = field(default_factory=dict)
    #: field → new value; None removes it.
    set: Mapping[str, Json] = field(default_factory=dict)
    #: field → offset from now.
    at: Mapping[str, int] = field(default_factory=dict)
    #: field → offset from now; ignored if the field already has a value.
    once_at: Mapping[str, int] = field(default_factory=dict)
    #: Counter → how much to add.
    add: Mapping[str, int] = field(default_factory=dict)
    #: Raises `progress` to this; never lowers it.
    progress: int | None = None
    #: (progress, message) of what was reached on the way, oldest first. Each is a revision and an event of its own.
    passed: Sequence[tuple[int, str]] = ()
    #: Finished stages to store. If an identical stage is stored already, its usage is not counted again: this write
    #: repeats one whose answer was lost. If a different one is stored, it is replaced and the usage of the new one is
    #: counted too: the generator could not use the first one and wrote the stage again.
    checkpoints: Sequence[Checkpoint] = ()
    #: The pieces so far, by index.
    pieces: Mapping[int, Mapping[str, Json]] = field(default_factory=dict)


def ends_job(change: Change) -> bool:
    return TRANSITIONS[change.action][1] in TERMINAL


def create(new: NewJob, timing: Timing) -> Change:
    """Store a new job. It does not pay again for stages of the job that it retries."""
    start: dict[str, Json] = {
        "message": QUEUED_MESSAGE,
        "attempt": 0,
        "progress": 0,
        "sends": 1,
        "lease_until": 0,
        "not_before": 0,
    }
    deadline = {} if new.deadline_s is None else {"deadline_at": min(new.deadline_s, timing.job_deadline_s) * 1000}
    return Change(
        action=Action.CREATE,
        set=start | {name: getattr(new, name) for name in _FIELDS_OF_NEW},
        at={"created_at": 0, "sent_at": 0, "expires_at": timing.job_ttl_s * 1000, **deadline},
        checkpoints=[Checkpoint(c.item, c.stage, c.output, remarks=c.remarks) for c in new.checkpoints],
        pieces=new.pieces,
    )


def discard() -> Change:
    """Delete a job that could not be queued."""
    return Change(action=Action.DISCARD)


def claim(job: Job, token: str, timing: Timing) -> Change:
    """Take the job for a worker. Refused if it was claimed, renewed or released after `job` was read."""
    return Change(
        action=Action.CLAIM,
        expect={"attempt": job.attempt, "lease_until": job.lease_until},
        set={"lease_token": token, "sends": 0},
        at={"lease_until": timing.lease_ms},
        once_at={"started_at": 0, "deadline_at": timing.job_deadline_s * 1000},
        add={"attempt": 1},
    )


def advance(
    token: str,
    progress: int,
    message: str,
    checkpoint: Checkpoint | None = None,
    piece: Mapping[str, Json] | None = None,
    *,
    model: str | None = None,
    prompt_version: int | None = None,
) -> Change:
    """Store progress and, if a finished stage caused it, that stage and what wrote it."""
    writer: dict[str, Json] = {"model": model, "prompt_version": prompt_version}
    return Change(
        action=Action.ADVANCE,
        token=token,
        set={"message": message} | {name: value for name, value in writer.items() if value is not None},
        progress=progress,
        checkpoints=[checkpoint] if checkpoint else [],
        pieces={checkpoint.item: piece} if checkpoint and piece is not None else {},
    )


def in_few_writes(steps: Iterable[Change]) -> list[Change]:
    """Advances of the same worker, in as few changes as possible. None has two versions of a stage: if the answer to it
    were lost, both would be counted twice."""
    writes: list[Change] = []
    for step in steps:
        if writes and not _stages_of(writes[-1]) & _stages_of(step):
            writes[-1] = together(writes[-1], step)
        else:
            writes.append(step)
    return writes


def _stages_of(change: Change) -> set[tuple[int, str]]:
    return {(checkpoint.item, checkpoint.stage) for checkpoint in change.checkpoints}


def together(earlier: Change, later: Change) -> Change:
    """Two advances of the same worker as one change. The caller sees both in the event log."""
    step = (earlier.progress or 0, str(earlier.set["message"]))
    return replace(
        later,
        set={**earlier.set, **later.set},
        passed=[*earlier.passed, step, *later.passed],
        checkpoints=[*earlier.checkpoints, *later.checkpoints],
        pieces={**earlier.pieces, **later.pieces},
    )


def renew(token: str, timing: Timing) -> Change:
    """Extend the lease."""
    return Change(action=Action.RENEW, token=token, at={"lease_until": timing.lease_ms})


def release(token: str, message: str, delay_s: float, *, uses_attempt: bool, resets_deadline: bool = False) -> Change:
    """Give up the lease. The job can be claimed again after `delay_s`."""
    delay_ms = int(delay_s * 1000)
    deadline: dict[str, Json] = {"deadline_at": None} if resets_deadline else {}
    return Change(
        action=Action.RELEASE,
        token=token,
        set={"message": message, "lease_token": None, "sends": 1, **deadline},
        at={"lease_until": 0, "not_before": delay_ms, "sent_at": delay_ms},
        add={} if uses_attempt else {"attempt": -1},
    )


def complete(token: str, result: Json, warnings: Sequence[PieceWarning]) -> Change:
    """End the job with its result."""
    return Change(
        action=Action.COMPLETE,
        token=token,
        set={
            "message": COMPLETED_MESSAGE,
            "result": result,
            "warnings": [warning_json(w) for w in warnings],
            "lease_token": None,
        },
        at=_ENDED,
        progress=100,
    )


def fail(token: str, code: str, error: str, *, retryable: bool) -> Change:
    """End the job without a result."""
    return Change(action=Action.FAIL, token=token, set=_failure(code, error, retryable), at=_ENDED)


def billed(ending: Change, spent: Usage) -> Change:
    """The ending of an attempt, plus the cost of its calls that finished no stage. An ending applies only once."""
    return replace(ending, add={**ending.add, **asdict(spent)}) if spent != Usage() else ending


def expire(job: Job, code: str, error: str, *, retryable: bool) -> Change:
    """Fail a job that no living worker holds. Refused if it was claimed or renewed after `job` was read."""
    expect = {"attempt": job.attempt, "lease_until": job.lease_until}
    return Change(action=Action.EXPIRE, expect=expect, set=_failure(code, error, retryable), at=_ENDED)


def cancel() -> Change:
    """End the job because its caller asked for it."""
    return Change(
        action=Action.CANCEL,
        set={"message": CANCELLED_MESSAGE, "lease_token": None},
        at=_ENDED,
    )


def resend(job: Job) -> Change:
    """Record that a new message is about to be sent. Refused if another process has just recorded one."""
    expect = {"sent_at": job.sent_at, "sends": job.sends, "attempt": job.attempt, "lease_until": job.lease_until}
    return Change(action=Action.RESEND, expect=expect, at={"sent_at": 0}, add={"sends": 1})


def unsend(resent: Job, job: Job) -> Change:
    """Undo the `resend` that turned `job` into `resent`: its message could not be sent."""
    return replace(resend(resent), set={"sent_at": job.sent_at, "sends": job.sends}, at={}, add={})


def defer(job: Job, delay_s: float) -> Change:
    """Record that the job's message will be sent again after `delay_s`. Refused if another copy of it has done so."""
    return replace(resend(job), at={"sent_at": int(delay_s * 1000)}, add={})


def hold(job: Job, delay_s: float) -> Change:
    """The same for a job that a drain keeps waiting: its time to be begun starts again.

    A worker has used its newest message, so the count of messages that none has used starts again too. Otherwise a
    message that is lost late in a long drain would be missed for hours.
    """
    deferred = defer(job, delay_s)
    return replace(deferred, set={"sends": 1}, at={**deferred.at, "waits_since": 0})


def warning_json(warning: PieceWarning) -> dict[str, Json]:
    """A warning as JSON, in the form in which it is stored and shown to callers."""
    return {
        "item": warning.item,
        "stage": warning.stage,
        "code": warning.code,
        "message": warning.message,
        "retryable": warning.retryable,
        "missing": warning.missing,
    }


def _failure(code: str, error: str, retryable: bool) -> dict[str, Json]:
    return {
        "message": FAILED_MESSAGE,
        "error": error,
        "error_code": code,
        "retryable": retryable,
        "lease_token": None,
    }
