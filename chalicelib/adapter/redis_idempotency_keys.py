"""Idempotency-Keys on Redis: a string for each key."""

import json
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.port.idempotency_keys import Binding

#: How long a key is bound unless it is kept, seconds: longer than any request lasts.
_BOUND_S = 60


class RedisIdempotencyKeys:
    """`port.IdempotencyKeys` on Redis. A kept key lives for `job_ttl_s`."""

    def __init__(self, connection: RedisConnection, job_ttl_s: int) -> None:
        self._redis = connection.client
        self._patience_s = connection.patience_s
        self._job_ttl_s = job_ttl_s

    async def bind(self, owner: str, key: str, wanted: Binding) -> Binding:
        name = redis_key.idempotency(owner, key)
        async with outage_as_unavailable(self._patience_s):
            stored: Any = None
            while stored is None:
                if await self._redis.set(name, json.dumps([wanted.fingerprint, wanted.job_id]), nx=True, ex=_BOUND_S):
                    return wanted
                stored = await self._redis.get(name)
        return Binding(*json.loads(stored))

    async def keep(self, owner: str, key: str) -> None:
        async with outage_as_unavailable(self._patience_s):
            await self._redis.expire(redis_key.idempotency(owner, key), self._job_ttl_s)
