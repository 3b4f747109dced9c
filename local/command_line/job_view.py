"""Shows a job on the terminal: its progress, then the finished pieces and the missing ones."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from local.command_line.job_client import Job

_BAR_WIDTH = 40


def show_progress(console: Console, changes: Iterable[Job]) -> Job:
    """Show a job's changes as they come, and return the last one. Without a terminal, each change is one line."""
    return _live(console, changes) if console.is_terminal else _lines(console, changes)


def show_result(console: Console, job: Job) -> None:
    """Show the pieces of a completed job, and what they cost."""
    for piece in job["result"]:
        console.print(_piece(piece))
    usage = job["usage"]
    tokens = usage["prompt_tokens"] + usage["completion_tokens"]
    console.print(Text(f"{usage['llm_calls']} calls to the LLM, {tokens:,} tokens.", style="dim"))


def missing(job: Job) -> list[Mapping[str, Any]]:
    """The warnings of a completed job about pieces that are not in its result."""
    return [warning for warning in job["warnings"] if warning["missing"]]


def show_warnings(console: Console, job: Job, how_to_retry: str) -> None:
    """Show which pieces of a completed job are missing or have remarks. Shows nothing if there are none."""
    if not job["warnings"]:
        return
    absent = {warning["item"] for warning in missing(job)}
    if absent:
        written = len(job["result"])
        summary = f"{written} of {written + len(absent)} pieces were written:"
        console.print(Text(summary, style="yellow"), soft_wrap=True)
    for line in _warning_lines(job, absent):
        console.print(Text(f"  {line}", style="yellow"), soft_wrap=True)
    if absent:
        console.print(Text(how_to_retry), soft_wrap=True)


def _warning_lines(job: Job, absent: set[int]) -> Iterator[str]:
    names = {item["index"]: item["name"] for item in job["items"]}
    for warning in missing(job):
        index = warning["item"]
        name = f" ({names[index]})" if names.get(index) else ""
        yield f"No. {index + 1}{name} is missing because its {warning['stage']} failed: {warning['message']}"
    for warning in job["warnings"]:
        index = warning["item"]
        if index not in absent:
            piece = job["result"][index - sum(other < index for other in absent)]
            remark = "could be better" if warning["code"] == "below_standard" else "was adjusted"
            yield f"{piece['name']} {remark}: {warning['message']}"


def _live(console: Console, changes: Iterable[Job]) -> Job:
    job: Job = {}
    with Live(console=console, refresh_per_second=10) as live:
        for job in changes:
            live.update(_running(job))
    return job


def _lines(console: Console, changes: Iterable[Job]) -> Job:
    job: Job = {}
    for job in changes:
        console.print(Text(f"{job['progress']:3d}%  {job['status']:<10}  {job['message']}"), soft_wrap=True)
    return job


def _running(job: Job) -> RenderableType:
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(completed=job["progress"], width=_BAR_WIDTH), f"{job['progress']:3d}%", job["message"])
    return Group(bar, *(_growing(item) for item in job["items"]))


def _growing(item: Mapping[str, Any]) -> RenderableType:
    name = item.get("name") or f"No. {item['index'] + 1}"
    stages = ", ".join(item["stages"])
    return Text.assemble("  ", (name, "bold cyan"), "  ", (stages, "dim"), no_wrap=True, overflow="ellipsis")


def _piece(piece: Mapping[str, Any]) -> RenderableType:
    details = piece["details"]
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column()
    for label in ("appearance", "traits", "flaw", "skills", "stats"):
        if label in details:
            rows.add_row(label.capitalize(), Text(_words(details[label])))
    return Panel(
        Group(Text(piece["description"]), Text(), rows), title=Text(piece["name"], style="bold cyan"), width=100
    )


def _words(value: Any) -> str:
    """A detail as readable text."""
    if isinstance(value, list):
        return ", ".join(_words(each) for each in value)
    if isinstance(value, dict) and set(value) == {"name", "description"}:
        return f"{value['name']}: {value['description']}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(each)}" for key, each in value.items())
    return str(value)
