"""The application with all its commands: importing a module of commands registers them on `app`."""

from loresmith.cli.app import app
from loresmith.ops.command import app as ops

app.add_typer(ops, name="ops")

__all__ = ["app"]
