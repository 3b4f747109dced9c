"""The report as Markdown."""

import re
from typing import Any

import pytest

from benchmarks.eval.comparison import compare
from benchmarks.eval.figure import Unit
from benchmarks.eval.job_record import Cost, JobRecord
from benchmarks.eval.markdown import cell, number, verbatim
from benchmarks.eval.report import report
from benchmarks.eval.run_data import RunData
from tests.unit.benchmarks.job import record, relic


def job(key: str, name: str, **fields: Any) -> JobRecord:
    piece = {"name": name, "description": f"It is {name}.", "type": "relic", "details": {"history": "Old."}}
    return record(key, relic(name, f"It is {name}.", "Old."), result=[piece], **fields)


def row(text: str, title: str) -> list[str]:
    """The cells of the first row with this title."""
    found = re.search(rf"^\| {re.escape(title)} \|(.*)\|$", text, re.MULTILINE)
    assert found, title
    return [each.strip() for each in found[1].split("|")]


def test_the_report_names_what_was_measured() -> None:
    said = report(RunData.of([job("a", "Tinder"), job("b", "Osk's Spoon", params={"tone": "dark"})]), None)
    assert said.startswith("# What model writes\n")
    for line in ("- date: 2026-11-29", "prompt version 4", "- jobs: 2 relic", "- tones: none, dark"):
        assert line in said


def test_figures_stand_in_columns_for_all_and_for_each_kind() -> None:
    event = record("e", {"name": {"name": "The Fair", "concept": "a fair"}}, kind="event", cost=Cost(llm_calls=1))
    said = report(RunData.of([job("a", "Tinder"), event]), None)
    assert "|  | all | event | relic |" in said
    assert row(said, "calls a piece") == ["2.00", "1.00", "3.00"]


def test_each_language_has_a_column_if_there_are_several() -> None:
    said = report(RunData.of([job("a", "Tinder"), job("b", "Zunder", params={"language": "de"})]), None)
    assert "|  | all | relic | `none` | `de` |" in said


def test_rules_that_are_never_broken_are_only_listed() -> None:
    said = report(RunData.of([job("a", "Tinder")]), None)
    assert row(said, "too_short")
    assert re.search(r"^Never broken: .*`too_long`", said, re.MULTILINE)
    assert "| too_long |" not in said


def test_missing_pieces_are_counted_by_reason() -> None:
    """A job without a result lacks all of its pieces."""
    failed = record("b", params={"count": 2}, result=None, error="truncated")
    half = job("a", "Tinder", params={"count": 2}, missing=("duplicate_name",))
    assert "| relic | truncated 2, duplicate_name 1 |" in report(RunData.of([half, failed]), None)


def test_a_run_without_any_piece_has_a_report() -> None:
    """A provider may write nothing usable."""
    said = report(RunData.of([record("a", params={"count": 2}, result=None, error="truncated")]), None)
    assert row(said, "complete pieces") == ["0.0 %", "0.0 %"]
    assert "No piece is complete." in said


def test_samples_of_two_runs_stand_beside_each_other() -> None:
    now, before = RunData.of([job("a", "Tinder"), job("b", "Spoon")]), RunData.of([job("a", "Flint"), job("b", "Fork")])
    said = report(now, None, before, compare(now, before, None))
    assert "| name | Tinder | Flint |" in said
    assert "| description | It is Spoon. | It is Fork. |" in said


def test_a_figure_that_is_worse_is_marked() -> None:
    def run(calls: int) -> RunData:
        return RunData.of([job(key, "Tinder", cost=Cost(llm_calls=calls)) for key in ("a", "b")])

    said = report(run(4), None, run(3), compare(run(4), run(3), None))
    assert row(said, "calls a piece") == ["lower", "3.00", "4.00", "worse"]


def test_samples_are_the_same_in_every_report() -> None:
    data = RunData.of([job(f"{index}", f"Name {index}") for index in range(9)])
    assert report(data, None) == report(data, None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("one\n\ntwo", "one<br><br>two"),
        ("one\ntwo", "one two"),
        ("<b>*not* _bold_", "\\<b\\>\\*not\\* \\_bold\\_"),
        ("[no](link)", "\\[no&#93;(link)"),
        ("`no/path.py`", "&#96;no/path.py&#96;"),
    ],
)
def test_a_text_is_shown_as_it_was_written(text: str, shown: str) -> None:
    assert cell(verbatim(text)) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, Unit.SHARE, "—"),
        (0.935, Unit.SHARE, "93.5 %"),
        (3.4706, Unit.NUMBER, "3.47"),
        (9361.7, Unit.NUMBER, "9,362"),
        (0.00123, Unit.USD, "$0.001230"),
    ],
)
def test_numbers_are_shown_with_their_unit(value: float | None, unit: Unit, shown: str) -> None:
    assert number(value, unit) == shown
