"""What an owner uses, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from loresmith.ops.text import duration, limited


def quota_table(use: Mapping[str, Any]) -> Table:
    standing = use["standing"]
    quota, today = standing["quota"], standing["today"]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    table.add_row("unfinished jobs", limited(standing["unfinished"], quota["max_unfinished"]))
    table.add_row("running jobs", limited(use["running"], quota["max_running"]))
    table.add_row(f"submissions in {quota['window_s']} s", limited(standing["submissions"], quota["max_submissions"]))
    tokens = limited(today["spent"] + today["reserved"], quota["max_tokens"])
    table.add_row("tokens today", f"{tokens}: {today['spent']:,} spent, {today['reserved']:,} reserved")
    table.add_row("the day ends in", duration(today["ends_in_s"]))
    return table
