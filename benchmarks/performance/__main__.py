"""`python -m benchmarks.performance [NAME ...] [--quick]`: measure, and write docs/performance.md.

Each measurement is kept as a file in .local/performance. The document is written from all of them, so a measurement
that is not repeated keeps its figures. `--quick` measures briefly, prints the tables and writes nothing.
"""

import argparse
import importlib
import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.performance import document, record
from benchmarks.performance.measure import NAMES
from benchmarks.performance.run import Run
from benchmarks.performance.section import Section
from local.project import ROOT

_RECORDS = ROOT / ".local/performance"
_DOCUMENT = ROOT / "docs/performance.md"
_IMAGES = ROOT / "docs/images/performance"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance", description=__doc__)
    known = [name for name in NAMES if importlib.util.find_spec(_module(name))]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}; by default all")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-measuring", action="store_true", help="only write the document again")
    given = parser.parse_args()
    if unknown := set(given.names) - set(known):
        parser.error(f"Unknown measurement: {', '.join(sorted(unknown))}. Known: {', '.join(known)}.")
    for name in [] if given.no_measuring else given.names or known:
        commit = record.current_commit()
        section = _measure(name, is_quick=given.quick)
        _show(section)
        if not given.quick:
            record.write(_RECORDS, record.record(section, commit))
    if not given.quick:
        document.write(_DOCUMENT, _IMAGES, record.read_all(_RECORDS, NAMES))
        print(f"{_DOCUMENT.relative_to(ROOT)} is written.")


def _module(name: str) -> str:
    return f"benchmarks.performance.measure.{name}"


def _measure(name: str, *, is_quick: bool) -> Section:
    measure: Callable[[Run], Section] = importlib.import_module(_module(name)).measure
    print(f"{name} ...", flush=True)
    began_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        section = measure(Run(Path(folder), is_quick=is_quick))
    print(f"{name}: {time.monotonic() - began_at:.0f} s", flush=True)
    return section


def _show(section: Section) -> None:
    for table in section.tables:
        print(f"  {table.title}" if table.title else "")
        for row in [table.columns, *table.rows]:
            first, *others = ["" if cell is None else str(cell) for cell in row]
            print(f"    {first:<40}" + "".join(f"{cell:>24}" for cell in others))
    for goal in section.goals:
        met = "met" if goal.is_met else "NOT met"
        print(f"  {goal.text}: {goal.measured:.3g} {goal.unit}, at most {goal.limit:.3g} {goal.unit}: {met}")


main()
