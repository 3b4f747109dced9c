"""`jobs`, `show`, `follow`, `cancel` and `retry`: jobs that were submitted earlier."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from loresmith import Job
from loresmith.cli import completion, option
from loresmith.cli.failure import FAILED
from loresmith.cli.figure import ago, cost, duration
from loresmith.cli.following import FollowOptions, follow, tell_how_to_follow
from loresmith.cli.reference import SHORT_ID, find_job, short_type
from loresmith.cli.result_view import blocks_of, print_blocks
from loresmith.cli.session import FOLLOWING_PATIENCE_S, Session, session_of
from loresmith.cli.terminal import ask, can_ask, is_terminal, note, print_json, print_table, print_text
from loresmith.model import JobState

Status = Annotated[
    str | None,
    typer.Option(
        "--status",
        "-s",
        metavar="STATUS",
        help=f"Only jobs with this status: {', '.join(completion.STATUSES)}.",
        autocompletion=completion.statuses,
    ),
]
OfType = Annotated[
    str | None,
    typer.Option("--type", "-t", metavar="TYPE", help="Only jobs of this type.", autocompletion=completion.type_names),
]


def register(app: typer.Typer) -> None:
    for command in (jobs, show, cancel, retry):
        app.command()(command)
    app.command("follow")(follow_job)


def jobs(
    context: typer.Context,
    status: Status = None,
    type_name: OfType = None,
    limit: option.Limit = 20,
    as_json: option.AsJson = False,
) -> None:
    """List your jobs, newest first. They are kept for a day."""
    with session_of(context).client() as client:
        found = list(client.jobs.list(status=status, type=type_name, limit=limit))
    if as_json:
        print_json([job.state for job in found])
    elif found:
        print_table(
            ("JOB", "TYPE", "STATUS", "DONE", "SUBMITTED", "MESSAGE"),
            [_row(job.state) for job in found],
            less_important=("SUBMITTED", "MESSAGE"),
        )
    else:
        none = "No such jobs." if status or type_name else "No jobs yet."
        note(f"{none} Submit one: loresmith generate characters")


def show(context: typer.Context, job_id: option.NewestOrJobId = None, as_json: option.AsJson = False) -> None:
    """Show a job: its state, the pieces so far, and its result."""
    with session_of(context).client() as client:
        state = find_job(client, job_id).state
    if as_json:
        print_json(state)
        return
    for name, value in _facts(state):
        if value:
            print_text(f"{name:<10} {value}")
    if blocks := list(blocks_of(state)):
        print_text("")
        print_blocks(blocks)
    for warning in state.warnings:
        print_text(f"No. {warning.item + 1} {'is missing' if warning.missing else 'has a remark'}: {warning.message}")


def follow_job(
    context: typer.Context,
    job_id: option.NewestOrJobId = None,
    *,
    as_json: option.AsJson = False,
    out: option.Out = None,
    force: option.Force = False,
    strict: option.Strict = False,
    quiet: option.Quiet = False,
    timeout: option.Timeout = None,
) -> None:
    """Follow a job to its end and show its result. It can have been submitted anywhere."""
    options = FollowOptions(as_json, quiet, strict, force, timeout, out)
    options.check()
    _follow(session_of(context), job_id, options)


def cancel(
    context: typer.Context, job_id: option.JobId, yes: option.Yes = False, as_json: option.AsJson = False
) -> None:
    """Cancel a job for good. Its finished pieces stay in your library."""
    with session_of(context).client() as client:
        job = find_job(client, job_id)
        if job.has_ended:
            note(f"The job {job.id} has already ended: {job.status}.")
        elif not yes and can_ask():
            _confirm(job)
        if not job.has_ended:
            job.cancel()
            if not as_json:
                note(f"The job {job.id} is {job.status}. To write the rest: loresmith retry {job.id}")
    if as_json:
        print_json(job.state)


def retry(
    context: typer.Context,
    job_id: option.JobId,
    *,
    wait: option.Wait = True,
    as_json: option.AsJson = False,
    out: option.Out = None,
    force: option.Force = False,
    strict: option.Strict = False,
    quiet: option.Quiet = False,
    timeout: option.Timeout = None,
) -> None:
    """Write the missing pieces of a job that failed, was cancelled, or is incomplete. Finished pieces are kept."""
    options = FollowOptions(as_json, quiet, strict, force, timeout, out)
    options.check(wait=wait)
    session = session_of(context)
    with session.client() as client:
        started = find_job(client, job_id).retry()
    if wait:
        note(f"{short_type(started.type)} {started.id}", "dim")
        _follow(session, started.id, options)
    elif as_json:
        print_json(started.state)
    else:
        print_text(started.id)
        note(f"Follow it: loresmith follow {started.id}", "dim")


def _follow(session: Session, job_id: str | None, options: FollowOptions) -> None:
    with session.client() as client:
        known_id = find_job(client, job_id).id
    with session.client(patience_s=FOLLOWING_PATIENCE_S) as client:
        follow(session, client, client.jobs.get(known_id), options)


def _row(state: JobState) -> list[Any]:
    shown = state.id[:SHORT_ID] if is_terminal() else state.id
    return [shown, short_type(state.type), state.status, f"{state.progress}%", ago(state.created_at), state.message]


def _facts(state: JobState) -> list[tuple[str, str]]:
    began, ended = state.started_at, state.completed_at
    return [
        ("job", state.id),
        ("type", short_type(state.type)),
        ("status", f"{state.status}, {state.progress}%"),
        ("message", state.error or state.message),
        ("error", state.error_code or ""),
        ("submitted", ago(state.created_at)),
        ("took", duration((ended - began).total_seconds()) if began and ended else ""),
        ("attempt", f"{state.attempt} of {state.max_attempts}" if state.attempt > 1 else ""),
        ("cost", cost(state.usage) if state.usage.llm_calls else ""),
        ("retry of", state.retry_of or ""),
        ("to retry", f"loresmith retry {state.id}" if state.retryable else ""),
    ]


def _confirm(job: Job[Any]) -> None:
    """Raises `typer.Exit` unless the answer is yes."""
    try:
        answer = ask(f"Cancel {short_type(job.type)} {job.id} ({job.progress}% done)? [y/N] ")
    except EOFError:
        answer = ""
    if answer.lower() not in ("y", "yes"):
        tell_how_to_follow(job.id)
        raise typer.Exit(FAILED)
