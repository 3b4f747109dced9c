"""Show what an owner uses, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from loresmith.ops.text import duration, limited


def owner_view(use: Mapping[str, Any], owner: str) -> Group:
    parts: list[RenderableType] = [Text(f"Quotas of {owner}", style="bold"), quota_table(use)]
    standing, today = use["standing"], use["standing"]["today"]
    if not any((use["running"], standing["unfinished"], standing["submissions"], today["spent"], today["reserved"])):
        parts.append(Text("Nothing is known about this owner today. Is the name right? It is the `sub` of its tokens."))
    return Group(*parts)


def used(count: int, limit: int | None) -> str:
    full = limit is not None and count >= limit
    return limited(count, limit) + (" (used up)" if full else "")


def quota_table(use: Mapping[str, Any]) -> Table:
    standing = use["standing"]
    quota, today = standing["quota"], standing["today"]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    table.add_row("unfinished jobs", used(standing["unfinished"], quota["max_unfinished"]))
    table.add_row("running jobs", used(use["running"], quota["max_running"]))
    table.add_row(f"submissions in {quota['window_s']} s", used(standing["submissions"], quota["max_submissions"]))
    tokens = used(today["spent"] + today["reserved"], quota["max_tokens"])
    table.add_row("tokens today", f"{tokens}: {today['spent']:,} spent, {today['reserved']:,} reserved")
    table.add_row("the day ends in", duration(today["ends_in_s"]))
    return table
