"""Which API the commands are for, and with which token."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from loresmith.cli.failure import UNAUTHORISED, UNREACHABLE, USAGE, CommandError
from loresmith.cli.login_file import Login

_STACK_FILE = Path(".local") / "stack.json"
#: Long enough for a person to sign in at the identity provider.
_TOKEN_COMMAND_S = 120


@dataclass(frozen=True)
class Target:
    """An API. `chosen_by` and `signed_in_by` say where its address and its token come from."""

    api: str
    chosen_by: str
    token: str | Callable[[], str] | None = None
    signed_in_by: str | None = None

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine. No proxy leads there."""
        return urlsplit(self.api).hostname in ("127.0.0.1", "localhost", "::1")

    def __repr__(self) -> str:
        return f"<Target {self.api}>"  # the token must not get into a traceback


def find_target(option: str | None, environment: Mapping[str, str], login: Login | None, folder: Path) -> Target:
    """The API of the option --api, else of LORESMITH_API, else of the login, else the local stack of this folder.

    A saved token is sent only to the API that it was saved for. Raises `CommandError` if there is no address.
    """
    api, chosen_by = _address(option, environment, login, folder)
    if given := environment.get("LORESMITH_TOKEN"):
        return Target(api, chosen_by, given, "LORESMITH_TOKEN")
    if login is not None and _is_for(login, api):
        if login.token_command is not None:
            command = login.token_command
            return Target(api, chosen_by, lambda: run_token_command(command), "a token command")
        if login.token is not None:
            return Target(api, chosen_by, login.token, "loresmith login")
    return Target(api, chosen_by)


def find_stack(folder: Path) -> Path | None:
    """The .local folder of the stack that runs in this folder or in one above it."""
    return next(
        ((above / _STACK_FILE).parent for above in (folder, *folder.parents) if (above / _STACK_FILE).is_file()), None
    )


def stack_address(local_folder: Path) -> str:
    """The API of a local stack, which may get another port at a restart. Raises `CommandError` if it does not run."""
    try:
        address: str = json.loads((local_folder / "stack.json").read_text(encoding="utf-8"))["urls"]["api"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandError(
            f"The local stack of {local_folder.parent} is not running. Start it there: make run", UNREACHABLE
        ) from None
    return address


def run_token_command(command: Sequence[str]) -> str:
    """The token that the command prints. Its messages go to the terminal. Raises `CommandError` if it fails.

    It may ask a person, but gets no input that is meant for this program: `--payload -`. The error names the program
    alone: its arguments may contain a secret.
    """
    try:
        done = subprocess.run(
            command,
            stdin=None if sys.stdin is not None and sys.stdin.isatty() else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=_TOKEN_COMMAND_S,
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired) as cause:
        reason = cause.strerror if isinstance(cause, OSError) else f"it took longer than {_TOKEN_COMMAND_S} s"
        raise CommandError(f"The token command {command[0]} failed: {reason}.", UNAUTHORISED) from None
    token = done.stdout.strip()
    if done.returncode or not token:
        reason = f"it ended with {done.returncode}" if done.returncode else "it printed nothing"
        raise CommandError(f"The token command {command[0]} failed: {reason}.", UNAUTHORISED)
    return token


def _address(option: str | None, environment: Mapping[str, str], login: Login | None, folder: Path) -> tuple[str, str]:
    if option:
        return option, "--api"
    if given := environment.get("LORESMITH_API"):
        return given, "LORESMITH_API"
    if login is not None and login.stack:
        return stack_address(Path(login.stack)), "loresmith login: the local stack"
    if login is not None and login.api:
        return login.api, "loresmith login"
    if stack := find_stack(folder):
        return stack_address(stack), f"the local stack of {stack.parent}"
    raise CommandError(
        "The address of the API is not known. Sign in with `loresmith login ADDRESS`, set LORESMITH_API, or run this "
        "in the folder of a running local stack. Start one: make run",
        USAGE,
    )


def _is_for(login: Login, api: str) -> bool:
    try:
        own = login.api if login.stack is None else stack_address(Path(login.stack))
    except CommandError:
        return False
    return own is not None and own.rstrip("/") == api.rstrip("/")
