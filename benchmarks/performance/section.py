"""One section of docs/performance.md: its tables, its goals, and what was measured."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several measurements of the same thing, with the smallest and the largest."""

    median: float
    least: float
    most: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Raises `statistics.StatisticsError` if there are no values."""
        return cls(statistics.median(values), min(values), max(values), len(values))

    @classmethod
    def of_ratios(cls, ours: Sequence[float], peers: Sequence[float]) -> Self:
        """The ratios of measurements that were made in turn, pair by pair."""
        return cls.of([our / peer for our, peer in zip(ours, peers, strict=True)])

    def text(self, digits: int = 2) -> str:
        """Such as "1.30 (1.21-1.42)"."""
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}-{self.most:.{digits}f})"


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit, and whether it is met."""

    #: What is limited, such as "CPU of a job / that of an arq job".
    text: str
    #: The largest value that meets the goal.
    limit: float
    measured: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.measured <= self.limit


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plot."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with lines, or with bars if every line has one point."""

    title: str
    x: str
    y: str
    lines: Sequence[Line]
    #: Both axes.
    is_logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What one module in `measure` returns from `measure(run)`."""

    #: The name of the module.
    key: str
    title: str
    #: How it was measured, and what the figures show, in a few sentences.
    text: str
    tables: Sequence[Table] = ()
    goals: Sequence[Goal] = ()
    plots: Sequence[Plot] = ()
    #: The single measurements as JSON values, for the file.
    data: Any = None
