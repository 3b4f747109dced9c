"""The commands `loresmith ops ...`."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.live import Live

from loresmith.cli.number import number, whole_number
from loresmith.cli.terminal import print_json
from loresmith.ops import session
from loresmith.ops.dead_view import dead_view, letter_view
from loresmith.ops.error import OpsError
from loresmith.ops.functions import Functions
from loresmith.ops.log_lines import LogLine, log_lines
from loresmith.ops.quota_view import owner_view
from loresmith.ops.session import Session, change, printable, reporting_errors, show
from loresmith.ops.status_view import status_view
from loresmith.ops.story_view import story_view
from loresmith.ops.watching import watch

app = typer.Typer(no_args_is_help=True, help="For the engineer on call: inspect a stage, and fix it.")
dead = typer.Typer(no_args_is_help=True, help="Dead letters, and the jobs that ended as dead letters.")
app.add_typer(dead, name="dead")

#: A drain is complete if this many checks in a row find no job that has begun. One could miss a claim in progress.
_QUIET_LOOKS = 2

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
Reason = Annotated[str | None, typer.Option("--reason", help="The reason, for the log. Without it, you are asked.")]
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")]


@app.callback()
def target(
    context: typer.Context,
    stage: Annotated[
        str | None,
        typer.Option("--stage", envvar="LORESMITH_STAGE", help="A deployed stage. Uses your AWS credentials."),
    ] = None,
    local: Annotated[
        Path | None,
        typer.Option("--local", help="The folder of a local stack. Default: .local in this folder or above it."),
    ] = None,
) -> None:
    """Without an option, the commands are for the local stack."""
    source = context.get_parameter_source("stage")
    is_default = source is not None and source.name == "ENVIRONMENT"
    context.obj = Session(None if local and is_default else stage, local)


def _functions(context: typer.Context) -> Functions:
    found: Session = context.obj
    return found.functions()


@app.command()
def status(
    context: typer.Context,
    as_json: Json = False,
    check: Annotated[bool, typer.Option("--check", help="Exit with 3 if there is a problem.")] = False,
) -> None:
    """Show the problems, in words, and the figures: jobs, queues, parts, tokens, drain."""
    with reporting_errors():
        functions = _functions(context)
        figures = functions.read("status")
        show(figures, lambda found: status_view(found, functions.target.name), as_json=as_json)
        if check and figures["problems"]:
            raise typer.Exit(session.NOT_WELL)


@app.command()
def top(
    context: typer.Context,
    every_s: Annotated[
        float, typer.Option("--every", parser=number(0.5), metavar="SECONDS", help="The time between updates.")
    ] = 2.0,
    updates: Annotated[
        int | None,
        typer.Option("--updates", parser=whole_number(1), metavar="N", help="Stop after this many updates."),
    ] = None,
) -> None:
    """Show the same as `status`, live, with the running jobs. Ctrl-C ends it."""
    with reporting_errors():
        functions = _functions(context)
        try:
            with Live(console=session.console(), auto_refresh=False, screen=updates is None) as live:
                watch(functions, live, every_s, updates)
        except KeyboardInterrupt:
            return


@app.command()
def inspect(
    context: typer.Context,
    job_id: JobId,
    as_json: Json = False,
    logs: Annotated[bool, typer.Option(help="Also show the log lines of the job.")] = True,
    owner: Annotated[
        str | None, typer.Option("--owner", help="The owner's `sub`, to find the job in the history if it has expired.")
    ] = None,
) -> None:
    """Explain the state of one job, and show its history."""
    with reporting_errors():
        functions = _functions(context)
        story = functions.read("inspect", job_id=job_id, owner=owner)
        lines, note = _lines(functions, story) if logs else ([], None)
        if as_json:
            print_json({**story, "log_lines": [vars(line) for line in lines]})
        else:
            shown = [replace(line, message=printable(line.message)) for line in lines]
            session.console().print(story_view(printable(story), shown, note))


def _lines(functions: Functions, story: Any) -> tuple[list[LogLine], str | None]:
    try:
        job = story.get("job") or story["record"]
        return log_lines(functions.target, job["id"], job["created_at"]), None
    except OpsError as error:
        return [], str(error)


@app.command()
def quota(
    context: typer.Context,
    *,
    owner: Annotated[str, typer.Argument(help="The `sub` of the owner's tokens, or anonymous.")],
    reset: Annotated[bool, typer.Option("--reset", help="Clear recent submissions and today's spending.")] = False,
    yes: Yes = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Show what an owner uses, and its limits."""
    with reporting_errors():
        functions = _functions(context)
        if not reset:
            show(functions.read("quota", owner=owner), lambda use: owner_view(use, owner), as_json=as_json)
            return
        change(functions, "quota_reset", {"owner": owner}, reason, yes=yes, as_json=as_json)


