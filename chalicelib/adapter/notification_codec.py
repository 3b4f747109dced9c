"""Notifications as the bodies of messages: JSON in ASCII, since SQS refuses some characters."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from chalicelib.domain.job import Checkpoint, Job, JobView, Usage
from chalicelib.domain.notification import Notification
from chalicelib.domain.webhook import WebhookEvent
from foundation.json_value import Json

#: SQS takes 256 KiB with all attributes, everywhere. The rest is room for headers and a gateway's own limits.
MAX_BYTES = 200_000
#: What no receiver sees, and what the message has elsewhere.
_LEFT_OUT = frozenset({"payload", "webhook", "owner", "lease_token", "usage", "observed_at"})
_PLAIN = tuple(field.name for field in fields(Notification) if field.name not in ("event", "view"))


def encode(notification: Notification) -> str:
    """The body of a message, without the job's result and pieces if it would be larger than `MAX_BYTES`."""
    body = _encoded(notification)
    return body if len(body) <= MAX_BYTES else _encoded(notification.without_result)


def decode(body: str) -> Notification:
    """Raises `ValueError` if the body is not as `encode` makes it."""
    try:
        given = json.loads(body)
        plain = {name: given[name] for name in _PLAIN}
        view = None if given["view"] is None else _view(given["view"], given["owner"])
        return Notification(event=WebhookEvent(given["event"]), view=view, **plain)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the message is not a notification") from error


def _encoded(notification: Notification) -> str:
    plain: dict[str, Json] = {name: getattr(notification, name) for name in _PLAIN}
    view = None if notification.view is None else _encoded_view(notification.view)
    return json.dumps({"event": notification.event.value, **plain, "view": view}, separators=(",", ":"))


def _encoded_view(view: JobView) -> Any:
    job = asdict(replace(view.job, payload={}, webhook=None))
    return {
        "job": {name: value for name, value in job.items() if name not in _LEFT_OUT} | asdict(view.job.usage),
        "observed_at": view.job.observed_at,
        "stages": [[checkpoint.item, checkpoint.stage] for checkpoint in view.checkpoints],
        "pieces": [[index, piece] for index, piece in view.pieces.items()],
    }


def _view(given: Mapping[str, Any], owner: str) -> JobView:
    known = {name: given["job"].get(name) for name in Job.__dataclass_fields__.keys() | Usage.__dataclass_fields__}
    job = Job.restore(known | {"payload": {}, "owner": owner}, given["observed_at"])
    return JobView(job, [Checkpoint(item, stage, {}) for item, stage in given["stages"]], dict(given["pieces"]))
