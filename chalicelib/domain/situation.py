"""Explains a job's current state, in words for the people on call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from chalicelib.domain.diagnosis import Finding, diagnose, message_is_lost, message_lost_at, overdue_at
from chalicelib.domain.drain import Drain
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.timing import Timing


class Situation(Enum):
    ENDED = "ended"
    RUNNING = "running"
    #: Its message is in the queue.
    QUEUED = "queued"
    #: Its message comes back soon, because its owner has no free run slot.
    DEFERRED = "deferred"
    #: A drain keeps it waiting.
    HELD = "held"
    #: Its next attempt is delayed.
    BETWEEN_ATTEMPTS = "between attempts"
    #: The worker that held it has died.
    WORKER_LOST = "worker lost"
    MESSAGE_LOST = "message lost"
    #: Its deadline has passed, and it has not been ended.
    OVERDUE = "overdue"
    #: Its worker died in the last permitted attempt.
    EXHAUSTED = "exhausted"


#: Jobs that no worker will continue unless recovery acts.
STUCK = frozenset({Situation.WORKER_LOST, Situation.MESSAGE_LOST, Situation.OVERDUE, Situation.EXHAUSTED})

_RECOVERY_ENDS = "Recovery ends it within a minute."
_RECOVERY_SENDS = "Recovery sends its message again within a minute"


@dataclass(frozen=True, slots=True)
class Explanation:
    situation: Situation
    #: One or two sentences.
    text: str


#: Findings that map directly to a situation.
_SAME: Mapping[Finding, Situation] = {
    Finding.FINAL: Situation.ENDED,
    Finding.LEASED: Situation.RUNNING,
    Finding.DELAYED: Situation.BETWEEN_ATTEMPTS,
    Finding.OVERDUE: Situation.OVERDUE,
    Finding.EXHAUSTED: Situation.EXHAUSTED,
}


def situation_of(job: Job, timing: Timing, drain: Drain | None) -> Situation:
    """The situation of a job at the time of the snapshot."""
    if (same := _SAME.get(diagnose(job, timing))) is not None:
        return same
    if job.lease_token is not None:
        return Situation.WORKER_LOST
    if drain is not None and not job.has_begun:
        return Situation.HELD
    if message_is_lost(job, timing):
        return Situation.MESSAGE_LOST
    return Situation.DEFERRED if job.sent_at > job.observed_at else Situation.QUEUED


def stuck_since(job: Job, situation: Situation, timing: Timing) -> float:
    """Since when recovery could have handled a job in a situation of `STUCK`, in ms since 1970."""
    if situation is Situation.OVERDUE:
        return overdue_at(job, timing)
    return job.lease_until if situation is Situation.EXHAUSTED else message_lost_at(job, timing)


def explain(job: Job, timing: Timing, drain: Drain | None, finished_stages: int = 0) -> Explanation:
    """Explain the job's current state. `finished_stages`: how many of its stages are stored."""
    situation = situation_of(job, timing, drain)
    if situation is Situation.OVERDUE:
        return Explanation(situation, _overdue(job, timing))
    if situation is Situation.HELD and drain is not None:
        return Explanation(situation, f"It waits for the end of the drain {drain.origin}.")
    text = _TEXTS[situation](job)
    kept = f" The next worker continues from {finished_stages} finished stages."
    return Explanation(situation, text + kept if situation is Situation.WORKER_LOST and finished_stages else text)


def _ended(job: Job) -> str:
    match job.status:
        case Status.COMPLETED:
            missing = sum(warning.missing for warning in job.warnings)
            return f"It has completed, but {missing} of its pieces are missing." if missing else "It has completed."
        case Status.CANCELLED:
            return "It was cancelled."
    return f"It has failed with {job.error_code}: {job.error}"


def _overdue(job: Job, timing: Timing) -> str:
    if job.deadline_at is not None:
        late = _since(job, job.deadline_at)
        return f"It is stuck: its deadline passed {late} ago, and no worker has ended it. {_RECOVERY_ENDS}"
    return f"It is stuck: no worker has begun it within {timing.max_pending_s // 60} minutes. {_RECOVERY_ENDS}"


def _since(job: Job, at: int) -> str:
    return duration((job.observed_at - at) / 1000)


def _until(job: Job, at: int) -> str:
    return duration((at - job.observed_at) / 1000)


def duration(seconds: float) -> str:
    """ "8 s", "12 min", "3.5 h"; at least 0."""
    seconds = max(0.0, seconds)
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"


def _or_a_drain(job: Job) -> str:
    """A message that a drain has sent on is still away for some seconds after the end of the drain."""
    return "" if job.waits_since is None else ", or for the message that a drain, which has ended, has sent on"


def sent_in_vain(job: Job) -> bool:
    """Whether recovery has sent the message of a stuck job again, and no worker has taken it."""
    return job.sends > 1


def _what_comes(job: Job) -> str:
    if not sent_in_vain(job):
        return f"{_RECOVERY_SENDS}."
    return f"Its message has been sent {job.sends} times, and no worker took it: do workers run?"


def _attempt(job: Job) -> str:
    return f"attempt {job.attempt} of {job.max_attempts}"


_TEXTS: Mapping[Situation, Callable[[Job], str]] = {
    Situation.ENDED: _ended,
    Situation.RUNNING: lambda job: (
        f"A worker is working on it: {_attempt(job)}, {job.remaining_s:.0f} s before its deadline. "
        f"For {_since(job, job.updated_at)} it has been at {job.progress} %: {job.message}"
    ),
    Situation.QUEUED: lambda job: (
        f"It waits for a worker. Its message has been in the queue for {_since(job, job.sent_at)}."
    ),
    Situation.DEFERRED: lambda job: (
        f"It waits for its owner's other jobs{_or_a_drain(job)}. Its message comes back in {_until(job, job.sent_at)}."
    ),
    Situation.BETWEEN_ATTEMPTS: lambda job: (
        f"It waits for its next attempt, which may begin in {_until(job, job.not_before)}: {job.message}"
    ),
    Situation.WORKER_LOST: lambda job: (
        f"It is stuck: its worker was lost {_since(job, job.lease_until)} ago, in {_attempt(job)}. {_what_comes(job)}"
    ),
    Situation.MESSAGE_LOST: lambda job: (
        f"It is stuck: its message has been in the queue for {_since(job, job.sent_at)}, and no worker took it. "
        f"{_what_comes(job)}"
    ),
    Situation.EXHAUSTED: lambda job: (
        f"It is stuck: its worker died in the last of {job.max_attempts} attempts. {_RECOVERY_ENDS}"
    ),
}
