"""The way out to the receivers of webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.webhook_url import WebhookUrl


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended."""

    #: The status of the receiver's answer; None without one.
    status: int | None = None
    #: Why there was no answer (docs/webhooks.md); None if there was one.
    error_code: str | None = None
    #: The receiver's Retry-After, seconds.
    retry_after_s: float | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


#: The receiver has taken longer than it may.
TIMEOUT = "timeout"


class WebhookClient(Protocol):
    async def post(self, url: WebhookUrl, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a POST request to a public address, and return how it ended. Follows no redirect. Raises nothing.

        Bounded in time and in what it reads.
        """
        ...
