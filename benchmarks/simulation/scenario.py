"""The loads that are simulated, and their results."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.simulation.cost import Usage
from benchmarks.simulation.figures import Figures
from benchmarks.simulation.knobs import AZURE_1, AZURE_6, LARGE, Knobs
from benchmarks.simulation.load import HOUR_S, PEAK, Period, arrivals, day, peak
from benchmarks.simulation.system import Outcome, Start, System

_SEED = 14
#: LLM_MAX_CONCURRENCY, GENERATOR_MAX_JOBS before this simulation.
BEFORE: dict[str, Any] = {"llm_max_concurrency": 32, "jobs_per_task": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    name: str
    jobs_a_day: float
    knobs: Knobs
    periods: Sequence[Period]
    #: The knobs in words.
    setting: str
    start: Start | None = None
    #: Jobs that arrive earlier do not count: the system is not yet in its usual state.
    counted_from_s: float = 0

    def run(self, figures: Figures) -> Outcome:
        return simulate(self.knobs, figures, arrivals(self.periods, Random(_SEED)), self.start, self.counted_from_s)


def simulate(
    knobs: Knobs, figures: Figures, times: Iterable[float], start: Start | None = None, counted_from_s: float = 0
) -> Outcome:
    return System(knobs, figures, _SEED, start).run(times, counted_from_s)


def quantile(values: Sequence[float], share: float) -> float:
    """A quantile of sorted values: the largest value that at most `share` of them are below."""
    return values[min(len(values) - 1, int(share * len(values)))]


def sizes() -> Sequence[Scenario]:
    """50 to 10 million jobs a day, each with settings that can handle it."""
    large = Knobs.of("prod", provider=AZURE_1, redis_node=LARGE)
    huge = Knobs.of(
        "prod",
        worker_max_concurrency=1000,
        min_tasks=80,
        max_tasks=100,
        api_requests_per_s=10_000,
        redis_node=LARGE,
        redis_shards=31,
        lambda_concurrency=10_000,
        provider=AZURE_6,
    )
    return (
        Scenario(name="50", jobs_a_day=50, knobs=Knobs.of("dev"), setting="dev", periods=[*day(50)] * 40),
        Scenario(name="1,000", jobs_a_day=1e3, knobs=Knobs.of("dev"), setting="dev", periods=[*day(1e3)] * 5),
        Scenario(
            name="100,000",
            jobs_a_day=1e5,
            knobs=large,
            setting="prod, `REDIS_NODE_TYPE=cache.r7g.large`",
            periods=peak(1e5, 1.5 * HOUR_S),
            counted_from_s=HOUR_S / 2,
        ),
        Scenario(
            name="10,000,000",
            jobs_a_day=1e7,
            knobs=huge,
            setting="prod, `GENERATOR_MIN_TASKS=80`, `GENERATOR_MAX_TASKS=100`, a Redis of 31 shards, raised quotas",
            periods=peak(1e7, 240),
            start=Start(80, 1000),
            counted_from_s=60,
        ),
    )


def usage(scenario: Scenario, outcome: Outcome) -> Usage:
    busiest = outcome.most_tasks
    return Usage(
        jobs_a_day=scenario.jobs_a_day,
        invocation_s=outcome.invocation_s,
        jobs_per_batch=outcome.jobs_per_batch,
        tasks=max(scenario.knobs.min_tasks, busiest / PEAK),
        total_s=statistics.fmean(outcome.totals_s),
    )


def run_s(outcome: Outcome) -> float:
    """How long a job takes from its claim to its end, the mean."""
    return statistics.fmean(outcome.totals_s) - statistics.fmean(outcome.waits_s)


def prod(jobs_a_day: float, **changes: Any) -> Scenario:
    """The busiest hour with the defaults of prod, on a provider that can take the load."""
    knobs = Knobs.of("prod", provider=AZURE_6, redis_node=LARGE, **changes)
    return Scenario(
        name=f"{jobs_a_day:,.0f}",
        jobs_a_day=jobs_a_day,
        knobs=knobs,
        setting="prod",
        periods=peak(jobs_a_day, HOUR_S),
        counted_from_s=HOUR_S / 4,
    )


def dev_burst(jobs: int, figures: Figures, **changes: Any) -> Outcome:
    """This many jobs within a second on an idle dev stage."""
    knobs = Knobs.of("dev", provider=AZURE_1, **changes)
    return simulate(knobs, figures, [number / jobs for number in range(jobs)])
