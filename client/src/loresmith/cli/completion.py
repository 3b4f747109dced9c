"""What the shell completes: job types, statuses, formats, and ids, if the API answers quickly."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import typer

from loresmith import LoreSmith
from loresmith.cli.session import Session
from loresmith.error import LoreSmithError

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
FORMATS = ("markdown", "json", "obsidian", "foundry", "html")
#: Completion must not block the shell for longer.
_ANSWER_S = 1.0


def job_ids(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    return _asked(
        context,
        incomplete,
        lambda client: ((job.id, f"{job.type} {job.status}") for job in client.jobs.list(limit=30)),
    )


def piece_ids(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    return _asked(
        context, incomplete, lambda client: ((piece.id, piece.name) for piece in client.pieces.list(limit=50))
    )


def world_ids(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    return _asked(
        context, incomplete, lambda client: ((world.id, world.title) for world in client.worlds.list(limit=50))
    )


def type_names(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    return _asked(
        context,
        incomplete,
        lambda client: ((each.type.removeprefix("generate_"), each.description) for each in client.job_types()),
    )


def statuses(incomplete: str) -> list[str]:
    return [each for each in STATUSES if each.startswith(incomplete)]


def formats(incomplete: str) -> list[str]:
    return [each for each in FORMATS if each.startswith(incomplete)]


def _asked(
    context: typer.Context, incomplete: str, ask: Callable[[LoreSmith], Iterator[tuple[str, str]]]
) -> list[tuple[str, str]]:
    """What the API knows; nothing if it does not answer quickly. An error would spoil the line that is being typed."""
    try:
        target = Session(context.find_root().params.get("api")).target()
        with (
            httpx.Client(trust_env=not target.is_here) as http,
            LoreSmith(target.api, target.token, timeout_s=_ANSWER_S, http=http) as client,
        ):
            return [found for found in ask(client) if found[0].startswith(incomplete)]
    except LoreSmithError:
        return []
