"""The screens of `dead list` and `dead show`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from loresmith.ops.text import moment


def dead_view(dead: Mapping[str, Any]) -> Group:
    parts: list[RenderableType] = [Text("Dead letters", style="bold")]
    parts.append(_letters(dead["letters"]) if dead["letters"] else Text("none"))
    handled = sum(queue["dead_in_flight"] for queue in dead["queues"])
    if handled:
        parts.append(Text(f"{handled} more are being handled right now."))
    parts += [Text(), Text("Jobs that ended as dead letters in the last 24 hours", style="bold")]
    parts.append(_jobs(dead["jobs"]) if dead["jobs"] else Text("none"))
    if dead["more_jobs"]:
        parts.append(Text(f"and {dead['more_jobs']} more"))
    if dead["letters"] or dead["more_jobs"] or any(not job["retried_as"] for job in dead["jobs"]):
        parts += [Text(), Text("To requeue dead letters and retry jobs: loresmith ops dead requeue ID ..., or --all")]
    return Group(*parts)


def letter_view(shown: Mapping[str, Any]) -> Group:
    letter = shown["letter"]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("id", letter["id"])
    table.add_row("queue", letter["queue"])
    table.add_row("sent", f"{moment(letter['sent_at'])} UTC, received {letter['receives']} times")
    table.add_row("job", shown["job_id"] or "none")
    table.add_row("requeue", f"It {shown['about']}")
    table.add_row("body", Text(shown["body"]))
    return Group(table)


def _letters(letters: Sequence[Mapping[str, Any]]) -> Group:
    """Two lines for each letter: a table is too narrow in a small terminal."""
    lines: list[Text] = []
    for line in letters:
        letter = line["letter"]
        lines.append(Text(f"{letter['id']}  {letter['queue']}, sent {moment(letter['sent_at'])} UTC"))
        lines.append(Text(f"  A requeue: {line['about']}", style="dim"))
    return Group(*lines)


def _jobs(jobs: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("job", "type", "ended (UTC)", "error", "retried as")
    for job in jobs:
        table.add_row(
            job["id"], job["type"], moment(job["ended_at"]), job["error_code"] or "", job["retried_as"] or "no"
        )
    return table


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in names:
        table.add_column(name, no_wrap=name in {"id", "job"}, overflow="fold")
    return table
