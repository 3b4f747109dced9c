"""Which figures of a run are worse than those of another one."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.eval.figure import Better, Figure, figures, rule_figures
from benchmarks.eval.ratio import Ratio, error_of_difference
from benchmarks.eval.run_data import RunData
from chalicelib.domain.price import Price

#: A difference counts if it is larger than this many standard errors. With some 25 figures and equal prompts, 3
#: errors give a false alarm in one of 30 comparisons, and 2 errors in one of two.
MOST_ERRORS = 3.0
#: It must also be larger than this share of the earlier value: nobody notices a smaller one.
LEAST_CHANGE = 0.01


class NothingInCommon(Exception):
    """Runs without common jobs cannot be compared."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of all kinds together, in two runs of the same jobs."""

    now: Figure
    before: Figure
    now_ratio: Ratio
    before_ratio: Ratio

    @property
    def is_beyond_noise(self) -> bool:
        now, before = self.now_ratio.value, self.before_ratio.value
        if now is None or before is None:
            return False
        difference = abs(now - before)
        noise = MOST_ERRORS * error_of_difference(self.now_ratio, self.before_ratio)
        return difference > noise and difference > LEAST_CHANGE * abs(before)

    @property
    def verdict(self) -> str:
        """`better`, `worse`, `changed` if neither direction is better, or an empty text for noise."""
        if not self.is_beyond_noise:
            return ""
        if self.now.better is Better.NEITHER:
            return "changed"
        has_grown = (self.now_ratio.value or 0) > (self.before_ratio.value or 0)
        return "better" if has_grown == (self.now.better is Better.HIGHER) else "worse"


def compare(now: RunData, before: RunData, price: Price | None) -> list[Change]:
    """Every figure, for the jobs that both runs have. Raises `NothingInCommon` if there are none."""
    keys = now.records.keys() & before.records.keys()
    if not keys:
        raise NothingInCommon("The two runs have no job in common. Compare runs with the same grid and options.")
    both = (_all_figures(data.only(keys), price) for data in (now, before))
    return [Change(ours, theirs, ours.over(keys), theirs.over(keys)) for ours, theirs in zip(*both, strict=True)]


def worse(changes: Sequence[Change]) -> list[str]:
    """The titles of the figures that are worse beyond noise."""
    return [change.now.title for change in changes if change.verdict == "worse"]


def _all_figures(data: RunData, price: Price | None) -> list[Figure]:
    return [*figures(data, price), *rule_figures(data)]
