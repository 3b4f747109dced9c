"""Ratios of sums, and the standard error of their difference."""

import math

import pytest

from benchmarks.eval.ratio import Ratio, error_of_difference


def test_the_value_is_the_ratio_of_the_sums_and_not_the_mean_of_the_ratios() -> None:
    assert Ratio.of([(1, 1), (1, 9)]).value == 0.2


def test_the_error_is_computed_over_jobs() -> None:
    """The residuals are -0.5 and 0.5, and 0 and 0: the root of (0.25 + 0.25) / (2 * 1)."""
    assert error_of_difference(Ratio.of([(1, 2), (3, 2)]), Ratio.of([(2, 2), (2, 2)])) == pytest.approx(0.5)


def test_more_units_in_a_job_do_not_make_the_error_smaller() -> None:
    """Ten pieces of one job resemble each other."""
    same = Ratio.of([(2, 2), (2, 2)])
    assert error_of_difference(Ratio.of([(10, 20), (30, 20)]), same) == pytest.approx(
        error_of_difference(Ratio.of([(1, 2), (3, 2)]), same)
    )


def test_what_makes_jobs_differ_in_both_runs_is_not_an_error() -> None:
    """A character takes more calls than a world, before and after."""
    assert error_of_difference(Ratio.of([(2, 1), (90, 1)]), Ratio.of([(1, 1), (89, 1)])) == pytest.approx(0)


def test_one_job_says_nothing_about_the_error() -> None:
    assert error_of_difference(Ratio.of([(1, 2)]), Ratio.of([(2, 2)])) == math.inf


def test_a_ratio_without_a_value_has_no_error() -> None:
    with pytest.raises(ValueError, match="nothing to divide by"):
        error_of_difference(Ratio.of([(0, 0)]), Ratio.of([(1, 1)]))


def test_there_is_no_value_without_units() -> None:
    assert Ratio.of([(0, 0), (0, 0)]).value is None
