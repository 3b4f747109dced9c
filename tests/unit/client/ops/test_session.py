"""What all commands of `loresmith ops` share: what they print, and how they ask."""

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import typer

from loresmith.ops.functions import WriteAnswer
from loresmith.ops.session import change, reporting_errors, show


class Stage:
    """Functions that keep what they are asked."""

    class target:  # noqa: N801
        name = "the stage prod"

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def write(self, _operation: str, _arguments: Mapping[str, object], reason: str, *, confirmed: bool) -> WriteAnswer:
        self.asked.append((reason, confirmed))
        return WriteAnswer(["It ends.\x1b[2J"], ["It has ended."] if confirmed else [], changes=True, refused=False)


@contextmanager
def person_who_types(text: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    keyboard, screen = os.openpty()
    with os.fdopen(keyboard), os.fdopen(screen) as stdin:
        os.write(keyboard, text)
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        yield


def test_what_owners_wrote_is_printed_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither as markup, which would fail or vanish, nor as commands to the terminal."""
    show(
        {"names": ["[/quest]", "The [red] Fox \x1b[2J\x9b2J"]}, lambda answer: " ".join(answer["names"]), as_json=False
    )
    assert capsys.readouterr().out == "[/quest] The [red] Fox [2J2J\n"


def test_a_change_asks_why_and_whether_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stdout has only what a script reads."""
    stage: Any = Stage()
    with person_who_types(b"a test\ny\n", monkeypatch):
        change(stage, "resume", {}, None, yes=False, as_json=False)
    told = capsys.readouterr()
    assert told.out == "- It ends.[2J\nIt has ended.\n"
    assert "Why (for the log): " in told.err
    assert "Do this on the stage prod? [y/N]: " in told.err
    assert stage.asked == [("a test", False), ("a test", True)]


def test_a_no_changes_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stage: Any = Stage()
    with person_who_types(b"n\n", monkeypatch), pytest.raises(typer.Exit) as end:
        change(stage, "resume", {}, "a test", yes=False, as_json=False)
    assert (end.value.exit_code, stage.asked) == (1, [("a test", False)])
    assert capsys.readouterr().err.endswith("Nothing was changed.\n")


def test_json_is_all_that_a_change_prints(capsys: pytest.CaptureFixture[str]) -> None:
    stage: Any = Stage()
    change(stage, "resume", {}, "a test", yes=True, as_json=True)
    assert json.loads(capsys.readouterr().out)["done"] == ["It has ended."]


def test_without_a_terminal_nothing_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could answer. What is missing is named, and nothing is asked of the stage either."""
    stage: Any = Stage()
    monkeypatch.setattr(sys, "stdin", io.StringIO("a test\ny\n"))
    with pytest.raises(typer.Exit) as end, reporting_errors():
        change(stage, "resume", {}, None, yes=True, as_json=False)
    assert (end.value.exit_code, stage.asked) == (2, [])
    assert capsys.readouterr().err == "Say why, for the log: --reason TEXT.\n"
    with pytest.raises(typer.Exit) as end, reporting_errors():
        change(stage, "resume", {}, "a test", yes=False, as_json=False)
    assert (end.value.exit_code, stage.asked) == (1, [("a test", False)])
    assert capsys.readouterr().err == "Nothing was changed. Use --yes.\n"


def test_ctrl_c_at_a_question_is_told_by_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    stage: Any = Stage()
    with person_who_types(b"\n", monkeypatch):
        monkeypatch.setattr(sys.stdin, "readline", interrupted)
        with pytest.raises(typer.Exit) as end, reporting_errors():
            change(stage, "resume", {}, "a test", yes=False, as_json=False)
    assert (end.value.exit_code, stage.asked) == (130, [("a test", False)])
