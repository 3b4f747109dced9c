"""What counts against quotas, read from the keys of `redis_quota_ledger`. Reads use read-only commands."""

import math
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.domain.quota import Quota, Standing
from chalicelib.domain.spending import DayTokens, day_ends_in_s, utc_day
from chalicelib.port.quota_admin import QuotaUse


class RedisQuotaAdmin:
    """`port.QuotaAdmin` on Redis."""

    def __init__(self, connection: RedisConnection, job_ttl_s: int) -> None:
        self._connection = connection
        self._job_ttl_s = job_ttl_s

    async def use_of(self, owner: str, quota: Quota) -> QuotaUse:
        now_ms = self._connection.clock_ms()
        window_ms = quota.window_s * 1000
        async with outage_as_unavailable(self._connection.patience_s):
            commands: Any = self._connection.client.pipeline(transaction=False)
            commands.zcount(redis_key.unfinished_of(owner), f"({now_ms - self._job_ttl_s * 1000}", "+inf")
            commands.zrangebyscore(redis_key.submissions_of(owner), f"({now_ms - window_ms}", "+inf", withscores=True)
            commands.zcount(redis_key.running_of(owner), f"({now_ms}", "+inf")
            commands.hmget(redis_key.tokens_of(owner, utc_day(now_ms)), "spent", "reserved")
            unfinished, submissions, running, tokens = await commands.execute()
        moves_in_s = math.ceil((submissions[0][1] + window_ms - now_ms) / 1000) if submissions else 0
        standing = Standing(quota, unfinished, len(submissions), moves_in_s, _day(tokens, now_ms))
        return QuotaUse(standing, running)

    async def tokens_of_all(self) -> DayTokens:
        now_ms = self._connection.clock_ms()
        async with outage_as_unavailable(self._connection.patience_s):
            found: Any = self._connection.client.hmget(redis_key.tokens_of_all(utc_day(now_ms)), ["spent", "reserved"])
            return _day(await found, now_ms)

    async def reset(self, owner: str) -> None:
        day = redis_key.tokens_of(owner, utc_day(self._connection.clock_ms()))
        async with outage_as_unavailable(self._connection.patience_s):
            commands: Any = self._connection.client.pipeline(transaction=False)
            commands.delete(redis_key.submissions_of(owner))
            commands.hdel(day, "spent")
            await commands.execute()


def _day(found: list[str | None], now_ms: int) -> DayTokens:
    spent, reserved = (int(value or 0) for value in found)
    return DayTokens(spent, reserved, day_ends_in_s(now_ms))