@app.command()
def drain(
    context: typer.Context,
    *,
    reason: Reason = None,
    minutes: Annotated[
        int,
        typer.Option(
            "--minutes",
            parser=whole_number(1, 720),
            metavar="MINUTES",
            help="The drain ends by itself after this time, at most 720.",
        ),
    ] = 60,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse new jobs too, with 503.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until no job runs.")] = False,
    wait_s: Annotated[
        int,
        typer.Option(
            "--timeout", parser=whole_number(1), metavar="SECONDS", help="With --wait: exit with 3 after this time."
        ),
    ] = 300,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Start no new jobs until `resume`. Running jobs continue, and no job is lost."""
    with reporting_errors():
        functions = _functions(context)
        arguments = {"lasts_s": minutes * 60, "refuses": refuse}
        change(functions, "drain", arguments, reason, yes=yes, as_json=as_json)
        if wait and not _is_quiet(functions, wait_s):
            typer.echo(f"Jobs are still running after {wait_s} s. See `loresmith ops top`.", err=True)
            raise typer.Exit(session.NOT_WELL)
        if wait:
            typer.echo("No job is running.", err=as_json)


def _is_quiet(functions: Functions, timeout_s: float) -> bool:
    """Wait until no begun job is left. False if that takes too long."""
    give_up_at = time.monotonic() + timeout_s
    quiet = 0
    while True:
        # Not known while Redis is down.
        quiet = quiet + 1 if functions.read("status")["begun"] == 0 else 0
        if quiet == _QUIET_LOOKS:
            return True
        if time.monotonic() > give_up_at:
            return False
        time.sleep(1)


@app.command()
def resume(context: typer.Context, reason: Reason = None, yes: Yes = False, as_json: Json = False) -> None:
    """End the drain."""
    with reporting_errors():
        change(_functions(context), "resume", {}, reason, yes=yes, as_json=as_json)


@app.command()
def expire(
    context: typer.Context, job_id: JobId, reason: Reason = None, yes: Yes = False, as_json: Json = False
) -> None:
    """Fail a job that no worker holds."""
    with reporting_errors():
        change(_functions(context), "expire", {"job_id": job_id}, reason, yes=yes, as_json=as_json)


@app.command()
def cancel(
    context: typer.Context, job_id: JobId, reason: Reason = None, yes: Yes = False, as_json: Json = False
) -> None:
    """Cancel a job, just as its owner can."""
    with reporting_errors():
        change(_functions(context), "cancel", {"job_id": job_id}, reason, yes=yes, as_json=as_json)


@dead.command("list")
def list_dead(context: typer.Context, as_json: Json = False) -> None:
    """List dead letters, and the jobs that ended as dead letters."""
    with reporting_errors():
        show(_functions(context).read("dead_list"), dead_view, as_json=as_json)


@dead.command("show")
def show_dead(
    context: typer.Context, letter_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False
) -> None:
    """Show one dead letter with its body."""
    with reporting_errors():
        show(_functions(context).read("dead_show", letter_id=letter_id), letter_view, as_json=as_json)


@dead.command("requeue")
def requeue(
    context: typer.Context,
    *,
    reason: Reason = None,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID ...", help="Ids of dead letters or jobs.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All dead letters, and all jobs that nobody has retried.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put dead letters back into their queue, and retry jobs that ended as dead letters."""
    with reporting_errors():
        if bool(ids) == everything:
            raise OpsError("Give ids, or use --all.", code="usage")
        change(_functions(context), "dead_requeue", {"ids": ids or []}, reason, yes=yes, as_json=as_json)


@dead.command("drop")
def drop(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID ...", help="Ids of dead letters.")],
    reason: Reason = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete dead letters for good."""
    with reporting_errors():
        change(_functions(context), "dead_drop", {"ids": ids}, reason, yes=yes, as_json=as_json)
