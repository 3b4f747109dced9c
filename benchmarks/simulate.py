"""`python -m benchmarks.simulate [--write] [--measure]`: simulate 50 to 10 million jobs a day.

Prints the main table. `--write` also writes docs/scaling.md. `--measure` first runs the local stack for about eight
minutes, to compare the simulation with it.
"""

import argparse

from benchmarks.simulation import measured_run, validation
from benchmarks.simulation.document import SIZES_HEAD, document, sizes_rows
from benchmarks.simulation.figures import Figures
from benchmarks.simulation.scenario import sizes
from local.project import ROOT

_DOCUMENT = ROOT / "docs/scaling.md"
_CPU = ROOT / ".local/performance/cpu_per_job.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulate", description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--measure", action="store_true")
    given = parser.parse_args()
    if given.measure:
        validation.write([(setup, measured_run.measure(setup)) for setup in validation.SETUPS])
    figures = Figures.measured(_CPU)
    results = [(scenario, scenario.run(figures)) for scenario in sizes()]
    for row in sizes_rows(results, figures):
        print(*(f"{name}: {cell}" for name, cell in zip(SIZES_HEAD, row, strict=True)), sep="\n  ")
    if given.write:
        _DOCUMENT.write_text(document(results, figures), encoding="utf-8")
        print(f"{_DOCUMENT.relative_to(ROOT)} is written.")


if __name__ == "__main__":
    main()
