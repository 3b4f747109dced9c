"""The live view of a stage."""

from __future__ import annotations

import time
from itertools import count

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from loresmith.ops.error import OpsError
from loresmith.ops.functions import Functions
from loresmith.ops.session import printable
from loresmith.ops.status_view import status_view


def watch(functions: Functions, live: Live, every_s: float, updates: int | None) -> None:
    """Show the status every `every_s` seconds, `updates` times or without end.

    Raises `OpsError` if the first read fails. If a later one fails, the previous figures stay, with the reason.
    """
    figures = _figures(functions)
    live.update(figures, refresh=True)
    for _ in count(1) if updates is None else range(1, updates):
        time.sleep(every_s)
        try:
            figures = _figures(functions)
            live.update(figures, refresh=True)
        except OpsError as error:
            live.update(Group(Text(f"These figures are old. {error} Trying again ...\n", "red"), figures), refresh=True)


def _figures(functions: Functions) -> RenderableType:
    return status_view(printable(functions.read("status")), functions.target.name, with_running=True)
