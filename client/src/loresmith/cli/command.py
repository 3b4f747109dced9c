"""The application with all its commands: importing a module of commands registers them on `app`."""

from loresmith.cli.app import app

__all__ = ["app"]
