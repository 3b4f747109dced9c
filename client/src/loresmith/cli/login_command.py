"""`login`, `logout` and `status`: which API, and who is calling."""

from __future__ import annotations

import base64
import getpass
import json
import os
import shlex
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any

import typer

from loresmith import LoreSmith
from loresmith.cli import login_file, option
from loresmith.cli.failure import UNAUTHORISED, UNREACHABLE, USAGE, CommandError
from loresmith.cli.figure import duration
from loresmith.cli.login_file import Login
from loresmith.cli.session import Session, session_of
from loresmith.cli.target import Target, find_stack, run_token_command, stack_address
from loresmith.cli.terminal import can_ask, note, print_json, print_text
from loresmith.cli.user import user_name
from loresmith.error import Unauthenticated
from loresmith.model import Health

TokenCommand = Annotated[
    str | None,
    typer.Option(
        "--token-command",
        metavar="COMMAND",
        help="A command that prints a token. It runs each time, and the token is not saved.",
    ),
]


def register(app: typer.Typer) -> None:
    for command in (login, logout, status):
        app.command()(command)
    app.command("whoami", hidden=True)(status)


def login(
    context: typer.Context,
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS",
            help="The address of the API. Default: the local stack of this folder.",
            show_default=False,
        ),
    ] = None,
    token_command: TokenCommand = None,
    local: Annotated[bool, typer.Option("--local", help="The local stack of this folder.")] = False,
    user: Annotated[
        str | None,
        typer.Option("--user", help="Your user on a local stack that requires tokens. Default: your user name."),
    ] = None,
) -> None:
    """Sign in: save the address of the API and its token.

    The command asks for the token, or reads it from stdin. It checks the token, and saves it in a file that only you
    can read.
    """
    session = session_of(context)
    given = address or session.api or os.environ.get("LORESMITH_API")
    stack = find_stack(Path.cwd()) if local or not given else None
    if local and stack is None:
        raise CommandError("No local stack runs in this folder or above it. Start one: make run", UNREACHABLE)
    if not given and stack is None:
        raise CommandError(
            "No local stack runs in this folder or above it. Start one with make run, or give the address of an API: "
            "loresmith login https://...",
            USAGE,
        )
    made = _local_login(session, stack, user) if stack else _remote_login(session, str(given), token_command)
    file = login_file.write(made)
    note(f"Signed in to {_address_of(made)}. Saved in {file}.")


def logout() -> None:
    """Delete the saved address and token."""
    note("Signed out." if login_file.remove() else "You were not signed in.")


def status(context: typer.Context, as_json: option.AsJson = False) -> None:
    """Show the API, your identity, and whether the API's parts are up."""
    session = session_of(context)
    target = session.target()
    with session.client(target) as client:
        health = client.health()
        caller = _caller(client, target)
    if as_json:
        print_json(
            {
                "api": target.api,
                "chosen_by": target.chosen_by,
                "signed_in_by": target.signed_in_by,
                "caller": caller,
                "health": health.model_dump(mode="json", exclude_none=True),
            }
        )
    else:
        print_text(f"API     {target.api} ({target.chosen_by})")
        print_text(f"You     {caller}{f' ({target.signed_in_by})' if target.signed_in_by else ''}")
        for line in health_lines(health):
            print_text(line)
    if caller in (_NOT_SIGNED_IN, _REFUSED):
        raise typer.Exit(UNAUTHORISED)
    if "down" in _parts(health).values():
        raise typer.Exit(UNREACHABLE)


def health_lines(health: Health) -> Iterator[str]:
    """The API's parts, and the drain if there is one."""
    yield f"Health  {', '.join(f'{part} {state}' for part, state in _parts(health).items())}"
    if health.drain is not None:
        refused = "are refused" if health.drain.refuses_jobs else "wait"
        yield f"Drain   until {health.drain.until.astimezone(timezone.utc):%H:%M} UTC at the latest: new jobs {refused}"


