"""The default webhooks of owners, remembered for a moment: every job that ends would otherwise read one."""

import asyncio

from chalicelib.domain.webhook import Webhook
from chalicelib.port.webhook_store import WebhookStore

#: How long a process remembers a default, seconds. A change takes effect within this time.
REMEMBERED_S = 10.0
#: How many owners are remembered.
_MOST = 1000


class DefaultWebhooks:
    def __init__(self, store: WebhookStore) -> None:
        self._store = store
        #: owner → the default, and until when it is remembered, on the loop's clock.
        self._known: dict[str, tuple[Webhook | None, float]] = {}

    async def of(self, owner: str) -> Webhook | None:
        """The owner's default; None without one. May raise `LibraryUnavailable`."""
        now = asyncio.get_running_loop().time()
        known, until = self._known.get(owner, (None, 0.0))
        if now < until:
            return known
        found = await self._store.default(owner)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[owner] = found, now + REMEMBERED_S
        return found
