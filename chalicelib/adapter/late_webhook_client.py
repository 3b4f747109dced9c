"""A client of webhooks that is loaded on first use: most processes send none."""

from collections.abc import Callable, Mapping
from functools import cached_property

from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.webhook_client import Answer, WebhookClient


class LateWebhookClient:
    """`port.WebhookClient`."""

    def __init__(self, load: Callable[[], WebhookClient]) -> None:
        self._load = load

    async def post(self, url: WebhookUrl, headers: Mapping[str, str], body: bytes) -> Answer:
        return await self._client.post(url, headers, body)

    @cached_property
    def _client(self) -> WebhookClient:
        return self._load()
