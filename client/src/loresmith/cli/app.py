"""The typer application on which each module of commands registers its own."""

from typing import Annotated

import typer

app = typer.Typer(
    name="loresmith",
    help="Submit jobs to LoreSmith Jobs, follow them, and get their results.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"loresmith {version('loresmith')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """The options before the command."""
