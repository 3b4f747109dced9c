"""Estimates from measured jobs: exact for regular jobs, bounded for others, and soon right after a change."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.estimate import Estimate, default_estimate
from chalicelib.domain.job import Usage
from chalicelib.domain.usage_sums import FADE_AT, UsageSums

COUNTS = st.integers(1, 10)
AMOUNTS = st.integers(0, 200_000)
USAGES = st.builds(Usage, AMOUNTS, AMOUNTS, AMOUNTS)
#: (count, usage) of the jobs measured.
JOBS = st.lists(st.tuples(COUNTS, USAGES), min_size=5, max_size=60)


def summed(jobs: list[tuple[int, Usage]], start: UsageSums | None = None) -> UsageSums:
    sums = start or UsageSums()
    for count, usage in jobs:
        sums = sums.plus(UsageSums.of(count, usage))
    return sums


def amounts(estimate: Estimate) -> tuple[int, int, int]:
    return estimate.llm_calls, estimate.prompt_tokens, estimate.completion_tokens


def on_line(fixed: int, per_piece: int, count: int) -> Usage:
    amount = fixed + per_piece * count
    return Usage(amount, 10 * amount, 2 * amount)


@given(st.lists(st.tuples(COUNTS, USAGES), max_size=4), COUNTS)
def test_a_few_jobs_do_not_replace_the_default(jobs: list[tuple[int, Usage]], count: int) -> None:
    estimate = summed(jobs).expected(count)
    assert (estimate, estimate.basis) == (default_estimate(count), "default")


@given(
    st.lists(COUNTS, min_size=5, max_size=FADE_AT * 2).filter(lambda counts: len(set(counts)) > 1),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    COUNTS,
)
def test_a_fixed_cost_and_a_cost_per_piece_are_estimated_exactly(
    counts: list[int], fixed: int, per_piece: int, count: int
) -> None:
    sums = summed([(each, on_line(fixed, per_piece, each)) for each in counts])
    usage = on_line(fixed, per_piece, count)
    assert amounts(sums.expected(count)) == (usage.llm_calls, usage.prompt_tokens, usage.completion_tokens)
    assert sums.expected(count).basis == "measured"


@given(JOBS)
def test_more_pieces_never_cost_less_and_never_more_per_piece(jobs: list[tuple[int, Usage]]) -> None:
    """Otherwise chance would make an estimate negative or absurd outside the counts that were measured."""
    sums = summed(jobs)
    found = [amounts(sums.expected(count)) for count in range(1, 11)]
    for count, (fewer, more) in enumerate(pairwise(found), start=1):
        for less, much in zip(fewer, more, strict=True):
            assert 0 <= less <= much
            # Both are rounded, by at most one half.
            assert (much - 0.5) / (count + 1) <= (less + 0.5) / count


@given(COUNTS, st.lists(USAGES, min_size=5, max_size=30))
def test_the_estimate_for_the_only_count_is_the_mean(count: int, usages: list[Usage]) -> None:
    """A world is always one piece."""
    sums = summed([(count, usage) for usage in usages])
    mean = sum(usage.prompt_tokens for usage in usages) / len(usages)
    assert abs(sums.expected(count).prompt_tokens - mean) <= 0.5 + 1e-6


@given(st.integers(5, 600), COUNTS, USAGES, USAGES)
@settings(max_examples=15)
def test_the_estimate_follows_a_changed_prompt_after_a_few_hundred_jobs(
    before: int, count: int, old: Usage, new: Usage
) -> None:
    """Each further hundred jobs halve what is left of the old ones."""
    sums = summed([(count, new)] * 500, start=summed([(count, old)] * before))
    difference = abs(sums.expected(count).prompt_tokens - new.prompt_tokens)
    assert difference <= abs(old.prompt_tokens - new.prompt_tokens) / 8 + 1


@given(JOBS)
def test_sums_survive_being_stored(jobs: list[tuple[int, Usage]]) -> None:
    sums = summed(jobs)
    stored = {name: float(repr(value)) for name, value in sums.values().items()}
    assert UsageSums.restore(stored) == sums
