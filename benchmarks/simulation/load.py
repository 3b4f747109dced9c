"""When jobs arrive."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

DAY_S, HOUR_S = 86_400.0, 3_600.0
#: Half of a day's jobs arrive in its four busiest hours: three times the mean rate (docs/cost.md).
PEAK = 3.0
_PEAK_HOURS = 4


@dataclass(frozen=True, slots=True)
class Period:
    """A time with a constant mean rate of independent arrivals (a Poisson process)."""

    duration_s: float
    per_s: float


def day(jobs_a_day: float) -> Sequence[Period]:
    """A day that ends with its busiest hours."""
    mean_per_s = jobs_a_day / DAY_S
    peak_s = _PEAK_HOURS * HOUR_S
    rest = (DAY_S - PEAK * peak_s) / (DAY_S - peak_s)
    return (Period(DAY_S - peak_s, rest * mean_per_s), Period(peak_s, PEAK * mean_per_s))


def peak(jobs_a_day: float, duration_s: float) -> Sequence[Period]:
    """A part of the busiest hours."""
    return (Period(duration_s, PEAK * jobs_a_day / DAY_S),)


def burst(jobs: int, within_s: float) -> Sequence[Period]:
    """Jobs that arrive at almost the same time."""
    return (Period(within_s, jobs / within_s),)


def arrivals(periods: Sequence[Period], random: Random) -> Iterator[float]:
    """The times of arrival, in order."""
    start_s = 0.0
    for period in periods:
        at_s = start_s
        end_s = start_s + period.duration_s
        while period.per_s and (at_s := at_s + random.expovariate(period.per_s)) < end_s:
            yield at_s
        start_s = end_s
