"""Follows a job on the terminal, asks at Ctrl-C whether to cancel it, and shows how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from loresmith import Job, LoreSmith
from loresmith.cli.failure import FAILED, INTERRUPTED, TIMEOUT, USAGE, CommandError
from loresmith.cli.figure import cost, counted, duration
from loresmith.cli.progress_view import Expectation, expectation, progress_view
from loresmith.cli.reference import SHORT_ID, short_type
from loresmith.cli.result_view import blocks_of, markdown, print_blocks
from loresmith.cli.session import Session
from loresmith.cli.terminal import ask, can_ask, is_watched, note, print_json
from loresmith.error import ConnectionLost, LoreSmithError, RequestTimeout, ServerError, WaitTimeout
from loresmith.model import JobState


@dataclass(frozen=True)
class FollowOptions:
    """How to follow a job, and where to write its result."""

    as_json: bool = False
    quiet: bool = False
    strict: bool = False
    force: bool = False
    timeout_s: float | None = None
    out: Path | None = None

    def check(self, *, wait: bool = True) -> None:
        """Raises `CommandError` if the result could not be written. Call it before the job costs anything."""
        if self.out is None:
            return
        if not wait:
            raise CommandError(
                "--no-wait and --out cannot be combined: without waiting, there is no result to write.", USAGE
            )
        if self.out.exists() and not self.force:
            raise CommandError(f"{self.out} already exists. Use --force to replace it.", USAGE)
        if not self.out.absolute().parent.is_dir():
            raise CommandError(f"The folder of {self.out} does not exist.", USAGE)


def follow(
    session: Session,
    client: LoreSmith,
    job: Job[Any],
    options: FollowOptions,
    expected: Callable[[], Expectation] | None = None,
) -> None:
    """Follow the job to its end and show its result. Raises `typer.Exit` if the job has not completed."""
    known = expected or (lambda: expectation(client, job.type))
    try:
        if not job.has_ended:
            with progress_view(session, known, silent=options.quiet or (options.as_json and not is_watched())) as view:
                for state in job.updates(options.timeout_s):
                    view.show(state)
    except KeyboardInterrupt:
        session.note_interrupt()
        show_end(_interrupted(session, job.id), options)
        return
    except WaitTimeout:
        raise CommandError(
            f"The job did not end in time. It continues: loresmith follow {job.id}", exit_code=TIMEOUT
        ) from None
    except (ConnectionLost, RequestTimeout, ServerError):
        tell_how_to_follow(job.id)
        raise
    show_end(job.state, options)


def show_end(state: JobState, options: FollowOptions) -> None:
    """Show the result of a job that has ended. Raises `typer.Exit` if it has not completed."""
    if options.out is not None and state.status == "completed":
        _write(options.out, state)
    if options.as_json:
        print_json(state)
    elif options.out is None or state.status != "completed":
        print_blocks(list(blocks_of(state)))
    if not options.as_json:
        _tell_end(state)
    missing = any(warning.missing for warning in state.warnings)
    if state.status != "completed" or (missing and options.strict):
        raise typer.Exit(FAILED)


def tell_how_to_follow(job_id: str) -> None:
    note(f"The job continues. Follow it: loresmith follow {job_id}")


def _interrupted(session: Session, job_id: str) -> JobState:
    """Ask whether to cancel the job. Returns its state if it has ended meanwhile. Otherwise raises `typer.Exit`."""
    if not can_ask():
        tell_how_to_follow(job_id)
        raise typer.Exit(INTERRUPTED)
    try:
        answer = ask("\nCancel this job? [y/N] ")
        if answer.lower() in ("y", "yes"):
            with session.client() as client:
                job = client.jobs.get(job_id)
                job.cancel()
            if job.status == "cancelled":
                note(f"The job is cancelled. {_kept(job.state)}")
                raise typer.Exit(INTERRUPTED)
            note(f"The job had already {_ending(job.state)}.")
            return job.state
    except (KeyboardInterrupt, EOFError):
        note("")
    except LoreSmithError as error:
        note(f"The job may not have been cancelled: {error.message}", "red")
        note(f"Try again: loresmith cancel {job_id}")
        raise typer.Exit(INTERRUPTED) from None
    tell_how_to_follow(job_id)
    raise typer.Exit(INTERRUPTED)


def _kept(state: JobState) -> str:
    finished = sum(item.complete for item in state.items)
    stays = "stays" if finished == 1 else "stay"
    kept = f"{counted(finished, 'finished piece')} {stays} in your library." if finished else ""
    return f"{kept} To write the rest: loresmith retry {state.id}".strip()


def _ending(state: JobState) -> str:
    return {"completed": "completed", "failed": "failed", "cancelled": "been cancelled"}.get(state.status, "ended")


def _tell_end(state: JobState) -> None:
    began = state.started_at or state.created_at
    took = f" in {duration((state.completed_at - began).total_seconds())}" if state.completed_at else ""
    what = f"{short_type(state.type)} {state.id[:SHORT_ID]}"
    match state.status:
        case "completed":
            note(f"\nCompleted{took}: {what}, {cost(state.usage)}.", "dim")
            _tell_warnings(state)
        case "cancelled":
            note(f"\nThe job {state.id} was cancelled. {_kept(state)}", "yellow")
        case "failed":
            note(f"\nThe job {state.id} failed: {state.error or state.message}", "red")
            if state.retryable:
                note(f"To continue from what is finished: loresmith retry {state.id}")


def _tell_warnings(state: JobState) -> None:
    names = {item.index: item.name for item in state.items if item.name}
    for warning in state.warnings:
        name = names.get(warning.item, f"No. {warning.item + 1}")
        note(f"{name} {'is missing' if warning.missing else 'has a remark'}: {warning.message}", "yellow")
    if any(warning.missing for warning in state.warnings):
        note(f"To write what is missing: loresmith retry {state.id}", "yellow")


def _write(file: Path, state: JobState) -> None:
    """Write the result. If that fails, it is printed, so that nothing is lost."""
    if file.suffix == ".json":
        text = json.dumps(state.model_dump(mode="json", by_alias=True)["result"], ensure_ascii=False, indent=2)
    else:
        text = markdown(list(blocks_of(state)))
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as cause:
        print_blocks(list(blocks_of(state)))
        raise CommandError(f"{file} cannot be written: {cause.strerror}. The result is above.") from None
    note(f"Written: {file}")
