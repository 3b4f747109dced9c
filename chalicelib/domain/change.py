"""What may be asked of the store: one verb for each action of the lifecycle table, as a value.

A `Change` says under which conditions it applies and what it writes. The store checks and applies it in one atomic
step, or refuses it and changes nothing. Times are given as offsets, in milliseconds, from the store's own clock at that
step, so that no clock of a Lambda ever decides about a lease.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from chalicelib.domain.job import Checkpoint, Job, Json, PieceWarning, Usage
from chalicelib.domain.lifecycle import Action
from chalicelib.domain.timing import Timing

QUEUED_MESSAGE = "Preparing your request..."
COMPLETED_MESSAGE = "Job completed successfully"
CANCELLED_MESSAGE = "Job cancelled"
FAILED_MESSAGE = "Job failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    action: Action
    #: The lease holder's token; checked for the actions in `lifecycle.FENCED`.
    token: str | None = None
    #: field → the exact value it must still have.
    expect: Mapping[str, Json] = field(default_factory=dict)
    #: field → new value; None removes it.
    set: Mapping[str, Json] = field(default_factory=dict)
    #: field → offset from now.
    at: Mapping[str, int] = field(default_factory=dict)
    #: field → offset from now, kept where the field has a value already.
    once_at: Mapping[str, int] = field(default_factory=dict)
    #: Counter → how much it grows.
    add: Mapping[str, int] = field(default_factory=dict)
    #: Raises `progress` to this; never lowers it.
    progress: int | None = None
    #: Stages to keep. One that is there just so already, since the answer to its writing was lost, is not counted in
    #: `usage` again; another in its place was written anew, since no writer could go on from the first.
    checkpoints: Sequence[Checkpoint] = ()
    #: The pieces as far as they are written, by index.
    pieces: Mapping[int, Mapping[str, Json]] = field(default_factory=dict)


def create(
    new: Mapping[str, Json],
    timing: Timing,
    checkpoints: Sequence[Checkpoint] = (),
    pieces: Mapping[int, Mapping[str, Json]] | None = None,
) -> Change:
    """Store a new job: `new` has id, type, owner, payload, max_attempts, retry_of, root_id, request_id, submission_id.

    `checkpoints` and `pieces` are those of the job it takes up again, at no cost for this one.
    """
    start = {"message": QUEUED_MESSAGE, "attempt": 0, "progress": 0, "sends": 1, "lease_until": 0, "not_before": 0}
    return Change(
        action=Action.CREATE,
        set=start | dict(new),
        at={"created_at": 0, "sent_at": 0, "expires_at": timing.job_ttl_s * 1000},
        checkpoints=[Checkpoint(c.item, c.stage, c.output, adjusted=c.adjusted) for c in checkpoints],
        pieces=pieces or {},
    )


def discard() -> Change:
    """Remove a job that could not be queued."""
    return Change(action=Action.DISCARD)


def claim(job: Job, token: str, timing: Timing) -> Change:
    """Take the job as it was read in `job`: refused where anybody has claimed, renewed or released it since."""
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
) -> Change:
    """Store progress, and the stage that made it where there is one."""
    return Change(
        action=Action.ADVANCE,
        token=token,
        set={"message": message},
        progress=progress,
        checkpoints=[checkpoint] if checkpoint else [],
        pieces={checkpoint.item: piece} if checkpoint and piece is not None else {},
    )


def renew(token: str, timing: Timing) -> Change:
    """Keep the lease."""
    return Change(action=Action.RENEW, token=token, at={"lease_until": timing.lease_ms})


def release(token: str, message: str, delay_s: float, *, uses_attempt: bool) -> Change:
    """Give the job back, to be claimed again after `delay_s`."""
    delay_ms = int(delay_s * 1000)
    return Change(
        action=Action.RELEASE,
        token=token,
        set={"message": message, "lease_token": None, "sends": 1},
        at={"lease_until": 0, "not_before": delay_ms, "sent_at": delay_ms},
        add={} if uses_attempt else {"attempt": -1},
    )


def complete(token: str, result: Json, warnings: Sequence[PieceWarning]) -> Change:
    return Change(
        action=Action.COMPLETE,
        token=token,
        set={
            "message": COMPLETED_MESSAGE,
            "result": result,
            "warnings": [warning_json(w) for w in warnings],
            "lease_token": None,
        },
        at={"completed_at": 0, "lease_until": 0},
        progress=100,
    )


def fail(token: str, code: str, error: str, *, retryable: bool) -> Change:
    return Change(action=Action.FAIL, token=token, **_ending(code, error, retryable))


def billed(ending: Change, spent: Usage) -> Change:
    """The same, with what the attempt has spent on calls that finished no stage: an ending applies once."""
    return replace(ending, add={**ending.add, **asdict(spent)}) if spent != Usage() else ending


def expire(job: Job, code: str, error: str, *, retryable: bool) -> Change:
    """Fail a job that no living worker holds, as it was read in `job`."""
    expect = {"attempt": job.attempt, "lease_until": job.lease_until}
    return Change(action=Action.EXPIRE, expect=expect, **_ending(code, error, retryable))


def cancel() -> Change:
    return Change(
        action=Action.CANCEL,
        set={"message": CANCELLED_MESSAGE, "lease_token": None},
        at={"completed_at": 0, "lease_until": 0},
    )


def resend(job: Job) -> Change:
    """Note that a message is about to be sent again: refused where somebody else just did."""
    expect = {"sent_at": job.sent_at, "sends": job.sends, "attempt": job.attempt, "lease_until": job.lease_until}
    return Change(action=Action.RESEND, expect=expect, at={"sent_at": 0}, add={"sends": 1})


def unsend(resent: Job, job: Job) -> Change:
    """Take a `resend` back whose message could not be sent: `resent` is what it made of `job`."""
    return replace(resend(resent), set={"sent_at": job.sent_at, "sends": job.sends}, at={}, add={})


def defer(job: Job, delay_s: float) -> Change:
    """Note that the job's message goes back for `delay_s`: refused where another copy of it did so already."""
    return replace(resend(job), at={"sent_at": int(delay_s * 1000)}, add={})


def warning_json(warning: PieceWarning) -> dict[str, Json]:
    """A warning as JSON, the shape in which the store keeps it and the API shows it."""
    return {
        "item": warning.item,
        "stage": warning.stage,
        "code": warning.code,
        "message": warning.message,
        "retryable": warning.retryable,
        "missing": warning.missing,
    }


def _ending(code: str, error: str, retryable: bool) -> Json:
    return {
        "set": {
            "message": FAILED_MESSAGE,
            "error": error,
            "error_code": code,
            "retryable": retryable,
            "lease_token": None,
        },
        "at": {"completed_at": 0, "lease_until": 0},
    }