def _parts(health: Health) -> dict[str, str]:
    """Each part and its state."""
    return {part: state for part, state in health.model_dump().items() if isinstance(state, str)}


_NOT_SIGNED_IN = "not signed in: this API requires a token"
_REFUSED = "not signed in: the API rejects the token"


def _caller(client: LoreSmith, target: Target) -> str:
    try:
        next(iter(client.jobs.list(limit=1)), None)
    except Unauthenticated:
        return _NOT_SIGNED_IN if target.token is None else _REFUSED
    if target.token is None:
        return "anonymous: this API requires no token"
    return _subject(target.token() if callable(target.token) else target.token)


def _subject(token: str) -> str:
    """What a JWT says about its owner. Only the API checks whether it is true."""
    try:
        body = token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        name, expires = str(claims["sub"]), claims.get("exp")
    except (IndexError, ValueError, KeyError, TypeError):
        return "signed in with a token"
    if not isinstance(expires, (int, float)):
        return name
    return f"{name}, for another {duration(expires - datetime.now(timezone.utc).timestamp())}"


def _local_login(session: Session, stack: Path, user: str | None) -> Login:
    """The local stack issues its own tokens, if it asks for any."""
    without = Login(stack=str(stack.absolute()))
    target = Target(stack_address(stack), "login")
    if _is_accepted(session, target):
        return without
    name = user or user_name()
    command = ("make", "-s", "-C", str(stack.absolute().parent), "token", f"SUB={name}")
    _check(session, Target(target.api, "login", run_token_command(command)))
    return Login(stack=without.stack, token_command=command)


def _remote_login(session: Session, address: str, token_command: str | None) -> Login:
    _warn_of_plain_http(address)
    if token_command is not None:
        command = _words(token_command)
        _check(session, Target(address, "login", run_token_command(command)))
        return Login(address, token_command=command)
    # A client without a token would use LORESMITH_TOKEN, and hide that the API asks for one.
    given = os.environ.get("LORESMITH_TOKEN", "").strip()
    if not given and _is_accepted(session, Target(address, "login")):
        return Login(address)
    token = given or _read_token()
    _check(session, Target(address, "login", token), "LORESMITH_TOKEN" if given else None)
    return Login(address, token=token)


def _words(token_command: str) -> tuple[str, ...]:
    """The command as a shell splits it. Raises `CommandError`."""
    try:
        words = tuple(shlex.split(token_command))
    except ValueError as cause:
        raise CommandError(f"--token-command cannot be read: {cause}.", USAGE) from None
    if not words:
        raise CommandError("--token-command is empty.", USAGE)
    return words


def _read_token() -> str:
    """From a prompt that shows nothing, or stdin."""
    found = getpass.getpass("Token (not shown): ") if can_ask() else sys.stdin.readline()
    if not found.strip():
        raise CommandError("This API requires a token. Pass it on stdin, or use --token-command.", USAGE)
    return found.strip()


def _is_accepted(session: Session, target: Target) -> bool:
    """Whether the API accepts this token, or callers without one. Raises if it cannot be reached."""
    with session.client(target) as client:
        try:
            next(iter(client.jobs.list(limit=1)), None)
        except Unauthenticated:
            return False
    return True


def _check(session: Session, target: Target, variable: str | None = None) -> None:
    """Raises `CommandError` if the API rejects the token, which may be from a variable of the environment."""
    if not _is_accepted(session, target):
        token = f"the token in {variable}" if variable else "this token"
        hint = " Set another one, or unset it." if variable else ""
        raise CommandError(f"{target.api} rejects {token}. Nothing was saved.{hint}", UNAUTHORISED)


def _warn_of_plain_http(address: str) -> None:
    if address.startswith("http://") and not Target(address, "login").is_here:
        note("The address is not https: others on the network can read the token.", "yellow")


def _address_of(made: Login) -> str:
    return made.api or f"the local stack of {Path(str(made.stack)).parent}"
