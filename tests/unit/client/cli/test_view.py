"""What the terminal shows, on a recorded console."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from loresmith.cli.figure import ago, cost, counted, duration, label
from loresmith.cli.login_command import health_lines
from loresmith.cli.progress_view import Display, Expectation, LineView
from loresmith.cli.result_view import blocks_of, markdown, print_blocks, terminal_text
from loresmith.cli.session import Session
from loresmith.cli.terminal import plain, print_json, print_table
from loresmith.error import ConnectionLost, RateLimited
from loresmith.model import Estimate, Health, JobState
from tests.unit.client.scripted_api import job

STARTED = "2026-11-23T16:39:47.852Z"
STAGES = ("name", "backstory")
ESCAPE = "\x1b[31mred\x1b[0m\x9b2J\x07"


def item(index: int, name: str | None, *stages: str, complete: bool = False) -> dict[str, Any]:
    return {
        "index": index,
        "stages": list(stages),
        "name": name,
        "description": "It burns." if complete else None,
        "type": "character",
        "language": "en",
        "details": {"long_ago": ["A", {"name": "B", "description": "C"}]} if complete else {},
        "complete": complete,
        "library_id": "5bc11506-4fc3-4ef0-8e0e-61c766af0c11" if complete else None,
    }


def state(**changed: Any) -> JobState:
    return JobState.model_validate(job(**changed))


def shown(current: JobState, *, width: int = 100, encoding: str = "utf-8", expected: Expectation | None = None) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", write_through=True)
    console = Console(file=stream, width=width, force_terminal=True, no_color=True, color_system=None)
    started = current.started_at or current.created_at
    display = Display(current, expected or Expectation(STAGES), now=lambda: started + timedelta(seconds=14))
    console.print(display)
    stream.seek(0)
    return stream.read()


def test_each_piece_is_shown_with_its_name_and_its_stages() -> None:
    items = [item(0, "Mira", "name", "backstory", complete=True), item(1, None)]
    running = state(progress=52, message="Generated names...", items=items, started_at=STARTED)
    lines = [line.rstrip() for line in shown(running).splitlines()]
    assert lines[0].endswith(" 52% 14 s")
    assert lines[1:] == ["Generated names...", "✓ Mira  ✓ name  ✓ backstory", "· No. 2  · name  · backstory"]


def test_a_stage_that_the_api_has_not_listed_is_shown_too() -> None:
    running = state(items=[item(0, "Mira", "name", "omens")])
    assert "✓ name  · backstory  ✓ omens" in shown(running)


def test_the_expected_time_is_that_of_jobs_with_as_many_pieces() -> None:
    expected = Expectation(STAGES, [(1, 5.0), (2, 30.0), (2, 32.0), (None, 900.0)])
    running = state(items=[item(0, "Mira", "name"), item(1, "Ada", "name")])
    assert "14 s of about 31 s" in shown(running, expected=expected)
    assert "14 s of about 31 s" in shown(state(), expected=expected), "no pieces yet: the median of all"


def test_a_later_attempt_is_shown() -> None:
    assert "attempt 2" in shown(state(attempt=2))


@pytest.mark.parametrize("width", [20, 40, 60])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    items = [item(0, "A very long name that goes on and on and on", "name", complete=True)]
    running = state(message="A message that is longer than the terminal is wide", items=items)
    assert all(len(line) <= width for line in shown(running, width=width).splitlines())


def test_a_terminal_without_unicode_gets_other_symbols() -> None:
    items = [item(0, "Mira", "name", complete=True)]
    assert "[x] Mira  [x] name  [ ] backstory" in shown(state(items=items), encoding="cp437")


def test_without_a_terminal_each_message_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    view = LineView(Session())
    for progress, message in ((0, "Preparing..."), (10, "Writing..."), (12, "Writing..."), (100, "Done")):
        view.show(state(progress=progress, message=message))
    assert capsys.readouterr().err == "  0%  Preparing...\n 10%  Writing...\n100%  Done\n"


def test_an_outage_is_reported_once_and_again_after_the_api_has_answered(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session()
    for _ in range(3):
        session._retrying(ConnectionLost("gone"), 2.0)
    assert capsys.readouterr().err == "The API cannot be reached. Trying again ...\n"
    session.is_connected()
    session._retrying(ConnectionLost("gone"), 2.0)
    assert capsys.readouterr().err != ""


def test_a_refusal_that_is_repeated_gives_no_advice(capsys: pytest.CaptureFixture[str]) -> None:
    Session()._retrying(RateLimited("Too many. Try again after the number of seconds in Retry-After."), 2.0)
    assert capsys.readouterr().err == "Too many. Trying again ...\n"


def completed() -> JobState:
    items = [item(0, "Mira", "name", "backstory", complete=True)]
    return state(status="completed", items=items, result=[{**items[0], "details": items[0]["details"]}])


def test_a_result_is_markdown_in_a_file() -> None:
    assert markdown(list(blocks_of(completed()))).splitlines() == [
        "## Mira (character, 5bc11506)",
        "",
        "It burns.",
        "",
        "- **Long ago:** A, B (C)",
    ]


def test_a_result_is_indented_on_a_terminal() -> None:
    console = Console(file=io.StringIO(), width=40, force_terminal=True, color_system=None)
    console.print(terminal_text(list(blocks_of(completed()))))
    written: Any = console.file
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    assert lines == ["", "Mira  character, 5bc11506", "  It burns.", "  Long ago: A, B (C)"]


def test_a_world_and_a_rewritten_piece_are_results_too() -> None:
    quest = {"title": "Ring", "description": "Ring the bell."}
    world = {"world_id": "w1", "title": "Tarn", "story": "Once.", "quest": quest, "pieces": {"relic": {"name": "Bell"}}}
    text = markdown(list(blocks_of(state(status="completed", result=world))))
    assert text.splitlines()[0] == "# Tarn (world, w1)"
    assert "## Quest: Ring" in text
    assert "## Bell" in text
    rewritten = {"piece": {"id": "p1", "kind": "relic", "name": "Bell", "description": "It rings.", "details": {}}}
    assert markdown(list(blocks_of(state(result=rewritten)))) == "## Bell (relic, p1)\n\nIt rings."
    assert markdown(list(blocks_of(state(result={"a_new": ["form"]})))) == "A new form"


def test_what_a_model_writes_does_not_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert plain(f"a\n{ESCAPE}") == "a\n[31mred[0m2J"
    items = [item(0, ESCAPE, "name", complete=True)]
    failed = state(status="failed", message=ESCAPE, items=items)
    print_blocks(list(blocks_of(failed)))
    print_table(("NAME",), [(ESCAPE,)])
    written = capsys.readouterr().out + shown(failed) + markdown(list(blocks_of(failed)))
    assert not set("\x1b\x9b\x07") & set(written)


def test_without_a_terminal_a_table_is_lines_with_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("A", "B", "C"), [("one", None, "two\nlines"), ("three", 4, "five")], less_important=("B",))
    assert capsys.readouterr().out == "one\t\ttwo lines\nthree\t4\tfive\n"


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_on_a_terminal_long_texts_are_cut_before_ids(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A narrow terminal shows only the important columns. No line is wider than the terminal."""
    monkeypatch.setenv("FORCE_COLOR", "1")  # for rich, this is a terminal
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = [("8bc11506", "A lantern with a very long name", "1 min ago", "It burns. " * 90)]
    print_table(("ID", "NAME", "CHANGED", "TEXT"), rows, less_important=("CHANGED", "TEXT"))
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0].split() == ["ID", "NAME", *(["CHANGED", "TEXT"] if columns >= 70 else [])]
    assert lines[1].startswith("8bc11506  A lantern")
    assert len(lines) == 2
    assert all(len(line) <= columns for line in lines)


