"""The screen of `inspect`: one sentence, then the job's history in order of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from loresmith.ops.log_lines import LogLine
from loresmith.ops.quota_view import quota_table
from loresmith.ops.text import clock, moment


def story_view(story: Mapping[str, Any], lines: Sequence[LogLine], note: str | None) -> Group:
    """`note`: why there are no log lines."""
    if story["situation"] == "expired":
        return expired_view(story, lines, note)
    job = story["job"]
    parts: list[RenderableType] = [Text(story["summary"], style="bold"), Text(), _fields(story)]
    if story["pieces"]:
        parts += [Text(), _pieces(story["pieces"])]
    parts += [Text(), Text(f"History (UTC, {moment(job['created_at'])[:10]})", style="bold"), _moments(story, lines)]
    if note:
        parts.append(Text(note, style="dim"))
    parts += [Text(), Text(f"Quotas of {job['owner']}", style="bold"), quota_table(story["quota"])]
    return Group(*parts)


def expired_view(story: Mapping[str, Any], lines: Sequence[LogLine], note: str | None) -> Group:
    """What the history has of a job that has expired."""
    record, usage = story["record"], story["record"]["usage"]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    table.add_row("job", f"{record['id']} ({record['type']})")
    table.add_row("owner", record["owner"])
    table.add_row("status", record["status"])
    table.add_row("attempts", str(record["attempts"]))
    table.add_row("submitted", f"{moment(record['created_at'])} UTC")
    table.add_row("ended", f"{moment(record['ended_at'])} UTC")
    tokens = usage["prompt_tokens"] + usage["completion_tokens"]
    table.add_row("LLM", f"{usage['llm_calls']} calls, {tokens:,} tokens")
    table.add_row("dead letters", _letters(story["dead_letters"]))
    logged = [Text(f"{moment(line.at)}  {line.program}  {line.level}: {line.message}") for line in lines]
    noted = [Text(note, style="dim")] if note else []
    return Group(Text(story["summary"], style="bold"), Text(), table, *logged, *noted)


def _fields(story: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, text in _rows(story):
        table.add_row(name, text)
    return table


def _rows(story: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    job, usage = story["job"], story["usage"]
    yield "job", f"{job['id']} ({job['type']})"
    yield "owner", job["owner"]
    yield "status", f"{job['status']}, {job['progress']} %, revision {job['revision']}: {job['message']}"
    if job["error_code"]:
        yield "error", f"{job['error_code']}: {job['error']}"
    yield "attempts", f"{job['attempt']} of {job['max_attempts']}"
    if story["has_worker"]:
        yield "lease", f"a worker's, until {clock(job['lease_until'])}"
    budget = job["token_budget"]
    yield (
        "LLM",
        f"{usage['llm_calls']} calls, {usage['prompt_tokens'] + usage['completion_tokens']:,} tokens"
        + ("" if budget is None else f" of {budget:,}")
        + (f", {usage['unusable_answers']} unusable answers" if usage["unusable_answers"] else "")
        + (f", {job['model']}" if job["model"] else ""),
    )
    if job["retry_of"]:
        yield "retry of", job["retry_of"]
    if job["request_id"]:
        yield "request", job["request_id"]
    yield "size", f"payload {story['payload_bytes']:,} bytes, result {story['result_bytes']:,} bytes"
    yield "archive", story["archive"]
    yield "dead letters", _letters(story["dead_letters"])
    for warning in story["warnings"]:
        yield "warning", warning


def _letters(letters: Sequence[Mapping[str, Any]] | None) -> str:
    if letters is None:
        return "unknown: the queues cannot be reached"
    return ", ".join(letter["id"] for letter in letters) or "none"


def _pieces(pieces: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("piece", "name", "finished stages", "tokens"):
        table.add_column(name, overflow="fold")
    for piece in pieces:
        stages = ", ".join(piece["stages"]) or "none"
        table.add_row(str(piece["item"]), piece["name"] or "", stages, f"{piece['tokens']:,}")
    return table


def _moments(story: Mapping[str, Any], lines: Sequence[LogLine]) -> Table:
    """Past events, log lines, and expected events."""
    now = story["job"]["observed_at"]
    told = [(each["at"], "", each["what"]) for each in story["moments"]]
    told += [(line.at, line.program, f"{line.level}: {line.message}") for line in lines]
    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(overflow="fold")
    was_past = True
    for at, source, what in sorted(told, key=lambda each: each[0]):
        if was_past and at > now:
            table.add_row(clock(now), "", Text("-- now --", style="bold"))
            was_past = False
        shown = clock(at) if moment(at)[:10] == moment(now)[:10] else moment(at)
        table.add_row(shown, Text(source, style="dim"), Text(what, style="" if at <= now else "dim"))
    return table
