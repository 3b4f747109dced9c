"""The growth of an operation's cost."""

import pytest

from benchmarks.performance.measure import growth

SMALL = dict.fromkeys(growth.PROPORTIONAL, (1.0, 1.0)) | {"claim": (0.2, 0.1), "read a job": (0.2, 0.2)}
LARGE = dict.fromkeys(growth.PROPORTIONAL, (100.0, 60.0)) | {"claim": (0.3, 0.15), "read a job": (0.2, 0.2)}


def test_the_operation_that_grows_most_decides_whether_the_goal_is_met() -> None:
    flat, _ = growth.section([(SMALL, LARGE)] * 5, 100).goals
    assert "claim" in flat.text
    assert flat.measured == pytest.approx(1.5)
    assert not flat.is_met


def test_what_must_be_read_may_grow_in_proportion() -> None:
    """Otherwise a sweep of a hundred times as many jobs could never meet the goal."""
    _, proportional = growth.section([(SMALL, LARGE)] * 5, 100).goals
    assert proportional.measured == pytest.approx(0.8)
    assert proportional.is_met
