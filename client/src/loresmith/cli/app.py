"""The typer application on which each module of commands registers its own, and the options before the command."""

from __future__ import annotations

from typing import Annotated

import typer

from loresmith.cli.failure import EXIT_CODES
from loresmith.cli.number import number
from loresmith.cli.session import Session

app = typer.Typer(
    name="loresmith",
    help="""Submit jobs to LoreSmith Jobs, follow them, and get their results.

    Try: `loresmith generate characters --theme steampunk --count 3`
    """,
    epilog="Exit codes: " + " · ".join(f"**{code}** {meaning}" for code, meaning in EXIT_CODES.items()),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"loresmith {version('loresmith')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    api: Annotated[
        str | None,
        typer.Option(
            "--api",
            metavar="ADDRESS",
            help="The address of the API. Default: LORESMITH_API, the login, or the local stack of this folder.",
        ),
    ] = None,
    patience: Annotated[
        float | None,
        typer.Option(
            "--patience",
            metavar="SECONDS",
            parser=number(0),
            help="How long to keep trying to reach the API; 0: try once. Default: 15, or 600 while following a job.",
        ),
    ] = None,
    _debug: Annotated[bool, typer.Option("--debug", help="After an error, also print a traceback.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """The options before the command."""
    context.obj = Session(api, patience)
