"""A figure of a run as the ratio of two sums over its jobs, with its standard error."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

#: The amount and the unit that one job adds.
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Such as calls a piece: each job's calls, and each job's pieces.

    Jobs are independent of each other; the pieces of a job are not. So the error is that of a ratio of sums over
    independent samples (Cochran, Sampling Techniques, 3rd edition, section 6.4).
    """

    #: One for each job.
    pairs: tuple[Pair, ...]

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> "Ratio":
        return cls(tuple(pairs))

    @property
    def value(self) -> float | None:
        """None if there is nothing to divide by."""
        units = sum(unit for _, unit in self.pairs)
        return sum(amount for amount, _ in self.pairs) / units if units else None

    @property
    def error(self) -> float:
        """The standard error of `value`. 0 if all jobs agree; infinite if one job is not enough to know."""
        value, jobs = self.value, len(self.pairs)
        if value is None or jobs < 2:
            return math.inf
        mean_unit = sum(unit for _, unit in self.pairs) / jobs
        squares = sum((amount - value * unit) ** 2 for amount, unit in self.pairs)
        return math.sqrt(squares / (jobs * (jobs - 1))) / mean_unit
