"""The screen of `status` and `top`: what is wrong first, then the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from loresmith.ops.text import clock, duration, limited

#: Situations of jobs, in the order of a job's life.
_ORDER = ("queued", "deferred", "held", "running", "between attempts")


def status_view(figures: Mapping[str, Any], name: str, *, with_running: bool = False) -> Group:
    """`name`: of the stage. `with_running`: list the running jobs too, as `top` does."""
    parts: list[RenderableType] = [
        Text(f"{name[0].upper()}{name[1:]}, {clock(figures['at'])} UTC", style="bold"),
        *_problems(figures["problems"]),
        Text(),
        _figures(figures),
    ]
    if figures["queues"]:
        parts += [Text(), _queues(figures["queues"])]
    if figures["stuck"]:
        parts += [Text(), Text("Stuck", style="bold red"), _jobs(figures["stuck"], figures["at"], explained=True)]
    if with_running:
        parts += [Text(), Text("Running", style="bold"), _jobs(figures["running"], figures["at"], explained=False)]
    return Group(*parts)


def _problems(problems: Sequence[str]) -> Iterator[Text]:
    if not problems:
        yield Text("Nothing is stuck, paused or down.", style="green")
    for problem in problems:
        yield Text(f"! {problem}", style="red")


def _figures(figures: Mapping[str, Any]) -> Table:
    table = _grid()
    today = figures["tokens_today"]
    if today is not None:  # Redis is up
        table.add_row("jobs", _counts(figures))
        wait_s = figures["longest_wait_s"]
        table.add_row("longest queued", "none" if wait_s is None else duration(wait_s))
        if figures["unarchived"]:
            table.add_row("not archived yet", f"{figures['unarchived']} ended")
        table.add_row("jobs ended as dead", f"{figures['dead_jobs']} in 24 h")
    for part, state in figures["parts"].items():
        table.add_row(part, state)
    if today is not None:
        used = limited(today["spent"] + today["reserved"], figures["daily_stop"])
        table.add_row("tokens today", f"{used}: {today['spent']:,} spent, {today['reserved']:,} reserved")
        table.add_row("drain", _drain(figures["drain"]))
    table.add_row("not seen here", "the API (loresmith status), and jobs that fail (dashboard)")
    return table


def _counts(figures: Mapping[str, Any]) -> str:
    jobs = dict(figures["jobs"])
    first = [f"{jobs.pop(situation)} {situation}" for situation in _ORDER if situation in jobs]
    found = ", ".join([*first, *(f"{count} {situation}" for situation, count in jobs.items())]) or "none unfinished"
    return f"{found} (and more)" if figures["has_more_jobs"] else found


def _drain(drain: Mapping[str, Any] | None) -> str:
    if drain is None:
        return "no"
    refused = ", new jobs are refused" if drain["refuses"] else ""
    until = f"{clock(drain['began_at'])} to {clock(drain['ends_at'])} at the latest"
    return f'{until}{refused}; by {drain["by"]}, "{drain["reason"]}"'


def _queues(queues: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("queue", "visible", "in flight", "delayed", "dead", "dead, being handled")
    for queue in queues:
        counts = (queue[name] for name in ("visible", "in_flight", "delayed", "dead", "dead_in_flight"))
        table.add_row(queue["queue"], *map(str, counts))
    return table


def _jobs(jobs: Sequence[Mapping[str, Any]], now_ms: int, *, explained: bool) -> RenderableType:
    if not jobs:
        return Text("none")
    table = _table("job", "type", "attempt", "%", "age", *([] if explained else ["now"]))
    whys: list[Text] = []
    for job in jobs:
        age = duration((now_ms - job["created_at"]) / 1000)
        row = (job["id"], job["type"], str(job["attempt"]), str(job["progress"]), age)
        table.add_row(*row, *([] if explained else [job["message"]]))
        if explained:
            whys.append(Text(f"{job['id'][:8]}: {job['explanation']}"))
    return Group(table, *whys)


def _grid() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    return table


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in names:
        table.add_column(name, no_wrap=name == "job", overflow="fold")
    return table
