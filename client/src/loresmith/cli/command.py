"""The application with all its commands: importing a module of commands registers them on `app`."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence

from loresmith.cli import generate_command, job_command, library_command, login_command, webhook_command
from loresmith.cli.app import app
from loresmith.cli.failure import FAILED, INTERRUPTED, OK, exit_code_of, explanation
from loresmith.cli.terminal import note, prepare_streams
from loresmith.error import LoreSmithError
from loresmith.ops.command import app as ops

__all__ = ["app", "run"]

for module in (generate_command, job_command, library_command, webhook_command, login_command):
    module.register(app)
app.add_typer(ops, name="ops")


#: Options before the command, and how many values each has. They may also stand after it.
_EVERYWHERE = {"--api": 1, "--patience": 1, "--debug": 0}
#: What the system says if a file or a disk can hold no more.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def run(arguments: Sequence[str]) -> int:
    """Run a command and return the exit code. Errors go to stderr."""
    prepare_streams()
    ordered = with_common_options_first(arguments)
    debug = "--debug" in ordered
    try:
        return _run_app(ordered)
    except BrokenPipeError:
        return _drop_output()
    except KeyboardInterrupt:
        return INTERRUPTED
    except LoreSmithError as error:
        if debug:
            traceback.print_exc()
        note(explanation(error, os.environ), "red")
        return exit_code_of(error)
    except Exception as error:  # noqa: BLE001  # the edge of the process
        if isinstance(error, OSError) and error.errno in _FULL:
            note(f"The output cannot be written: {error.strerror}.", "red")
            return _drop_output()
        if debug:
            traceback.print_exc()
        note(f"This is a bug in loresmith: {type(error).__name__}: {error}", "red")
        if not debug:
            note("To print a traceback: loresmith --debug ...")
        return FAILED


def _run_app(arguments: list[str]) -> int:
    try:
        app(arguments, prog_name="loresmith")
    except SystemExit as end:
        sys.stdout.flush()
        return end.code if isinstance(end.code, int) else OK
    return OK


def _drop_output() -> int:
    """Discard the rest of the output without a message, as for `loresmith jobs | head`."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def with_common_options_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with the options before the command where the parser expects them."""
    first: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        argument = left.pop(0)
        if argument == "--":
            rest += [argument, *left]
            break
        name, has_value, _ = argument.partition("=")
        if name not in _EVERYWHERE:
            rest.append(argument)
            continue
        values = 0 if has_value else _EVERYWHERE[name]
        first += [argument, *left[:values]]
        del left[:values]
    return first + rest
