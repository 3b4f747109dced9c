"""What completed jobs have used, on Redis: one hash for each job type."""

from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.usage_sums import FADE_AT, UsageSums

#: The sums of an unused type are deleted after this, milliseconds: 30 days.
_LIFETIME_MS = 30 * 24 * 3_600_000
#: Share of the usual time limit: a caller must not wait long for an estimate.
_SHARE_OF_PATIENCE = 1 / 6


class RedisAverages:
    """`port.Averages` on Redis."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._patience_s = connection.patience_s * _SHARE_OF_PATIENCE
        self._add_script = Script("add_usage.lua")

    async def add(self, type_name: str, used: UsageSums) -> None:
        added = [text for name, value in used.values().items() for text in (name, repr(value))]
        args = [str(FADE_AT), str(_LIFETIME_MS), *added]
        async with outage_as_unavailable(self._patience_s):
            await self._connection.run(self._add_script, [redis_key.averages(type_name)], args)

    async def read(self, type_name: str) -> UsageSums:
        names = list(UsageSums().values())
        async with outage_as_unavailable(self._patience_s):
            stored: Any = await self._connection.client.hmget(redis_key.averages(type_name), names)
        return UsageSums.restore(
            {name: float(text) for name, text in zip(names, stored, strict=True) if text is not None}
        )
