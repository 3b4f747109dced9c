"""Is everything there that a job needs?"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from chalicelib.domain.error import Unavailable

log = logging.getLogger(__name__)

#: A part that takes longer to answer counts as down.
_PATIENCE_S = 3


class Health:
    def __init__(self, parts: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
        self._parts = parts

    async def check(self) -> dict[str, str]:
        """part → "ok" or "down"; all are asked at the same time."""
        states = await asyncio.gather(*(self._state(name, ping) for name, ping in self._parts.items()))
        return dict(zip(self._parts, states, strict=True))

    async def _state(self, name: str, ping: Callable[[], Awaitable[None]]) -> str:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await ping()
        except (Unavailable, TimeoutError):
            log.warning("Health check: %s is down", name, exc_info=True)
            return "down"
        return "ok"
