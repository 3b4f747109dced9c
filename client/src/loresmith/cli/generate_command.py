"""`generate`, `world` and `types`: submit jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import typer

from loresmith import Job, LoreSmith
from loresmith.cli import completion, option
from loresmith.cli.figure import cost, counted
from loresmith.cli.following import FollowOptions, follow, tell_how_to_follow
from loresmith.cli.payload import GivenPayload, assemble
from loresmith.cli.payload_field import fields_of, option_of, required_of
from loresmith.cli.progress_view import expectation
from loresmith.cli.reference import find_type, short_type
from loresmith.cli.session import FOLLOWING_PATIENCE_S, Session, session_of
from loresmith.cli.terminal import note, print_json, print_table, print_text
from loresmith.cli.user import user_name
from loresmith.error import ConnectionLost, RequestTimeout
from loresmith.model import JobType

#: Options that this program does not know are parsed with the type's schema.
_ANY_OPTION = {"allow_extra_args": True, "ignore_unknown_options": True}

TypeName = Annotated[
    str,
    typer.Argument(
        metavar="TYPE",
        help="What to generate, such as characters. See `loresmith types`.",
        autocompletion=completion.type_names,
        show_default=False,
    ),
]


@dataclass(frozen=True)
class Submitting:
    """The options of a submission, besides those for following the job."""

    wait: bool = True
    dry_run: bool = False
    deadline_s: int | None = None
    webhook: str | None = None
    key: str | None = None


def register(app: typer.Typer) -> None:
    app.command(context_settings=_ANY_OPTION)(generate)
    app.command(context_settings=_ANY_OPTION)(world)
    app.command()(types)


def generate(
    context: typer.Context,
    type_name: TypeName,
    *,
    theme: option.Theme = None,
    count: option.Count = None,
    tone: option.Tone = None,
    avoid: option.Avoid = None,
    premise: option.Premise = None,
    language: option.Language = None,
    canon: option.Canon = None,
    with_: option.With = None,
    set_: option.Set = None,
    payload: option.PayloadFile = None,
    wait: option.Wait = True,
    as_json: option.AsJson = False,
    out: option.Out = None,
    force: option.Force = False,
    strict: option.Strict = False,
    quiet: option.Quiet = False,
    timeout: option.Timeout = None,
    deadline: option.Deadline = None,
    webhook: option.Webhook = None,
    key: option.Key = None,
    dry_run: option.DryRun = False,
) -> None:
    """Generate characters, factions, settings, events, relics, or any other type that the API has.

    Every field of a type is an option: `loresmith types TYPE` lists them. Put options that are not listed below after
    TYPE.
    """
    named = {"theme": theme, "count": count, "tone": tone, "avoid": avoid, "premise": premise, "language": language}
    given = GivenPayload(named, context.args, set_ or (), with_ or (), canon or (), payload)
    options = FollowOptions(as_json, quiet, strict, force, timeout, out)
    submit(session_of(context), type_name, given, Submitting(wait, dry_run, deadline, webhook, key), options)


def world(
    context: typer.Context,
    *,
    theme: option.Theme = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="The title. Without it, the title is generated too.")
    ] = None,
    premise: option.Premise = None,
    language: option.Language = None,
    canon: option.Canon = None,
    with_: option.With = None,
    user: Annotated[
        str | None,
        typer.Option("--user", help="The world's owner, if the API requires no tokens. Default: your user name."),
    ] = None,
    set_: option.Set = None,
    payload: option.PayloadFile = None,
    wait: option.Wait = True,
    as_json: option.AsJson = False,
    out: option.Out = None,
    force: option.Force = False,
    strict: option.Strict = False,
    quiet: option.Quiet = False,
    timeout: option.Timeout = None,
    deadline: option.Deadline = None,
    webhook: option.Webhook = None,
    key: option.Key = None,
    dry_run: option.DryRun = False,
) -> None:
    """Make a world, with a story and a quest, from your pieces or from scratch."""
    named = {"theme": theme, "title": title, "premise": premise, "language": language, "user_id": user}
    given = GivenPayload(named, context.args, set_ or (), with_ or (), canon or (), payload)
    options = FollowOptions(as_json, quiet, strict, force, timeout, out)
    submit(session_of(context), "create_world", given, Submitting(wait, dry_run, deadline, webhook, key), options)


def types(
    context: typer.Context,
    type_name: Annotated[
        str | None,
        typer.Argument(
            metavar="TYPE",
            help="Show the fields of this type.",
            autocompletion=completion.type_names,
            show_default=False,
        ),
    ] = None,
    as_json: option.AsJson = False,
) -> None:
    """List the job types of the API, or the fields of one type."""
    with session_of(context).client() as client:
        known = client.job_types()
    if type_name is not None:
        found = find_type(known, type_name)
        print_json(found) if as_json else _print_fields(found)
    elif as_json:
        print_json(known)
    else:
        print_table(("TYPE", "WRITES"), [(short_type(each.type), each.description) for each in known], wraps=True)


def submit(
    session: Session, type_name: str, given: GivenPayload, submitting: Submitting, options: FollowOptions
) -> None:
    """Submit a job, or say what it would cost; then follow it, or say how to."""
    options.check(wait=submitting.wait)
    with session.client() as client:
        known = client.job_types()
        job_type = find_type(known, type_name)
        payload = _defaults(session, job_type) | assemble(given, job_type, client)
        if submitting.dry_run:
            _estimate(client, job_type, payload, submitting, as_json=options.as_json)
            return
        job = _submitted(client, job_type, payload, submitting)
    if not submitting.wait:
        if options.as_json:
            print_json(job.state)
        else:
            print_text(job.id)
            note(f"Follow it: loresmith follow {job.id}", "dim")
        return
    if not options.quiet and not options.as_json:
        note(f"{short_type(job.type)} {job.id}", "dim")
    with session.client(patience_s=FOLLOWING_PATIENCE_S) as client:
        try:
            job = client.jobs.get(job.id)
        except KeyboardInterrupt:
            tell_how_to_follow(job.id)
            raise
        follow(session, client, job, options, partial(expectation, client, job.type, known))


def _defaults(session: Session, job_type: JobType) -> dict[str, Any]:
    """A world needs an owner. If the API requires no token, that is the user of this machine."""
    if "user_id" not in fields_of(job_type) or session.target().token is not None:
        return {}
    return {"user_id": user_name()}


def _submitted(client: LoreSmith, job_type: JobType, payload: Mapping[str, Any], submitting: Submitting) -> Job[Any]:
    try:
        return client.submit(
            job_type.type,
            dict(payload),
            idempotency_key=submitting.key,
            deadline_s=submitting.deadline_s,
            webhook=submitting.webhook,
        )
    except (KeyboardInterrupt, ConnectionLost, RequestTimeout):
        note("The job may have been submitted. Check with `loresmith jobs` before you submit it again.", "yellow")
        raise


def _estimate(
    client: LoreSmith, job_type: JobType, payload: Mapping[str, Any], submitting: Submitting, *, as_json: bool
) -> None:
    found = client.estimate(job_type.type, dict(payload), deadline_s=submitting.deadline_s, webhook=submitting.webhook)
    if as_json:
        print_json(found)
        return
    basis = (
        f"measured from {counted(found.jobs_measured, 'job')} of this type"
        if found.basis == "measured"
        else "rough guess: too few jobs of this type have completed so far"
    )
    print_text(f"About {cost(found)} ({basis}).")
    print_text(f"At most {counted(found.token_budget, 'token')}. If it needs more, it ends with what is finished.")


def _print_fields(job_type: JobType) -> None:
    required = required_of(job_type)
    rows = []
    for name, each in fields_of(job_type).items():
        default = each.schema.get("default")
        shown = (
            "required"
            if name in required
            else ""
            if default in (None, {}) or isinstance(default, dict)
            else str(default)
        )
        rows.append((f"--{option_of(name)}", each.takes(), shown, each.schema.get("description", "")))
    print_text(f"{short_type(job_type.type)}: {job_type.description}")
    print_table(("OPTION", "TAKES", "DEFAULT", "MEANING"), rows, less_important=("DEFAULT",), wraps=True)
    if job_type.context:
        kinds = ", ".join(each.kind for each in job_type.context)
        print_text(f"--with PIECE takes a piece of these kinds: {kinds}")
