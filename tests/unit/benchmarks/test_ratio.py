"""Ratios of sums, and their standard errors."""

import math

import pytest

from benchmarks.eval.ratio import Ratio


def test_the_value_is_the_ratio_of_the_sums_and_not_the_mean_of_the_ratios() -> None:
    assert Ratio.of([(1, 1), (1, 9)]).value == 0.2


def test_the_error_is_computed_over_jobs() -> None:
    """Value 1; residuals -1 and 1, so their variance of the mean is (1 + 1) / (2 * 1); the mean unit is 2."""
    assert Ratio.of([(1, 2), (3, 2)]).error == pytest.approx(0.5)


def test_more_units_in_a_job_do_not_make_the_figure_surer() -> None:
    """Ten pieces of one job resemble each other."""
    assert Ratio.of([(10, 20), (30, 20)]).error == pytest.approx(Ratio.of([(1, 2), (3, 2)]).error)


def test_jobs_that_agree_leave_no_error() -> None:
    assert Ratio.of([(1, 2), (2, 4)]).error == 0


def test_one_job_says_nothing_about_the_error() -> None:
    assert Ratio.of([(1, 2)]).error == math.inf


def test_there_is_no_value_without_units() -> None:
    assert Ratio.of([(0, 0), (0, 0)]).value is None
