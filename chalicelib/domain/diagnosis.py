"""Whether a job is making progress.

The worker checks this before it claims a job. The schedule, every poll and the dead-letter worker check it too.
"""

import math
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
    #: Its deadline has passed or leaves no time for an attempt. Or it has waited too long for a worker, or for room in
    #: the generator.
    OVERDUE = "overdue"
    #: The worker died in the last permitted attempt.
    EXHAUSTED = "exhausted"


def diagnose(job: Job, timing: Timing) -> Finding:
    """Judge a snapshot as of the time it was read."""
    now = job.observed_at
    if job.is_final:
        return Finding.FINAL
    if now > overdue_at(job, timing):
        return Finding.OVERDUE
    if job.status is Status.PENDING:
        return Finding.CLAIMABLE
    if job.lease_until > now:
        return Finding.LEASED
    if job.attempt >= job.max_attempts and job.lease_token is not None:
        return Finding.EXHAUSTED
    return Finding.DELAYED if job.not_before > now else Finding.CLAIMABLE


def overdue_at(job: Job, timing: Timing) -> float:
    """After this, in ms on the store's clock, the job is overdue unless it has changed by then.

    A worker that holds the lease has a little more time after the deadline, so that it can end the job itself. A job
    that no worker holds is overdue when too little time for an attempt is left.
    """
    pending_until = math.inf if job.has_begun else job.waiting_since + timing.max_pending_s * 1000
    if job.deadline_at is None:
        return pending_until
    is_held = job.lease_until > job.observed_at
    return min(pending_until, job.deadline_at + 1000 * (timing.deadline_grace_s if is_held else -timing.min_attempt_s))


def message_is_lost(job: Job, timing: Timing) -> bool:
    """Whether a claimable job should have been claimed by now, and so must be queued again.

    True at once if a lease has expired since the newest message was sent. Otherwise true after `resend_after_s`,
    doubled for each message that no worker used: copies must not fill the queue during a backlog.
    """
    return _has_outlived_its_message(job) or job.observed_at > message_lost_at(job, timing)


def message_lost_at(job: Job, timing: Timing) -> float:
    """After this, in ms on the store's clock, the newest message of a claimable job counts as lost."""
    if _has_outlived_its_message(job):
        return job.lease_until
    patience_s = timing.resend_after_s * 2.0 ** max(0, job.sends - 1)
    return job.sent_at + patience_s * 1000


def _has_outlived_its_message(job: Job) -> bool:
    """Whether a worker has taken the newest message, and holds the job or has died."""
    return job.lease_token is not None and job.sent_at < job.lease_until