def test_json_keeps_the_names_and_unknown_fields_of_the_api(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([state(new_field="é")])
    assert '"new_field": "é"' in capsys.readouterr().out


def test_figures_are_written_for_people() -> None:
    assert [duration(each) for each in (-1, 8.4, 125, 11_400)] == ["0 s", "8 s", "2 min 5 s", "3 h 10 min"]
    now = datetime.now(UTC)
    ages = [ago(now - timedelta(seconds=each)) for each in (0, 300, 7_300, 200_000)]
    assert ages == ["0 s ago", "5 min ago", "2 h ago", "2 d ago"]
    assert [counted(1, "piece"), counted(2_000, "piece")] == ["1 piece", "2,000 pieces"]
    assert label("long_ago") == "Long ago"
    used = Estimate(
        type="t",
        llm_calls=1,
        prompt_tokens=2_000,
        completion_tokens=1,
        estimated_cost_usd=0.00148,
        basis="default",
        jobs_measured=0,
        token_budget=1,
    )
    assert cost(used) == "1 LLM call, 2,001 tokens, $0.0015"


@pytest.mark.parametrize(("refuses", "told"), [(True, "are refused"), (False, "wait")])
def test_a_drain_is_told_in_words(refuses: bool, told: str) -> None:
    health: dict[str, Any] = {"redis": "ok", "queue": "ok", "generator": "down"}
    first = "Health  redis ok, queue ok, generator down"
    assert list(health_lines(Health.model_validate(health))) == [first]
    drain = {"since": "2026-11-30T02:26:00.000Z", "until": "2026-11-30T03:26:00.000Z", "refuses_jobs": refuses}
    assert list(health_lines(Health.model_validate(health | {"drain": drain}))) == [
        first,
        f"Drain   until 03:26 UTC at the latest: new jobs {told}",
    ]
