"""A figure of a run as the ratio of two sums over its jobs, and the standard error of a difference."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

#: The amount and the unit that one job adds.
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Such as calls per piece: each job adds its calls to one sum and its pieces to the other.

    Jobs are independent of each other; the pieces of a job are not. So the samples of an error are the jobs (Cochran,
    Sampling Techniques, 3rd edition, sections 6.4 and 6.18).
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
    def residuals(self) -> list[float]:
        """How far each job is from the value, in the value's unit. Raises `ValueError` if there is no value."""
        if (value := self.value) is None:
            raise ValueError("there is nothing to divide by")
        mean_unit = sum(unit for _, unit in self.pairs) / len(self.pairs)
        return [(amount - value * unit) / mean_unit for amount, unit in self.pairs]


def error_of_difference(one: Ratio, other: Ratio) -> float:
    """The standard error of the difference of two figures of the same jobs, in the same order.

    What makes jobs differ in both runs, such as their kind, cancels out. 0 if every job has changed alike; infinite for
    one job. Raises `ValueError` if either has no value.
    """
    pairs = zip(one.residuals, other.residuals, strict=True)
    squares, jobs = sum((ours - theirs) ** 2 for ours, theirs in pairs), len(one.pairs)
    return math.sqrt(squares / (jobs * (jobs - 1))) if jobs > 1 else math.inf
