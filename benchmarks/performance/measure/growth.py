"""What one operation costs as jobs, owners, events and results grow a hundredfold."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from benchmarks.performance.measure.growth_system import OWNER, Size, System, system
from benchmarks.performance.run import Run
from benchmarks.performance.section import Cell, Goal, Section, Spread, Table

SMALL = Size(jobs=100, owners=10, jobs_of_owner=20, unfinished=10, events=10, result_pieces=3)
#: The most that the cost of an operation may grow, as a factor: about the spread of the measurement.
MOST = 1.25
#: How often an operation is repeated in one measurement.
_TIMES = 40
_PAGE = 20

_YOUNG = "sweep, no job old enough to be stuck"
_OLD = "sweep, every unfinished job old enough"
_RESULT = "read the large result"
#: The operations that must read what grows: operation → the part that is read.
PROPORTIONAL = {_YOUNG: "unfinished job", _OLD: "unfinished job", _RESULT: "piece of the result"}

Step = Callable[[], Awaitable[Any]]
#: Operation → the CPU time of one, milliseconds: of this process, and of Redis.
Costs = Mapping[str, tuple[float, float]]


def measure(run: Run) -> Section:
    return asyncio.run(_measure(run))


async def _measure(run: Run) -> Section:
    growth = 10 if run.is_quick else 100
    async with AsyncExitStack() as stack:
        run.say(f"storing {SMALL.jobs} and {SMALL.jobs * growth} jobs")
        small = await stack.enter_async_context(system(run, SMALL))
        large = await stack.enter_async_context(system(run, SMALL.times(growth)))
        for warm_up in (small, large):
            await _costs(warm_up)
        rounds = [(await _costs(small), await _costs(large)) for _ in range(run.repeats)]
    return section(rounds, growth)


async def _costs(found: System) -> Costs:
    """Run jobs from their submission to their end, and read what is stored."""
    costs: dict[str, tuple[float, float]] = {}

    async def measured(name: str, steps: Sequence[Step]) -> list[Any]:
        began = time.process_time(), await _redis_s(found)
        answers = [await step() for step in steps]
        ended = time.process_time(), await _redis_s(found)
        costs[name] = (
            (ended[0] - began[0]) * 1000 / len(steps),
            (ended[1] - began[1]) * 1000 / len(steps),
        )
        return answers

    jobs = await measured("submit: count, reserve, create", [found.create] * _TIMES)
    await measured("claim", [partial(found.claim, job) for job in jobs])
    await measured("store a stage", [partial(found.advance, job.id) for job in jobs])
    await measured("read a job", [partial(found.jobs.view, job.id) for job in jobs])
    await measured("complete", [partial(found.complete, job.id) for job in jobs])
    await measured("store a stage, long event log", [partial(found.advance, found.long_job)] * _TIMES)
    await measured("read a job, long event log", [partial(found.jobs.view, found.long_job)] * _TIMES)
    await measured(f"list {_PAGE} jobs", [partial(found.listing.page, OWNER, _PAGE)] * _TIMES)
    await measured(_YOUNG, [found.early_sweep] * _TIMES)
    await measured(_OLD, [found.late_sweep] * 5)
    await measured(_RESULT, [partial(found.jobs.view, found.large_job)] * 10)
    return costs


async def _redis_s(found: System) -> float:
    """The CPU seconds of Redis so far."""
    about: Any = await found.redis.info("cpu")
    return float(about["used_cpu_user"]) + float(about["used_cpu_sys"])


_COLUMNS = ("operation", "small: caller, ms", "Redis, ms", "large: caller, ms", "Redis, ms", "growth")


def _text(growth: int) -> str:
    return (
        f"A Redis with {SMALL.jobs} jobs of {SMALL.owners} owners, of which {SMALL.unfinished} are unfinished and "
        f"{SMALL.jobs_of_owner} are the measured owner's; one job has {SMALL.events} events, and one has a result of "
        f"{SMALL.result_pieces} pieces. A second Redis has {growth} times as much of everything. A job keeps at most "
        "1,000 events. The services run on the real adapters, and the two databases are measured in turn. The figures "
        "are CPU times of one operation: of the process that calls, and of Redis. The growth is that of their sum. "
        "A sweep and the reading of a result must read what grows. Their growth is that of one part, "
        "so 1 means that the cost grows in proportion, and less is better."
    )


def section(rounds: Sequence[tuple[Costs, Costs]], growth: int) -> Section:
    ratios = {name: _ratio(rounds, name, growth if name in PROPORTIONAL else 1) for name in rounds[0][0]}
    worst = max((name for name in ratios if name not in PROPORTIONAL), key=lambda name: ratios[name].median)
    steepest = max(PROPORTIONAL, key=lambda name: ratios[name].median)
    return Section(
        key="growth",
        title="Growth",
        text=_text(growth),
        tables=(Table(_COLUMNS, list(_rows(rounds, ratios))),),
        goals=(
            Goal(f"growth of the cost of an operation ({worst})", MOST, ratios[worst].median),
            Goal(f"growth of the cost of a part that must be read ({steepest})", MOST, ratios[steepest].median),
        ),
        data=[[dict(small), dict(large)] for small, large in rounds],
    )


def _ratio(rounds: Sequence[tuple[Costs, Costs]], name: str, parts: int) -> Spread:
    """The cost in the large database / that in the small one; for one part, if it has `parts` times as many."""
    return Spread.of_ratios(
        [sum(large[name]) / parts for _, large in rounds], [sum(small[name]) for small, _ in rounds]
    )


def _rows(rounds: Sequence[tuple[Costs, Costs]], ratios: Mapping[str, Spread]) -> Iterator[Sequence[Cell]]:
    for name, ratio in ratios.items():
        figures = (
            Spread.of([costs[size][name][process] for costs in rounds]).median for size in (0, 1) for process in (0, 1)
        )
        per = f" for each {PROPORTIONAL[name]}" if name in PROPORTIONAL else ""
        yield name, *(round(figure, 3) for figure in figures), ratio.text() + per
