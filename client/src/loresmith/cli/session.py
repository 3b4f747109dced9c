"""One run of the command line: its options, its target, and its messages while the API is unavailable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import typer

from loresmith import LoreSmith
from loresmith.cli import login_file
from loresmith.cli.figure import duration
from loresmith.cli.target import Target, find_target
from loresmith.cli.terminal import note
from loresmith.error import ConnectionLost, LoreSmithError, RequestTimeout

#: How long to keep trying to reach the API. Short, because the address may be wrong.
PATIENCE_S = 15.0
#: The same while a job is followed. Long, because the API has answered before.
FOLLOWING_PATIENCE_S = 600.0


@dataclass
class Session:
    """The options before the command."""

    api: str | None = None
    patience_s: float | None = None
    #: Shows connection problems. None: they are printed once for each outage.
    show_outage: Callable[[str], None] | None = None
    _has_told: bool = field(default=False, init=False)
    _is_interrupted: bool = field(default=False, init=False)

    def target(self) -> Target:
        return find_target(self.api, os.environ, login_file.read(), Path.cwd())

    @contextmanager
    def client(self, target: Target | None = None, *, patience_s: float = PATIENCE_S) -> Iterator[LoreSmith]:
        """A client of the API. The option --patience overrides `patience_s`."""
        found = target or self.target()
        limit_s = patience_s if self.patience_s is None else self.patience_s
        http = httpx.Client(trust_env=not found.is_here)
        try:
            yield LoreSmith(found.api, found.token, timeout_s=limit_s, on_retry=self._retrying, http=http)
        except KeyboardInterrupt:
            self.note_interrupt()
            raise
        finally:
            if not self._is_interrupted:
                http.close()

    def note_interrupt(self) -> None:
        """Leave the connections to the end of the process, and do not use them again.

        Ctrl-C may have come while a call held their lock. To close them could then take forever.
        """
        self._is_interrupted = True

    def is_connected(self) -> None:
        """Note that the API has answered, so that the next outage is reported again."""
        self._has_told = False

    def _retrying(self, error: LoreSmithError, pause_s: float) -> None:
        away = isinstance(error, (ConnectionLost, RequestTimeout))
        what = "The API cannot be reached" if away else error.message.partition(" Try again")[0].rstrip(".")
        if self.show_outage is not None:
            self.show_outage(f"{what}. Trying again in {duration(max(1, pause_s))} ...")
        elif not self._has_told:
            self._has_told = True
            note(f"{what}. Trying again ...", "yellow")


def session_of(context: typer.Context) -> Session:
    found = context.find_object(Session)
    return Session() if found is None else found
