"""Secrets and signatures of webhooks, as in the Standard Webhooks specification.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

PREFIX = "whsec_"
#: The specification allows 24 to 64 bytes.
_BYTES = 32
#: How long the secret before the current one also signs, seconds.
OVERLAP_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """An owner's secret, and the one before it. Times are milliseconds since 1970."""

    current: str
    created_at: int
    previous: str | None = None

    @classmethod
    def new(cls, now_ms: int) -> Self:
        return cls(PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode(), now_ms)

    def rotated(self, now_ms: int) -> "WebhookSecret":
        """A new secret. This one also signs for `OVERLAP_S`."""
        fresh = WebhookSecret.new(now_ms)
        return WebhookSecret(fresh.current, now_ms, self.current)

    @property
    def previous_signs_until(self) -> int | None:
        return None if self.previous is None else self.created_at + OVERLAP_S * 1000

    def signing(self, now_ms: int) -> Sequence[str]:
        """The secrets that sign now, the current one first."""
        until = self.previous_signs_until
        return [self.current, self.previous] if self.previous and until and now_ms < until else [self.current]


def signature_headers(signing: Sequence[str], notification_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The headers that prove who has sent the body. One signature for each secret, separated by spaces."""
    content = f"{notification_id}.{timestamp_s}.".encode() + body
    return {
        "webhook-id": notification_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{_signature(secret, content)}" for secret in signing),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
