"""The file that `loresmith login` writes, readable only by its owner."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer

from loresmith.cli.failure import CommandError


@dataclass(frozen=True)
class Login:
    """What was signed in to: an API by its address, or the local stack of a folder.

    The token is kept as it is, or as the command that prints one.
    """

    api: str | None = None
    stack: str | None = None
    token: str | None = None
    token_command: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"<Login {self.api or self.stack}>"  # the token must not get into a traceback


def path() -> Path:
    """LORESMITH_CONFIG, or config.json in the folder that the platform has for this."""
    given = os.environ.get("LORESMITH_CONFIG")
    return Path(given) if given else Path(typer.get_app_dir("loresmith")) / "config.json"


def read() -> Login | None:
    """None if nobody has signed in. Raises `CommandError` if the file cannot be read."""
    file = path()
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
        command = found.get("token_command")
        return Login(
            found.get("api"), found.get("stack"), found.get("token"), tuple(command) if command is not None else None
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, TypeError):
        raise CommandError(f"{file} cannot be read. Sign in again: loresmith login") from None


def write(login: Login) -> Path:
    """Replace the file. Nobody else can read it at any time."""
    file = path()
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The mode of a file that mkstemp makes is 0600.
        descriptor, made = tempfile.mkstemp(dir=file.parent, prefix=".config-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump({name: value for name, value in asdict(login).items() if value is not None}, stream, indent=2)
            Path(made).replace(file)
        finally:
            Path(made).unlink(missing_ok=True)  # after a failure, no copy of the token stays
    except OSError as cause:
        raise CommandError(f"{file} cannot be written: {cause.strerror}.") from None
    return file


def remove() -> bool:
    """Whether there was a file."""
    try:
        path().unlink()
    except FileNotFoundError:
        return False
    except OSError as cause:
        raise CommandError(f"{path()} cannot be removed: {cause.strerror}. The token is still there.") from None
    return True
