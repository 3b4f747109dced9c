"""Secrets and signatures of webhooks, as in the Standard Webhooks specification.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from chalicelib.domain.error import NotAllowedNow

PREFIX = "whsec_"
#: The specification allows 24 to 64 bytes.
_BYTES = 32
_TOO_MANY = (
    "You have changed your secret too often: requests are also signed with each secret of the last day. Wait for a "
    "day, or send end_previous=true, which ends all old secrets at once."
)
#: How long a secret that was replaced also signs, seconds.
OVERLAP_S = 24 * 3600
#: How many of them may sign at the same time: each makes a header longer.
MOST_REPLACED = 4


@dataclass(frozen=True, slots=True)
class ReplacedSecret:
    secret: str
    #: Milliseconds since 1970.
    signs_until: int


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """An owner's secret, and those that it has replaced. Times are milliseconds since 1970."""

    current: str
    created_at: int
    #: The newest first.
    replaced: tuple[ReplacedSecret, ...] = ()
    #: Identifies the request that made it, so that a repeated request gets the same one; None: nothing does.
    made_by: str | None = None

    @classmethod
    def new(cls, now_ms: int, made_by: str | None = None) -> Self:
        return cls(PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode(), now_ms, made_by=made_by)

    def rotated(self, now_ms: int, made_by: str | None = None, *, ends_previous: bool = False) -> "WebhookSecret":
        """A new secret, or this one if the same request has made it.

        This one also signs for `OVERLAP_S`, and so do the ones before it as long as they would have. With
        `ends_previous`, all of them stop now. Raises `NotAllowedNow` if there would be too many.
        """
        if made_by is not None and made_by == self.made_by:
            return self
        fresh = WebhookSecret.new(now_ms, made_by)
        if ends_previous:
            return fresh
        replaced = (ReplacedSecret(self.current, now_ms + OVERLAP_S * 1000), *self._signing_too(now_ms))
        if len(replaced) > MOST_REPLACED:
            raise NotAllowedNow(_TOO_MANY)
        return replace(fresh, replaced=replaced)

    @property
    def previous_signs_until(self) -> int | None:
        """Until when the secret before this one signs; None without one."""
        return self.replaced[0].signs_until if self.replaced else None

    def signing(self, now_ms: int) -> Sequence[str]:
        """The secrets that sign now, the current one first."""
        return [self.current, *(each.secret for each in self._signing_too(now_ms))]

    def _signing_too(self, now_ms: int) -> Sequence[ReplacedSecret]:
        return [each for each in self.replaced if now_ms < each.signs_until]


def signature_headers(signing: Sequence[str], notification_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The headers that prove the body's origin. There is one signature for each secret, separated by spaces."""
    content = f"{notification_id}.{timestamp_s}.".encode() + body
    return {
        "webhook-id": notification_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{_signature(secret, content)}" for secret in signing),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
