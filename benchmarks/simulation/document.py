"""docs/scaling.md, written from a run of the simulation: the numbers and tables for template.md."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.eval.markdown import table
from benchmarks.simulation import cost, validation
from benchmarks.simulation.capacity import Resource, resources
from benchmarks.simulation.figures import Figures
from benchmarks.simulation.knobs import FIRST_TIER, Knobs
from benchmarks.simulation.load import DAY_S, PEAK
from benchmarks.simulation.scenario import BEFORE, Scenario, dev_burst, prod, quantile, run_s, usage
from benchmarks.simulation.system import Outcome

Results = Sequence[tuple[Scenario, Outcome]]
SIZES_HEAD = (
    "jobs a day",
    "wait (s)",
    "end (s)",
    "running at most",
    "tasks",
    "used up first",
    "USD for 1,000 jobs",
    "settings",
)
_TEMPLATE = Path(__file__).with_name("template.md")
_LOADS = (10_000, 30_000, 100_000, 200_000, 400_000)
_BURSTS = (50, 200, 1000)
#: How many standard deviations above the mean the 99th percentile of a normal distribution is.
_Z99 = 2.326


def document(results: Results, figures: Figures) -> str:
    """The page. Runs the further simulations that it needs."""
    tables = {
        "sizes": table(SIZES_HEAD, sizes_rows(results, figures), numbers=False),
        "loads": _compared(_loads(figures)),
        "bursts": _compared(_bursts(figures)),
        "costs": _costs(results, figures),
        "parts": _parts(results, figures),
        "validation": _validation(),
        "figures": table(["figure", "value", "source"], _sources(figures), numbers=False),
    }
    return _TEMPLATE.read_text(encoding="utf-8").format(
        **tables, **_numbers(results, figures), **_limits(results, figures)
    )


def sizes_rows(results: Results, figures: Figures) -> Iterator[Sequence[str]]:
    for scenario, outcome in results:
        first = next(each for each in _resources(scenario, outcome, figures) if not each.is_soft)
        price = sum(cost.ours(figures, usage(scenario, outcome), scenario.knobs).values())
        yield (
            scenario.name,
            _times(outcome.waits_s),
            _times(outcome.totals_s),
            f"{outcome.most_running:,}",
            str(outcome.most_tasks),
            f"{first.name}: {_rounded(first.jobs_a_day)}",
            f"{price:.2f} + LLM {cost.llm(figures):.2f}",
            scenario.setting,
        )


def _resources(scenario: Scenario, outcome: Outcome, figures: Figures) -> Sequence[Resource]:
    return resources(scenario.knobs, figures, run_s(outcome))


def _times(values: Sequence[float]) -> str:
    return f"{quantile(values, 0.5):.1f} / {quantile(values, 0.99):.1f}"


def _rounded(jobs: float) -> str:
    """Two digits, such as 45,000."""
    return f"{float(f'{jobs:.2g}'):,.0f}"


def _numbers(results: Results, figures: Figures) -> Mapping[str, str]:
    """The numbers in the text, apart from limits."""
    _, (_, small), (_, large), (huge, _) = results
    costs = [_prices(scenario, outcome, figures) for scenario, outcome in results]
    return {
        "llm_s": f"{figures.llm_s:g}",
        "slow_llm_s": f"{figures.llm_s * math.exp(_Z99 * figures.llm_spread):.1f}",
        "cold_s": f"{figures.worker_cold_start_s:g}",
        "large_wait": f"{quantile(large.waits_s, 0.99):.0f}",
        "huge_requests": _rounded(huge.jobs_a_day * PEAK / DAY_S * figures.api_requests),
        "busy_cpu": f"{Knobs.of('dev').jobs_per_task / run_s(small) * figures.generator_cpu_s:.1f}",
        "first_tier_jobs": f"{2 * FIRST_TIER.tokens_per_minute / figures.tokens:.0f}",
        "transitions": str(cost.TRANSITIONS),
        "operations": str(cost.OPERATIONS),
        "celery_gain": f"{max(row[0] - min(row[1:3]) for row in costs):.2f}",
    }


def _limits(results: Results, figures: Figures) -> Mapping[str, str]:
    """The limits in the text, in jobs a day, and the table of all limits."""
    per_job_s = run_s(results[1][1])
    knobs = Knobs.of("prod", provider=FIRST_TIER)
    found = resources(knobs, figures, per_job_s)
    by_name = {each.name: _rounded(each.jobs_a_day) for each in found}
    huge = {each.name: _rounded(each.jobs_a_day) for each in _resources(*results[-1], figures)}
    rows = ([each.name, each.limit, _rounded(each.jobs_a_day), each.knob] for each in found)
    return {
        "capacity": table(["used up", "limit", "jobs a day", "what raises it"], rows, numbers=False),
        "first_limit": _rounded(found[0].jobs_a_day),
        "requests_limit": by_name["requests to the API"],
        "workers_limit": by_name["jobs of the workers"],
        "jobs_a_task": _rounded(knobs.jobs_per_task / per_job_s * DAY_S / PEAK),
        "polls_limit": by_name["long polls (each holds an API invocation)"],
        "redis_limit": by_name["CPU of Redis"],
        "huge_end": huge["jobs of the workers"],
    }


def _loads(figures: Figures) -> Iterator[tuple[str, Outcome, Outcome]]:
    for load in _LOADS:
        before = prod(load, worker_max_concurrency=12, **BEFORE)
        yield f"{load:,} jobs a day", before.run(figures), prod(load).run(figures)


def _bursts(figures: Figures) -> Iterator[tuple[str, Outcome, Outcome]]:
    for jobs in _BURSTS:
        yield f"{jobs:,} jobs", dev_burst(jobs, figures, **BEFORE), dev_burst(jobs, figures)


def _compared(rows: Iterable[tuple[str, Outcome, Outcome]]) -> str:
    head = ["", "before: wait (s)", "end (s)", "failed", "now: wait (s)", "end (s)", "failed"]
    return table(head, ([name, *_cells(before), *_cells(now)] for name, before, now in rows))


def _cells(outcome: Outcome) -> Sequence[str]:
    return [_times(outcome.waits_s), _times(outcome.totals_s), f"{outcome.failed:,}"]


def _prices(scenario: Scenario, outcome: Outcome, figures: Figures) -> Sequence[float]:
    """Ours, Celery with processes, Celery with gevent, Step Functions, durable functions."""
    needs, knobs = usage(scenario, outcome), scenario.knobs
    return [
        sum(cost.ours(figures, needs, knobs).values()),
        cost.celery(cost.PREFORK, figures, needs, knobs, run_s(outcome)),
        cost.celery(cost.GEVENT, figures, needs, knobs, run_s(outcome)),
        cost.step_functions(figures, needs, knobs),
        cost.durable(figures, needs, knobs, run_s(outcome)),
    ]


def _costs(results: Results, figures: Figures) -> str:
    head = ["jobs a day", "ours", "Celery, prefork", "Celery, gevent", "Step Functions", "durable functions", "LLM"]
    rows = ((scenario.name, [*_prices(scenario, outcome, figures), cost.llm(figures)]) for scenario, outcome in results)
    return table(head, ([name, *(f"{usd:.2f}" for usd in prices)] for name, prices in rows))


def _parts(results: Results, figures: Figures) -> str:
    ours = [(scenario.name, cost.ours(figures, usage(scenario, o), scenario.knobs)) for scenario, o in results]
    rows = ([name, *(f"{usd:.3f}" for usd in parts.values())] for name, parts in ours)
    return table(["jobs a day", *ours[0][1]], rows)


def _validation() -> str:
    head = ["at most", "a call", "last end", "simulated", "median wait", "simulated", "failed", "simulated"]
    return table(head, (_validated(each) for each in validation.compare()))


def _validated(each: validation.Comparison) -> Sequence[str]:
    setup, real = each.setup, each.measured
    return [
        f"{setup.llm_concurrency} calls, {setup.generator_jobs} jobs in the generator",
        f"{setup.llm_s:g} s",
        f"{real.makespan_s:.0f} s",
        _beside(each.makespan_s, real.makespan_s),
        f"{real.median_wait_s:.0f} s",
        _beside(each.median_wait_s, real.median_wait_s),
        str(real.failed),
        str(each.failed),
    ]


def _beside(simulated_s: float, measured_s: float) -> str:
    return f"{simulated_s:.0f} s ({round(100 * (simulated_s / measured_s - 1)):+d} %)"


def _sources(figures: Figures) -> Iterator[Sequence[str]]:
    for name, value, source in figures.sources():
        yield f"`{name}`", f"{value:,.4g}" if value < 1000 else f"{value:,.0f}", source
