"""How a submission is sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias, TypedDict

from loresmith.payload import Webhook
from loresmith.step import Request

#: An address, or a webhook with its events. None: the caller's default. False: nobody is told.
OwnWebhook: TypeAlias = Webhook | str | Literal[False] | None


class _RequiredSubmission(TypedDict):
    type: str


class Submission(_RequiredSubmission, total=False):
    """One job of a batch: what `submit` takes, as a mapping."""

    payload: Mapping[str, Any]
    deadline_s: int | None
    webhook: OwnWebhook


def full_name(type_name: str) -> str:
    """`characters` is short for `generate_characters`. A name with an underscore is a full one."""
    return type_name if "_" in type_name else f"generate_{type_name}"


def submission(
    type_name: str, payload: Mapping[str, Any], *, deadline_s: int | None = None, webhook: OwnWebhook = None
) -> dict[str, Any]:
    """The body of a submission."""
    deadline = {} if deadline_s is None else {"deadline_s": deadline_s}
    return {"type": full_name(type_name), "payload": payload} | deadline | _webhook_option(webhook)


def _webhook_option(webhook: OwnWebhook) -> dict[str, Any]:
    if webhook is None:
        return {}
    if webhook is False:
        return {"webhook": None}
    return {"webhook": {"url": webhook} if isinstance(webhook, str) else webhook}


def batch(submissions: Sequence[Submission]) -> dict[str, Any]:
    """The body of a submission of many."""
    return {
        "jobs": [
            {name: value for name, value in each.items() if name not in ("type", "webhook")}
            | {"type": full_name(each["type"])}
            | _webhook_option(each.get("webhook"))
            for each in submissions
        ]
    }


def keyed(request: Request, idempotency_key: str | None) -> Request:
    """The request with a key that makes it safe to repeat: the user's, or a new one.

    Raises `ValueError` for a key that no header can hold.
    """
    key = str(uuid.uuid4()) if idempotency_key is None else idempotency_key
    if not (key.isascii() and key.isprintable() and key == key.strip()):
        raise ValueError("An idempotency key has printable ASCII characters only, and no space at its ends.")
    return replace(request, headers=request.headers | {"Idempotency-Key": key})
