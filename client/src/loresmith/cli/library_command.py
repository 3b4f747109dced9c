"""`pieces`, `piece`, `worlds`, `export` and `usage`: what jobs have made, and what it has cost."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from loresmith import ExportedFile
from loresmith.cli import completion, option
from loresmith.cli.failure import USAGE, CommandError
from loresmith.cli.figure import ago, counted, dollars
from loresmith.cli.reference import SHORT_ID, find_piece, find_world, short_type
from loresmith.cli.result_view import piece_blocks, print_blocks
from loresmith.cli.session import session_of
from loresmith.cli.terminal import is_terminal, note, plain, print_json, print_table
from loresmith.model import DayUsage, JobSums

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="WORD", help="Only entries that contain all of these words.", show_default=False),
]
Tag = Annotated[str | None, typer.Option("--tag", help="Only entries with this tag.")]
Favourite = Annotated[bool, typer.Option("--favourite", help="Only favourites.")]
Trash = Annotated[bool, typer.Option("--trash", help="Show the entries in the trash.")]

ExportFormat = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(completion.FORMATS)}.",
        autocompletion=completion.formats,
    ),
]
ExportPath = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="PATH",
        help="A file or folder. Default: text goes to stdout, and a zip file into this folder.",
    ),
]


def register(app: typer.Typer) -> None:
    for command in (pieces, piece, worlds, export, usage):
        app.command()(command)


def pieces(
    context: typer.Context,
    words: Words = None,
    *,
    kind: Annotated[str | None, typer.Option("--kind", "-k", help="Only this kind, such as character.")] = None,
    tag: Tag = None,
    favourite: Favourite = False,
    canon: Annotated[bool, typer.Option("--canon", help="Only canon.")] = False,
    trash: Trash = False,
    limit: option.Limit = 20,
    as_json: option.AsJson = False,
) -> None:
    """List or search the pieces in your library, newest first."""
    with session_of(context).client() as client:
        found = list(
            client.pieces.list(
                search=" ".join(words or ()) or None,
                kind=kind,
                tag=tag,
                favourite=favourite,
                canon=canon,
                trash=trash,
                limit=limit,
            )
        )
    if as_json:
        print_json(found)
    elif found:
        rows = [(_shown(each.id), each.kind, each.name, ago(each.updated_at), each.description) for each in found]
        print_table(("PIECE", "KIND", "NAME", "CHANGED", "TEXT"), rows, less_important=("CHANGED", "TEXT"))
    else:
        note("No such pieces. Every finished piece of a job is added to your library.")


def piece(
    context: typer.Context,
    piece_id: Annotated[
        str,
        typer.Argument(
            metavar="PIECE",
            help="Its id, the start of its id, or its name.",
            autocompletion=completion.piece_ids,
        ),
    ],
    as_json: option.AsJson = False,
) -> None:
    """Show a piece in full."""
    with session_of(context).client() as client:
        found = find_piece(client, piece_id)
    print_json(found) if as_json else print_blocks(list(piece_blocks(found)))


def worlds(
    context: typer.Context,
    words: Words = None,
    *,
    tag: Tag = None,
    favourite: Favourite = False,
    trash: Trash = False,
    limit: option.Limit = 20,
    as_json: option.AsJson = False,
) -> None:
    """List or search your worlds, newest first."""
    with session_of(context).client() as client:
        found = list(
            client.worlds.list(
                search=" ".join(words or ()) or None, tag=tag, favourite=favourite, trash=trash, limit=limit
            )
        )
    if as_json:
        print_json(found)
    elif found:
        rows = [
            (_shown(each.id), each.title, each.theme, len(each.pieces), ago(each.updated_at), each.quest.title)
            for each in found
        ]
        print_table(
            ("WORLD", "TITLE", "THEME", "PIECES", "CHANGED", "QUEST"),
            rows,
            less_important=("THEME", "CHANGED", "QUEST"),
        )
    else:
        note("No such worlds. Make one: loresmith world")


def export(
    context: typer.Context,
    world_id: Annotated[
        str,
        typer.Argument(
            metavar="WORLD",
            help="Its id, the start of its id, or its title.",
            autocompletion=completion.world_ids,
        ),
    ],
    *,
    format_name: ExportFormat = "markdown",
    players: Annotated[bool, typer.Option("--players", help="Only what is marked for players.")] = False,
    out: ExportPath = None,
    force: option.Force = False,
) -> None:
    """Write a world into a file."""
    with session_of(context).client() as client:
        found = find_world(client, world_id)
        file = client.worlds.export(found, format_name.lower(), view="players" if players else "all")
    if out is None and (not is_terminal() or _is_text(file)):
        _print_file(file)
        return
    _save(file, Path() if out is None else out, force=force)


def usage(
    context: typer.Context, since: option.Since = None, until: option.Until = None, as_json: option.AsJson = False
) -> None:
    """Show what your jobs have used, by day and type. Default: the last 30 days."""
    with session_of(context).client() as client:
        report = client.usage(since=since, until=until)
    if as_json:
        print_json(report)
        return
    rows = [(day.day, short_type(day.type), *_sums(day)) for day in report.days]
    if is_terminal():
        rows.append(("total", "", *_sums(report.total)))
    print_table(("DAY", "TYPE", "JOBS", "FAILED", "LLM CALLS", "TOKENS", "COST"), rows, less_important=("LLM CALLS",))
    if is_terminal():
        note(f"{report.from_} to {report.to}: {counted(report.total.jobs, 'job')} ended.", "dim")


def _sums(sums: DayUsage | JobSums) -> tuple[str, ...]:
    tokens = sums.prompt_tokens + sums.completion_tokens
    return (
        f"{sums.jobs:,}",
        f"{sums.failed:,}",
        f"{sums.llm_calls:,}",
        f"{tokens:,}",
        dollars(sums.estimated_cost_usd),
    )


def _shown(document_id: str) -> str:
    return document_id[:SHORT_ID] if is_terminal() else document_id


def _is_text(file: ExportedFile) -> bool:
    return file.media_type.startswith("text/") or file.media_type == "application/json"


def _print_file(file: ExportedFile) -> None:
    """As it is into a file or a program; without control characters on a terminal."""
    if is_terminal():
        sys.stdout.write(plain(file.text) + "\n")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(file.content)
        sys.stdout.buffer.flush()


def _save(file: ExportedFile, out: Path, *, force: bool) -> None:
    if str(out) == "-":
        _print_file(file)
        return
    path = out / file.name if out.is_dir() else out
    if path.exists() and not force:
        raise CommandError(f"{path} already exists. Use --force to replace it.", USAGE)
    try:
        path.write_bytes(file.content)
    except OSError as cause:
        raise CommandError(f"{path} cannot be written: {cause.strerror}.") from None
    note(f"Written: {path}")
