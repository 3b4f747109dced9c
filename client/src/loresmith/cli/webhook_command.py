"""`webhook` and `deliveries`: the address that is notified when jobs end, and the deliveries."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Any

import typer

from loresmith.cli import option
from loresmith.cli.figure import duration
from loresmith.cli.reference import SHORT_DELIVERY_ID, find_delivery, find_job
from loresmith.cli.session import session_of
from loresmith.cli.terminal import is_terminal, note, print_json, print_table, print_text
from loresmith.error import NotFound
from loresmith.model import DefaultWebhook, Delivery, WebhookSecret

EVENTS = ("job.completed", "job.failed", "job.cancelled", "job.progress")

Resend = Annotated[
    str | None,
    typer.Option(
        "--resend",
        metavar="DELIVERY",
        help="Send the job's end again. Give the id of one of its deliveries, or its first characters.",
    ),
]
Events = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        metavar="EVENT",
        help=f"An event to send: {', '.join(EVENTS)}. Repeatable. Default: all but job.progress.",
        autocompletion=lambda: list(EVENTS),
    ),
]
Url = Annotated[str | None, typer.Argument(metavar="[URL]", help="The address to notify.", show_default=False)]
Remove = Annotated[bool, typer.Option("--remove", help="Remove your webhook.")]
NewSecret = Annotated[
    bool, typer.Option("--new-secret", help="Create and print a new secret. Your server verifies requests with it.")
]
EndPrevious = Annotated[
    bool,
    typer.Option("--end-previous", help="Print a new secret, and end all old ones at once. Use it if one has leaked."),
]


def register(app: typer.Typer) -> None:
    app.command()(webhook)
    app.command()(deliveries)


def webhook(
    context: typer.Context,
    url: Url = None,
    *,
    events: Events = None,
    remove: Remove = False,
    new_secret: NewSecret = False,
    end_previous: EndPrevious = False,
    as_json: option.AsJson = False,
) -> None:
    """Show or set the address that is notified when your jobs end. Create a secret first."""
    with session_of(context).client() as client:
        found: DefaultWebhook | WebhookSecret | None
        if new_secret or end_previous:
            found = client.webhook.make_secret(end_previous=end_previous)
        elif remove:
            found = client.webhook.remove()
        elif url is not None:
            found = client.webhook.set(url, events)
        else:
            found = _default(client.webhook.get)
    if as_json:
        print_json(found)
    elif found is None:
        note("You have no webhook. Set one: loresmith webhook URL")
    elif isinstance(found, WebhookSecret):
        print_text(found.secret)
        note("Save it: it is shown only once.", "yellow")
        if found.previous_signs_until is not None:
            note("For a day, requests are also signed with the previous secret.")
    else:
        print_text(f"{'Removed: ' if remove else ''}{found.url} ({', '.join(found.events)})")


def deliveries(
    context: typer.Context, job_id: option.JobId, resend: Resend = None, as_json: option.AsJson = False
) -> None:
    """Show the webhook deliveries of a job, each with its attempts."""
    with session_of(context).client() as client:
        job = find_job(client, job_id)
        found = job.deliveries() if resend is None else [job.redeliver(find_delivery(job, resend))]
    if as_json:
        print_json(found)
    elif found:
        headings = ("DELIVERY", "EVENT", "STATE", "ATTEMPTS", "LAST ANSWER", "NEXT", "ADDRESS")
        print_table(headings, [_row(each) for each in found], less_important=("NEXT", "ADDRESS"))
    else:
        note("Nothing was sent: the job has no webhook, or has not ended.")


def _default(get: Any) -> DefaultWebhook | None:
    try:
        found: DefaultWebhook = get()
    except NotFound:
        return None
    return found


def _row(delivery: Delivery) -> list[Any]:
    last = delivery.attempts[-1] if delivery.attempts else None
    answer = "" if last is None else last.status or last.error_code
    following = ""
    if delivery.next_at is not None:
        following = f"in {duration((delivery.next_at - datetime.now(timezone.utc)).total_seconds())}"
    shown = delivery.id[:SHORT_DELIVERY_ID] if is_terminal() else delivery.id
    return [shown, delivery.event, delivery.state, len(delivery.attempts), answer, following, delivery.url]
