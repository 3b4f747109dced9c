"""The terminal: results go to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console, OverflowMethod
from rich.table import Table
from rich.text import Text

#: Below this width, a table shows only its most important columns.
_NARROW = 70
#: A column that is not wider than this is shown in full, such as one with ids.
_WIDEST_KEPT = 24


def stdout() -> Console:
    """Made for each use: tests replace the stream."""
    return Console(highlight=False, emoji=False, markup=False)


def stderr() -> Console:
    return Console(stderr=True, highlight=False, emoji=False, markup=False)


def note(text: str, style: str = "") -> None:
    """Say something that is not a result."""
    stderr().print(Text(plain(text), style), soft_wrap=True)


def plain(text: object) -> str:
    """The text without control characters: what a model or another user wrote must not control the terminal."""
    return "".join(each for each in str(text) if each.isprintable() or each == "\n")


def has_only_ascii(console: Console) -> bool:
    """Whether the terminal's encoding may lack the usual symbols."""
    return not console.encoding.lower().startswith("utf")


def print_json(value: Any) -> None:
    """Print one JSON document: a model as the API sent it, or a list of models."""
    ascii_only = has_only_ascii(stdout())
    text = json.dumps(_plain_json(value), ensure_ascii=ascii_only, indent=2)
    sys.stdout.write(text + "\n")


def print_text(text: str) -> None:
    """Print text that may have any length, without wrapping it."""
    stdout().print(Text(plain(text)), soft_wrap=True)


def print_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    less_important: Sequence[str] = (),
    wraps: bool = False,
) -> None:
    """A table on a terminal; elsewhere one line for each row, with tabs between the cells, and no headings.

    `wraps`: the last column is shown in full, on several lines if it must be.
    """
    console = stdout()
    cells = [[plain("" if cell is None else cell).replace("\n", " ") for cell in row] for row in rows]
    if not console.is_terminal:
        for row in cells:
            sys.stdout.write("\t".join(row) + "\n")
        return
    shown = [
        place for place, heading in enumerate(headings) if console.width >= _NARROW or heading not in less_important
    ]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for place in shown:
        longest = max(map(cell_len, [headings[place], *(row[place] for row in cells)]))
        # If there is not enough space, long columns are shortened, the last one first.
        gives_way = place == shown[-1] or longest > _WIDEST_KEPT
        table.add_column(headings[place], no_wrap=not gives_way)
    overflow: OverflowMethod = "crop" if has_only_ascii(console) else "ellipsis"
    for row in cells:
        *others, last = (Text(row[place], no_wrap=True, overflow=overflow) for place in shown)
        if wraps:
            last = Text(last.plain)
        table.add_row(*others, last)
    console.print(table)


def can_ask() -> bool:
    """Whether a person can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_terminal() -> bool:
    """Whether results go to a person, not to a file or a program."""
    return stdout().is_terminal


def is_watched() -> bool:
    """Whether somebody sees what goes to stderr."""
    return stderr().is_terminal


def ask(question: str) -> str:
    """Ask for a line of input. The question goes to stderr. Raises `EOFError` if there is no answer."""
    sys.stderr.write(plain(question))
    sys.stderr.flush()
    if sys.platform != "win32" and sys.stdin.isatty():
        _wait_for_line()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def _wait_for_line() -> None:
    """Wait until there is a line to read.

    A Ctrl-C that arrives just before `read` blocks would be noticed only after the next line. It also writes into a
    pipe here, so that it ends this wait at any time.
    """
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    before = signal.set_wakeup_fd(wake)
    try:
        select.select([sys.stdin, awake], [], [])
    finally:
        signal.set_wakeup_fd(before)
        os.close(awake)
        os.close(wake)


def prepare_streams() -> None:
    """A closed stream leads nowhere. A character that a terminal cannot show becomes a question mark, not an error."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # open until the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _plain_json(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, (list, tuple)):
        return [_plain_json(each) for each in value]
    return value
