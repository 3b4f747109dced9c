"""Writes docs/performance.md from the records of the measurements."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.eval import markdown
from benchmarks.performance.plot import draw
from benchmarks.performance.record import Record
from benchmarks.performance.section import Cell, Goal, Table

_HEAD = """\
# Performance

`make bench` measures everything below and writes this page; `.venv/bin/python -m benchmarks.performance NAME` does so
for one part. A figure such as 1.30 (1.21-1.42) is the median of several rounds, with the smallest and the largest.
Figures that are compared were measured in turn, in the same rounds. CPU is user and system time. L is how long one call
to the LLM takes."""


def write(path: Path, images: Path, records: Sequence[Record]) -> None:
    """Write the document, and the plots to the folder `images`, which lies below the document's folder."""
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.svg"):
        old.unlink()
    for record in records:
        for number, plot in enumerate(record.section.plots):
            draw(plot, images / _image(record, number))
    path.write_text("\n\n".join(_parts(records, images.relative_to(path.parent).as_posix())) + "\n")


def _parts(records: Sequence[Record], images: str) -> Iterator[str]:
    yield _HEAD
    yield "## Goals"
    yield _goals([goal for record in records for goal in record.section.goals])
    for record in records:
        yield from _part(record, images)
    yield "## Where this was measured"
    yield from _places(records)


def _goals(goals: Iterable[Goal]) -> str:
    rows = [[goal.text, _limit(goal), _value(goal.measured, goal.unit), _met(goal)] for goal in goals]
    return markdown.table(["goal", "at most", "measured", "met"], rows)


def _met(goal: Goal) -> str:
    return "yes" if goal.is_met else "**no**"


def _limit(goal: Goal) -> str:
    return _value(goal.limit, goal.unit)


def _value(value: float, unit: str) -> str:
    return f"{_cell(value)} {unit}".strip()


def _part(record: Record, images: str) -> Iterator[str]:
    section = record.section
    yield f"## {section.title}"
    if section.text:
        yield section.text.strip()
    for table in section.tables:
        yield _table(table)
    for number, plot in enumerate(section.plots):
        yield f"![{plot.title}]({images}/{_image(record, number)})"


def _table(table: Table) -> str:
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    text = markdown.table(table.columns, rows)
    return f"**{table.title}**\n\n{text}" if table.title else text


def _cell(value: Cell) -> str:
    match value:
        case None:
            return markdown.NOTHING
        case float():
            return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
        case int():
            return f"{value:,}"
        case _:
            return value


def _image(record: Record, number: int) -> str:
    title = re.sub(r"[^a-z0-9]+", "-", record.section.plots[number].title.lower()).strip("-")
    return f"{record.section.key}-{title}.svg"


def _places(records: Sequence[Record]) -> Iterator[str]:
    """Where and when each part was measured. Parts that were measured together share a row."""
    groups: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[Record]] = {}
    for record in records:
        groups.setdefault((record.commit, record.date, tuple(record.machine)), []).append(record)
    rows = [
        [", ".join(record.section.title for record in group), date, commit, "; ".join(map(" ".join, machine))]
        for (commit, date, machine), group in groups.items()
    ]
    yield markdown.table(["part", "date", "commit", "machine"], rows, numbers=False)
    packages = {name: number for record in records for name, number in record.packages}
    yield "Packages: " + ", ".join(f"{name} {number}" for name, number in sorted(packages.items())) + "."
