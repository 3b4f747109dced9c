"""What all commands share: the stage, the output, and how errors and changes are printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from loresmith.cli.terminal import ask, can_ask, note, plain, print_json, print_text, stdout
from loresmith.ops.error import OpsError
from loresmith.ops.functions import Functions, WriteAnswer
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
    """Made for each command: tests replace the output. What owners and models wrote is text, not markup."""
    return stdout()


def printable(answer: Any) -> Any:
    """The answer without control characters in its texts: what owners and models wrote must not control a terminal."""
    match answer:
        case str():
            return plain(answer)
        case Mapping():
            return {name: printable(part) for name, part in answer.items()}
        case list():
            return [printable(part) for part in answer]
    return answer


@contextmanager
def reporting_errors() -> Iterator[None]:
    try:
        yield
    except OpsError as error:
        note(str(error), "red")
        raise typer.Exit(USAGE if error.code == "usage" else FAILED) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def show(answer: Mapping[str, Any], view: Callable[[Mapping[str, Any]], Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        console().print(view(printable(answer)))


def change(
    functions: Functions,
    operation: str,
    arguments: Mapping[str, object],
    reason: str | None,
    *,
    yes: bool,
    as_json: bool,
) -> WriteAnswer:
    """Say what will happen, ask, and do it. Raises `typer.Exit` if the answer is no."""
    why = reason or _answer("Why (for the log): ")
    if not why.strip():
        raise OpsError("Say why, for the log: --reason TEXT.", code="usage")
    told = functions.write(operation, arguments, why, confirmed=False)
    if not as_json:
        for step in told.steps:
            print_text(f"- {step}")
    if told.changes and not yes and (as_json or not _agrees(f"Do this on {functions.target.name}?")):
        if as_json:
            print_json(vars(told))
        typer.echo("Nothing was changed." + ("" if can_ask() and not as_json else " Use --yes."), err=True)
        raise typer.Exit(FAILED)
    if told.changes:
        told = functions.write(operation, arguments, why, confirmed=True)
    if as_json:
        print_json(vars(told))
    else:
        for done in told.done:
            print_text(done)
    if told.refused:
        raise typer.Exit(FAILED)
    return told


def _agrees(question: str) -> bool:
    return _answer(f"{question} [y/N]: ").lower() in ("y", "yes")


def _answer(question: str) -> str:
    """The answer of a person; "" if there is none. The question goes to stderr: stdout may be JSON."""
    try:
        return ask(question) if can_ask() else ""
    except EOFError:
        return ""
