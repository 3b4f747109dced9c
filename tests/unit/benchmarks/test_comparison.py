"""A figure is worse if it has changed for the worse by more than chance explains."""

import pytest

from benchmarks.eval.comparison import Change, NothingInCommon, compare, worse
from benchmarks.eval.figure import Better, Figure, Unit
from benchmarks.eval.job_record import Cost, JobRecord
from benchmarks.eval.ratio import Pair, Ratio
from benchmarks.eval.run_data import RunData
from tests.unit.benchmarks.job import record, relic

SURE = ((1.0, 1.0), (1.0, 1.0))


def change(before: tuple[Pair, ...], now: tuple[Pair, ...], better: Better = Better.LOWER) -> Change:
    figure = Figure("calls a piece", Unit.NUMBER, better, {})
    return Change(figure, figure, Ratio(now), Ratio(before))


@pytest.mark.parametrize(
    ("now", "better", "verdict"),
    [
        (2.0, Better.LOWER, "worse"),
        (0.5, Better.LOWER, "better"),
        (2.0, Better.HIGHER, "better"),
        (0.5, Better.HIGHER, "worse"),
        (2.0, Better.NEITHER, "changed"),
        (1.0, Better.LOWER, ""),
        (1.009, Better.LOWER, ""),
    ],
)
def test_the_verdict_follows_what_is_better(now: float, better: Better, verdict: str) -> None:
    """Jobs that agree leave no noise, so only the size of the change matters: more than 1 %."""
    assert change(SURE, ((now, 1.0), (now, 1.0)), better).verdict == verdict


def test_a_change_of_three_standard_errors_is_noise() -> None:
    """The error of (1, 1), (3, 1) is 1, and 0 before: so up to 5 is noise if it was 2, and 5.1 is not."""
    before = ((2.0, 1.0), (2.0, 1.0))
    assert change(before, ((4.0, 1.0), (6.0, 1.0))).verdict == ""
    assert change(before, ((4.1, 1.0), (6.1, 1.0))).verdict == "worse"


def test_a_change_that_all_jobs_share_is_not_noise() -> None:
    """The jobs differ a lot from each other, but each of them has become worse."""
    assert change(((1.0, 1.0), (9.0, 1.0)), ((2.0, 1.0), (10.0, 1.0))).verdict == "worse"


def test_a_single_job_is_never_beyond_noise() -> None:
    assert change(((1.0, 1.0),), ((9.0, 1.0),)).verdict == ""


def test_a_figure_without_a_value_is_not_judged() -> None:
    assert change(((0.0, 0.0), (0.0, 0.0)), SURE).verdict == ""


def job(key: str, calls: int) -> JobRecord:
    return record(key, relic("A"), cost=Cost(llm_calls=calls))


def test_only_jobs_that_both_runs_have_are_compared() -> None:
    """The third job of each run would change the figure."""
    before = RunData.of([job("a", 3), job("b", 3), job("x", 90)])
    now = RunData.of([job("a", 3), job("b", 3), job("y", 1)])
    assert worse(compare(now, before, None)) == []
    calls = next(each for each in compare(now, before, None) if each.now.title == "calls a piece")
    assert calls.now_ratio.value == calls.before_ratio.value == 3


def test_runs_without_common_jobs_cannot_be_compared() -> None:
    with pytest.raises(NothingInCommon):
        compare(RunData.of([job("a", 3)]), RunData.of([job("b", 9)]), None)


def test_figures_that_are_worse_are_named() -> None:
    before, now = RunData.of([job("a", 3), job("b", 3)]), RunData.of([job("a", 4), job("b", 4)])
    assert worse(compare(now, before, None)) == ["calls a piece"]
