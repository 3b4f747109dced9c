"""What all commands share: the stage, the output, and how errors and changes are told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from loresmith.ops.error import OpsError
from loresmith.ops.functions import Functions, Told
from loresmith.ops.target import find_target

#: Exit codes, which docs/operations.md lists.
FAILED, USAGE, NOT_WELL, INTERRUPTED = 1, 2, 3, 130


@dataclass(frozen=True)
class Session:
    """One run of the command line."""

    stage: str | None = None
    local: Path | None = None

    def functions(self) -> Functions:
        return Functions(find_target(self.stage, self.local, Path.cwd()))


def console() -> Console:
    """Made for each command: tests replace the output."""
    return Console(highlight=False, soft_wrap=False)


@contextmanager
def reporting_errors() -> Iterator[None]:
    try:
        yield
    except OpsError as error:
        Console(stderr=True, highlight=False).print(Text(str(error), style="red"))
        raise typer.Exit(USAGE if error.code == "usage" else FAILED) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show(answer: Mapping[str, Any], view: Callable[[Mapping[str, Any]], Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        console().print(view(answer))


def change(
    functions: Functions, operation: str, arguments: Mapping[str, object], reason: str, *, yes: bool, as_json: bool
) -> Told:
    """Say what will happen, ask, and do it. Raises `typer.Exit` if the answer is no."""
    told = functions.write(operation, arguments, reason, confirmed=False)
    if not as_json:
        for step in told.steps:
            typer.echo(f"- {step}")
    if told.changes and not yes and not (not as_json and _agrees(f"Do this on {functions.target.name}?")):
        if as_json:
            print_json(vars(told))
        typer.echo("Nothing was changed." + (" Use --yes." if as_json else ""), err=True)
        raise typer.Exit(FAILED)
    if told.changes:
        told = functions.write(operation, arguments, reason, confirmed=True)
    if as_json:
        print_json(vars(told))
    else:
        for done in told.done:
            typer.echo(done)
    if told.refused:
        raise typer.Exit(FAILED)
    return told


def reason(given: str) -> str:
    """Why something is changed; asks for it if somebody can answer."""
    if given.strip():
        return given
    try:
        return str(typer.prompt("Why (for the log)"))
    except typer.Abort:
        if sys.stdin.isatty():
            raise  # Ctrl-C
        raise typer.BadParameter("Say why: --reason TEXT") from None


def _agrees(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort:
        if sys.stdin.isatty():
            raise  # Ctrl-C
        typer.echo(" Nobody can answer here: use --yes.", err=True)
        return False
