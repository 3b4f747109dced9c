"""Beyond this machine: the queueing simulation of docs/scaling.md."""

from benchmarks.performance.run import Run
from benchmarks.performance.section import Line, Plot, Section, Table
from benchmarks.simulation.document import SIZES_HEAD, sizes_rows
from benchmarks.simulation.figures import Figures
from benchmarks.simulation.scenario import prod, quantile, sizes

_LOADS = (10_000, 30_000, 60_000, 100_000, 150_000, 200_000, 300_000)


def measure(run: Run) -> Section:
    """Nothing is measured here. `benchmarks.simulate` writes docs/scaling.md from the same simulation."""
    figures = Figures()
    results = [(scenario, scenario.run(figures)) for scenario in (sizes()[:2] if run.is_quick else sizes())]
    rows = [list(row[:-1]) for row in sizes_rows(results, figures)]
    return Section(
        key="scaling",
        title="Beyond this machine",
        text=(
            "A queueing simulation, calibrated with measured figures. [Scaling](scaling.md) has its assumptions, what "
            "is used up first, and the settings and prices that follow. Times are median / 99th percentile."
        ),
        tables=[Table(SIZES_HEAD[:-1], rows, "Jobs a day, with settings that can handle them")],
        plots=[] if run.is_quick else [_waits(figures)],
    )


def _waits(figures: Figures) -> Plot:
    outcomes = [(load, prod(load).run(figures).waits_s) for load in _LOADS]
    lines = [
        Line(name, [(load, quantile(waits, share)) for load, waits in outcomes])
        for name, share in (("median", 0.5), ("99th percentile", 0.99))
    ]
    return Plot("Waits in the busiest hour, prod with its defaults", "jobs a day", "seconds", lines)
