"""Whether the parts that a job needs are up, and whether a drain keeps new jobs waiting."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping

from chalicelib.domain.drain import Drain
from chalicelib.domain.error import Unavailable
from chalicelib.port.drain_switch import DrainSwitch

log = logging.getLogger(__name__)

#: A part that takes longer to answer counts as down, seconds.
_PATIENCE_S = 3
#: How long results are cached, seconds: anyone may ask as often as they like.
_FRESH_S = 0.2


class Health:
    def __init__(self, parts: Mapping[str, Callable[[], Awaitable[None]]], drains: DrainSwitch) -> None:
        self._parts = parts
        self._drains = drains
        #: The drain at the last check. None: there was none, or the store was down.
        self.drain: Drain | None = None
        self._found: dict[str, str] = {}
        self._found_at = -math.inf
        self._turn = asyncio.Lock()

    async def check(self) -> dict[str, str]:
        """part → "ok" or "down". All parts are asked at the same time."""
        now = asyncio.get_running_loop().time
        async with self._turn:
            if now() - self._found_at >= _FRESH_S:
                states = await asyncio.gather(*(self._state(name, ping) for name, ping in self._parts.items()))
                self.drain = await self._current_drain()
                self._found, self._found_at = dict(zip(self._parts, states, strict=True)), now()
            return dict(self._found)

    async def _current_drain(self) -> Drain | None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._drains.read()
        except (Unavailable, TimeoutError):
            return None

    async def _state(self, name: str, ping: Callable[[], Awaitable[None]]) -> str:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await ping()
        except (Unavailable, TimeoutError):
            log.warning("Health check: %s is down", name, exc_info=True)
            return "down"
        return "ok"
