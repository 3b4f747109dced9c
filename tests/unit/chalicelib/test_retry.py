"""What the worker does after a failed attempt, for any failure at any time."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.outcome import Failed, RetryLater
from chalicelib.domain.retry import after_failure
from chalicelib.domain.timing import Timing

TIMING = Timing()


def job(attempt: int, id: str = "x") -> Job:
    return Job(
        id=id,
        type="generate_characters",
        owner="o",
        payload={},
        status=Status.PROCESSING,
        progress=20,
        message="",
        attempt=attempt,
        max_attempts=3,
        root_id="x",
        created_at=0,
        updated_at=0,
        expires_at=0,
        observed_at=0,
    )


failures = st.builds(
    GenerationFailed,
    st.sampled_from(["provider_unavailable", "refused", "timeout", "overloaded"]),
    st.just("No."),
    retryable=st.booleans(),
    retry_after_s=st.none() | st.floats(0, 1000),
    uses_attempt=st.booleans(),
)


@given(failures, st.integers(1, 3), st.floats(-10, 130), st.integers())
def test_a_retry_is_bounded_and_fits_into_the_deadline(
    failure: GenerationFailed, attempt: int, remaining_s: float, seed: int
) -> None:
    outcome = after_failure(failure, job(attempt), remaining_s, TIMING, random.Random(seed).uniform)
    match outcome:
        case RetryLater(delay_s, _, uses_attempt, resets_deadline):
            assert failure.retryable
            assert resets_deadline == (attempt == 1 and not uses_attempt)
            assert attempt < 3 or not uses_attempt
            assert delay_s >= (failure.retry_after_s or 0)
            assert delay_s <= (failure.retry_after_s or 0) + TIMING.backoff_cap_s
            assert delay_s + TIMING.min_attempt_s <= (TIMING.max_pending_s if resets_deadline else remaining_s)
        case Failed(code, error, _):
            assert error
            assert code in {failure.code, "timeout"}
        case _:
            raise AssertionError(outcome)


@given(failures, st.integers(1, 3), st.floats(-10, 130), st.integers())
def test_a_deadline_of_the_callers_own_is_never_exceeded_and_never_moved(
    failure: GenerationFailed, attempt: int, remaining_s: float, seed: int
) -> None:
    """Not even for a job for which the generator has had no room so far."""
    own = replace(job(attempt), deadline_s=100)
    outcome = after_failure(failure, own, remaining_s, TIMING, random.Random(seed).uniform)
    if isinstance(outcome, RetryLater):
        assert outcome.delay_s + TIMING.min_attempt_s <= remaining_s
        assert not outcome.resets_deadline


@given(st.integers(1, 2), st.integers())
def test_the_backoff_has_full_jitter_below_a_bound_that_doubles(attempt: int, seed: int) -> None:
    failure = GenerationFailed("provider_unavailable", "No.", retryable=True)
    outcome = after_failure(failure, job(attempt), 100, TIMING, random.Random(seed).uniform)
    assert isinstance(outcome, RetryLater)
    assert 0 <= outcome.delay_s <= TIMING.backoff_base_s * 2 ** (attempt - 1)


@given(st.integers(1, 3), st.floats(0.1, 100))
def test_a_permanent_failure_is_never_tried_again(attempt: int, remaining_s: float) -> None:
    failure = GenerationFailed("refused", "No.", retryable=False)
    outcome = after_failure(failure, job(attempt), remaining_s, TIMING, random.uniform)
    assert outcome == Failed("refused", "No.", retryable=False)
