"""Verifies webhooks, as Standard Webhooks (https://www.standardwebhooks.com) specifies."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue, ValidationError

from loresmith.error import InvalidWebhook
from loresmith.model import Answer, JobState

_PREFIX = "whsec_"
#: The version of the signature. Others in the header are for receivers that know them.
_VERSION = "v1"


class WebhookEvent(Answer):
    """What a webhook tells. Drop an event whose `id` you have seen; `job.revision` puts a job's events in order."""

    id: str = ""
    """The same in every delivery of this event."""

    type: str
    """What happened, such as "job.completed"."""

    timestamp: datetime
    data: JobState | JsonValue = None

    @property
    def job(self) -> JobState:
        """The job, as `GET /jobs/{id}` shows it. Raises `InvalidWebhook` if the event is not about a job."""
        if not isinstance(self.data, JobState):
            raise InvalidWebhook(f"The event {self.type} is not about a job.")
        return self.data

    @property
    def result_omitted(self) -> bool:
        """Whether the job's result and items were left out because they are too large. Read the job to get them."""
        return bool((self.job.model_extra or {}).get("result_omitted", False))


def verify_webhook(
    payload: bytes | str,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    tolerance_s: float = 300,
    *,
    now_s: Callable[[], float] = time.time,
) -> WebhookEvent:
    """Return the event of a webhook. Raises `InvalidWebhook` if it does not come from the API, or is too old.

    `payload` is the body as it was received, byte for byte. `headers` may have names in any case. `secret` is the one
    that the API has shown, `whsec_...`; while it is being replaced, pass the old and the new one. A webhook whose time
    differs from this machine's by more than `tolerance_s` is refused, so that nobody can send it again later.

    >>> signature = "v1,gzqabRRNa2dqbGLj8Wuwa2vAGW1byrJxgsOjaa3Ck5w="
    >>> received = {"webhook-id": "msg_1", "webhook-timestamp": "1900000000", "webhook-signature": signature}
    >>> body = b'{"type": "ping", "timestamp": "2030-03-17T17:46:40Z"}'
    >>> verify_webhook(body, received, "whsec_c2VjcmV0", now_s=lambda: 1_900_000_000).type
    'ping'
    >>> verify_webhook(body + b" ", received, "whsec_c2VjcmV0", now_s=lambda: 1_900_000_000)
    Traceback (most recent call last):
    ...
    loresmith.error.InvalidWebhook: invalid_webhook: The signature does not fit the body. ...
    """
    body = _bytes(payload) if isinstance(payload, str) else payload
    given = {name.lower(): value for name, value in headers.items()}
    webhook_id, timestamp, signatures = (_header(given, name) for name in ("id", "timestamp", "signature"))
    _check_time(timestamp, tolerance_s, now_s())
    signed = b".".join([_bytes(webhook_id), timestamp.encode(), body])
    keys = [_key(each) for each in ([secret] if isinstance(secret, str) else secret)]
    if not _is_signed(signed, signatures, keys):
        raise InvalidWebhook("The signature does not fit the body. Check the secret, and pass the body unchanged.")
    try:
        event = WebhookEvent.model_validate_json(body)
    except ValidationError as cause:
        raise InvalidWebhook("The body is not an event that this client can read.") from cause
    return event.model_copy(update={"id": webhook_id})


def _header(headers: Mapping[str, str], name: str) -> str:
    if not (found := headers.get(f"webhook-{name}")):
        raise InvalidWebhook(f"The header webhook-{name} is missing.")
    return found


def _check_time(timestamp: str, tolerance_s: float, now_s: float) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        raise InvalidWebhook("The header webhook-timestamp is not a number of seconds.")
    if abs(now_s - int(timestamp)) > tolerance_s:
        raise InvalidWebhook("The webhook is too old, or this machine's clock is wrong.")


def _key(secret: str) -> bytes:
    """The bytes of a secret. The error must not show it. Anybody could sign with an empty one."""
    try:
        if key := base64.b64decode(secret.removeprefix(_PREFIX), validate=True):
            return key
    except (binascii.Error, ValueError):
        pass
    raise InvalidWebhook("The secret is not valid: it is whsec_ and Base64.")


def _is_signed(signed: bytes, signatures: str, keys: Sequence[bytes]) -> bool:
    """Whether one of the signatures is by one of the keys. Each comparison takes constant time."""
    expected = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    found = list(_signatures(signatures))
    return any(hmac.compare_digest(one, other) for one in expected for other in found)


def _bytes(text: str) -> bytes:
    """UTF-8. Servers give bytes that are no text as surrogates, which fit no signature."""
    return text.encode(errors="replace")


def _signatures(header: str) -> Iterator[bytes]:
    for each in header.split(" "):
        version, _, signature = each.partition(",")
        if version == _VERSION:
            yield _bytes(signature)
