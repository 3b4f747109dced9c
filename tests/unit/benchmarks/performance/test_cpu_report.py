"""The section on CPU per job, from rounds that are made up."""

from benchmarks.performance.measure import cpu_report
from benchmarks.performance.measure.cpu_per_job import Round
from benchmarks.performance.peer import KINDS


def rounds(*totals: float) -> list[Round]:
    return [Round({"worker": total, "total": total}, 10.0) for total in totals]


def measured() -> dict[tuple[str, str, int], list[Round]]:
    """Ours costs 60 ms in the first round and 90 in the second. arq costs 30 and 90; the others cost 100."""
    found = {
        ("ours", variant, together): rounds(60, 90) for variant in ("calls", "none", "chunks") for together in (1, 10)
    }
    for kind in KINDS:
        for variant in ("calls", "stages", "none"):
            for together in (1, 10):
                found[kind.name, variant, together] = rounds(30, 90) if kind.name == "arq" else rounds(100, 100)
    return found


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds() -> None:
    """Round by round: 2 and 1. The ratio of the medians would be 75 / 60."""
    goals = {goal.text.split(" with ")[0]: goal for goal in cpu_report.section(measured()).goals}
    assert goals["CPU of a job / that of arq"].measured == 1.5


def test_the_cheapest_peer_sets_the_limit() -> None:
    (goal, _) = [goal for goal in cpu_report.section(measured()).goals if "cheapest" in goal.text]
    assert goal.text.endswith("arq")
    assert not goal.is_met


def test_every_peer_has_a_row_in_every_table_that_compares() -> None:
    _, *tables = cpu_report.section(measured()).tables
    names = ["ours", *(kind.name for kind in KINDS)]
    assert [[row[0] for row in table.rows] for table in tables] == [names] * 3
