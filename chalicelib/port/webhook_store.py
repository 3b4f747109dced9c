"""What is kept of an owner's webhooks."""

from typing import Protocol

from chalicelib.domain.webhook import Webhook
from chalicelib.domain.webhook_secret import WebhookSecret


class WebhookStore(Protocol):
    """Each owner's default webhook and secret, kept for good. Every method may raise `LibraryUnavailable`."""

    async def default(self, owner: str) -> Webhook | None:
        """The webhook of the owner's jobs that have none of their own; None without one."""
        ...

    async def set_default(self, owner: str, webhook: Webhook | None) -> None:
        """Replace the default. None: remove it."""
        ...

    async def secret(self, owner: str) -> WebhookSecret | None:
        """The owner's secret; None if the owner has never made one."""
        ...

    async def rotate_secret(
        self, owner: str, now_ms: int, made_by: str | None = None, *, ends_previous: bool = False
    ) -> WebhookSecret:
        """Make the owner's first secret, or rotate it (`WebhookSecret.rotated`). Atomic. Raises `NotAllowedNow`."""
        ...
