"""How an owner who submits without pause affects another owner's waits (`benchmarks/fairness`)."""

import statistics
from collections.abc import Mapping
from itertools import chain

from benchmarks.fairness.waiting import DEPLOYED, JOBS_PER_PHASE, NONE, QUOTAS_ALONE, Waits, quantile
from benchmarks.fairness.waiting import measure as waits_with
from benchmarks.performance.run import Run
from benchmarks.performance.section import Cell, Goal, Section, Spread, Table

#: The mean wait beside an abuser / the mean wait alone.
_MOST_RATIO = 2.0

_CASES: Mapping[str, Mapping[str, str]] = {
    "quotas, and limits for each token": DEPLOYED,
    "quotas alone": QUOTAS_ALONE,
    "none": NONE,
}
_TEXT = f"""\
A quiet owner submits one relic at a time, {JOBS_PER_PHASE} a round. Its wait is the time from just before its request
until a worker claims the job. Beside it, an abuser with 16 connections in four processes sends its next request as soon
as one is answered. Phases alone and beside the abuser take turns, with new owners in each round; twelve workers are
warm. Everything shares this machine's processors, the abuser too.

The local server delays a refusal (at least 0.25 s, and 0.05 s after the token's previous one), because on AWS other
machines send the refusals. An owner whose window of submissions is full is refused before its body is read."""


def measure(run: Run) -> Section:
    found = {}
    for name, limits in _CASES.items():
        if run.is_quick and limits is NONE:
            continue
        found[name] = waits_with(limits, run.repeats)
        run.say(f"{name}: {Spread.of(found[name].ratios).text()} times the mean wait alone")
    columns = ["limits", "phase", "median, ms", "mean, ms", "90 %, ms", "worst, ms", "requests", "accepted"]
    rows = [row for name, waits in found.items() for row in _rows(name, waits)]
    ratios = [[name, Spread.of(waits.ratios).text()] for name, waits in found.items()]
    promised = [name for name in found if _CASES[name] is not NONE]
    return Section(
        key="fairness",
        title="Fair under abuse",
        text=_TEXT,
        tables=[Table(columns, rows), Table(["limits", "mean wait beside the abuser / alone"], ratios)],
        goals=[
            Goal(f"mean wait beside an abuser, {name}", _MOST_RATIO, statistics.median(found[name].ratios), "times")
            for name in promised
        ],
        data={name: {"alone_s": waits.alone, "beside_s": waits.beside} for name, waits in found.items()},
    )


def _rows(name: str, found: Waits) -> list[list[Cell]]:
    def row(phase: str, rounds: list[list[float]], *counts: Cell) -> list[Cell]:
        waits = [wait_s * 1000 for wait_s in chain(*rounds)]
        figures = (statistics.median(waits), statistics.mean(waits), quantile(waits, 0.9), max(waits))
        return [name, phase, *(round(figure) for figure in figures), *counts]

    return [row("alone", found.alone, "", ""), row("beside", found.beside, found.sent, found.accepted)]
