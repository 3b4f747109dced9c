"""Whether a job is making progress.

The worker checks this before it claims a job. The schedule, every poll and the dead-letter worker check it too.
"""

from enum import Enum

from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.timing import Timing


class Finding(Enum):
    #: Completed, failed or cancelled.
    FINAL = "final"
    #: A living worker holds it.
    LEASED = "leased"
    #: Its next attempt is not due yet.
    DELAYED = "delayed"
    #: A worker may claim it.
    CLAIMABLE = "claimable"
    #: Its deadline has passed, or it has waited too long for a worker or for room in the generator.
    OVERDUE = "overdue"
    #: The worker died in the last permitted attempt.
    EXHAUSTED = "exhausted"


def diagnose(job: Job, timing: Timing) -> Finding:
    """Judge a snapshot as of the time it was read."""
    now = job.observed_at
    if job.is_final:
        return Finding.FINAL
    if _is_overdue(job, timing):
        return Finding.OVERDUE
    if job.status is Status.PENDING:
        return Finding.CLAIMABLE
    if job.lease_until > now:
        return Finding.LEASED
    if job.attempt >= job.max_attempts and job.lease_token is not None:
        return Finding.EXHAUSTED
    return Finding.DELAYED if job.not_before > now else Finding.CLAIMABLE


def _is_overdue(job: Job, timing: Timing) -> bool:
    """A worker that still holds the lease gets a little more time, so that it can end the job itself."""
    now = job.observed_at
    if job.deadline_at is None:
        return job.waited_s > timing.max_pending_s
    grace_ms = timing.deadline_grace_s * 1000 if job.lease_until > now else 0
    return now > job.deadline_at + grace_ms


def message_is_lost(job: Job, timing: Timing) -> bool:
    """Whether a claimable job should have been claimed by now, and so must be queued again.

    True at once if a lease has expired since the newest message was sent. Otherwise true after `resend_after_s`,
    doubled for each message that no worker used: copies must not fill the queue during a backlog.
    """
    if job.lease_token is not None and job.sent_at < job.lease_until:
        return True
    patience_s = timing.resend_after_s * 2.0 ** max(0, job.sends - 1)
    return job.observed_at > job.sent_at + patience_s * 1000
