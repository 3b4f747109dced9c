"""The caller's default webhook and its secret."""

from __future__ import annotations

from collections.abc import Sequence

from loresmith.exchange import query_of, with_json
from loresmith.model import DefaultWebhook, WebhookSecret
from loresmith.performing import AsyncCalls, BlockingCalls, Calls, call
from loresmith.step import Request, Steps
from loresmith.submission import keyed

_PATH = "/webhook"


class WebhookCalls(Calls):
    """`client.webhook`: where the events of all jobs without a webhook of their own are sent."""

    @call
    def get(self) -> Steps[DefaultWebhook]:
        """The default. Raises `NotFound` if there is none."""
        return (yield from self._exchange.ask(Request("GET", _PATH), DefaultWebhook))

    @call
    def set(self, url: str, events: Sequence[str] | None = None) -> Steps[DefaultWebhook]:
        """Set the default. Without `events`: the ends of jobs. Make a secret first."""
        body = {"url": url} | ({} if events is None else {"events": events})
        return (yield from self._exchange.ask(with_json(Request("PUT", _PATH), body), DefaultWebhook))

    @call
    def remove(self) -> Steps[DefaultWebhook]:
        """Remove the default. Raises `NotFound` if there is none."""
        return (yield from self._exchange.ask(Request("DELETE", _PATH), DefaultWebhook))

    @call
    def make_secret(self, *, end_previous: bool = False, idempotency_key: str | None = None) -> Steps[WebhookSecret]:
        """Make the secret that signs the caller's webhooks. It is shown only now: keep it.

        The secrets before it sign too, for a day after they were replaced. With `end_previous`, they stop at once: for
        a secret that has leaked. With the same `idempotency_key`, a second call returns the same secret.
        """
        request = Request("POST", f"{_PATH}/secret", query=query_of(end_previous=end_previous))
        return (yield from self._exchange.ask(keyed(request, idempotency_key), WebhookSecret))


class BlockingWebhook(WebhookCalls, BlockingCalls):
    """`client.webhook` of the blocking client."""


class AsyncWebhook(WebhookCalls, AsyncCalls):
    """`client.webhook` of the async client."""
