"""The document and the records from which it is written."""

from pathlib import Path

import pytest

from benchmarks.performance import document, record
from benchmarks.performance.plot import draw
from benchmarks.performance.section import Goal, Line, Plot, Section, Spread, Table

CPU = Section(
    key="cpu_per_job",
    title="CPU per job",
    text="Ours and the peers.",
    tables=[Table(["process", "ms"], [["api", 12.34], ["total", 1234.5], ["none", None]], "Ours")],
    goals=[Goal("CPU of a job", 0.8, 2.51), Goal("Overhead", 20, 12, "ms")],
    plots=[
        Plot("CPU of a job", "", "ms", [Line("ours", [(0, 12)]), Line("arq", [(0, 30)])]),
        Plot("Growth", "jobs", "ms", [Line("ours", [(10, 1), (1000, 2)])], is_logarithmic=True),
    ],
)


def of(section: Section, commit: str = "abc") -> record.Record:
    return record.Record(section, "2026-01-02", commit, [("Python", "3.11.7")], [("redis", "7.0")])


def test_ratios_are_taken_pair_by_pair() -> None:
    """The ratio of the medians would be 3 / 2."""
    assert Spread.of_ratios([1, 3, 8], [2, 2, 2]) == Spread(1.5, 0.5, 4, 3)
    assert Spread.of_ratios([1, 4, 3], [1, 2, 6]).median == 1


def test_rounds_that_do_not_pair_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Spread.of_ratios([1, 2], [1])


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    record.write(tmp_path, of(CPU))
    (found,) = record.read_all(tmp_path, ["other", "cpu_per_job"])
    assert found.section.goals == CPU.goals
    assert [line.points for plot in found.section.plots for line in plot.lines] == [
        [(0, 12)],
        [(0, 30)],
        [(10, 1), (1000, 2)],
    ]
    assert found.section.tables[0].rows == CPU.tables[0].rows


def test_the_document_says_which_goals_are_missed(tmp_path: Path) -> None:
    document.write(tmp_path / "performance.md", tmp_path / "images/performance", [of(CPU)])
    text = (tmp_path / "performance.md").read_text()
    assert "| CPU of a job | 0.8 | 2.51 | **no** |" in text
    assert "| Overhead | 20 ms | 12 ms | yes |" in text
    assert "| total | 1,234 |" in text
    assert "| none | — |" in text


def test_each_plot_that_is_shown_exists(tmp_path: Path) -> None:
    stale = tmp_path / "images/performance/stale.svg"
    stale.parent.mkdir(parents=True)
    stale.touch()
    document.write(tmp_path / "performance.md", stale.parent, [of(CPU)])
    text = (tmp_path / "performance.md").read_text()
    drawn = sorted(path.name for path in stale.parent.iterdir())
    assert drawn == ["cpu_per_job-cpu-of-a-job.svg", "cpu_per_job-growth.svg"]
    assert all(f"(images/performance/{name})" in text for name in drawn)


def test_logarithmic_axes_show_every_point(tmp_path: Path) -> None:
    """Both axes are logarithmic. A point below 1 must not vanish."""
    points = [(0.2, 0.4), (1, 2), (5, 10)]
    draw(Plot("Time", "L", "s", [Line("ours", points)], is_logarithmic=True), tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text().count("<circle") == len(points)


def test_parts_that_were_measured_together_share_a_row(tmp_path: Path) -> None:
    other = Section("api", "API", "")
    document.write(tmp_path / "performance.md", tmp_path / "images", [of(CPU), of(other)])
    assert "| CPU per job, API | 2026-01-02 | abc |" in (tmp_path / "performance.md").read_text()
