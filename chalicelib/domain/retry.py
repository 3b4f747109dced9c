"""What to do after a failed attempt."""

from collections.abc import Callable

from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.job import Job
from chalicelib.domain.outcome import Failed, Outcome, RetryLater
from chalicelib.domain.timing import Timing
from foundation.job_failure import JOB_FAILURES

TIMEOUT = JOB_FAILURES["timeout"]

#: A job that waits for room in the generator asks again after up to this share of its age.
_SHARE_OF_AGE = 0.1
#: uniform(low, high) → a number between them.
Jitter = Callable[[float, float], float]


def after_failure(failure: GenerationFailed, job: Job, remaining_s: float, timing: Timing, jitter: Jitter) -> Outcome:
    """Try again if the failure is transient, attempts are left and the deadline allows it; otherwise fail.

    `remaining_s` is the time left until the job's deadline. If the caller has set none and the generator has had no
    room for the job so far, the limit is that of a job that waits for a worker (`max_pending_s`). The delay is the
    requested one (Retry-After) or else exponential with full jitter (AWS Architecture Blog, "Exponential Backoff And
    Jitter", 2015).
    """
    never_tried = job.attempt == 1 and not failure.uses_attempt
    if never_tried and job.deadline_s is None:
        remaining_s = timing.max_pending_s - job.waited_s
    if remaining_s <= 0:
        return timed_out()
    delay_s = _delay_s(failure, job, timing, jitter)
    attempts_left = job.attempt < job.max_attempts or not failure.uses_attempt
    if not failure.transient or not attempts_left:
        return Failed(failure.code, failure.message, failure.retryable)
    if delay_s + timing.min_attempt_s > remaining_s:
        return timed_out() if failure.code == TIMEOUT.code else Failed(failure.code, failure.message, retryable=True)
    resets_deadline = never_tried and job.deadline_s is None
    return RetryLater(delay_s, _waiting(job, failure), failure.uses_attempt, resets_deadline)


def timed_out() -> Failed:
    return Failed(TIMEOUT.code, TIMEOUT.sentence, TIMEOUT.retryable)


def pause_for_room_s(age_s: float, timing: Timing, jitter: Jitter) -> float:
    """How long a job of this age pauses, besides the requested delay, before it asks the generator for room again.

    The longer it has waited, the less often it asks.
    """
    return jitter(0, min(timing.backoff_cap_s, max(timing.backoff_base_s, age_s * _SHARE_OF_AGE)))


def _delay_s(failure: GenerationFailed, job: Job, timing: Timing, jitter: Jitter) -> float:
    if not failure.uses_attempt:
        return (failure.retry_after_s or 0.0) + pause_for_room_s(job.age_s, timing, jitter)
    spread_s = jitter(0, min(timing.backoff_cap_s, timing.backoff_base_s * 2 ** max(0, job.attempt - 1)))
    return spread_s if failure.retry_after_s is None else failure.retry_after_s + min(spread_s, 1.0)


def _waiting(job: Job, failure: GenerationFailed) -> str:
    if not failure.uses_attempt:
        return "The generator is busy. Trying again in a moment..."
    return f"Interrupted; trying again (attempt {job.attempt + 1} of {job.max_attempts})..."
