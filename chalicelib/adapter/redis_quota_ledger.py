"""Quotas on Redis: three sorted sets of job ids for each owner."""

import math
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing


class RedisQuotaLedger:
    """`port.QuotaLedger` on Redis. A job that never ends is dropped after `job_ttl_s`."""

    def __init__(self, connection: RedisConnection, job_ttl_s: int) -> None:
        self._connection = connection
        self._job_ttl_s = job_ttl_s
        self._count_script = Script("count_submission.lua")
        self._slot_script = Script("acquire_run_slot.lua")

    async def count_submission(self, owner: str, job_id: str, quota: Quota) -> Standing:
        keys = [redis_key.unfinished_of(owner), redis_key.submissions_of(owner)]
        limits = [_limit(quota.max_unfinished), _limit(quota.max_submissions)]
        times_ms = [str(quota.window_s * 1000), str(self._job_ttl_s * 1000)]
        async with outage_as_unavailable():
            answer = await self._connection.run(self._count_script, keys, [job_id, *limits, *times_ms])
        counted, unfinished, submissions, moves_in_ms = map(int, answer)
        standing = Standing(quota, unfinished, submissions, math.ceil(moves_in_ms / 1000))
        if not counted:
            raise QuotaExceeded(standing)
        return standing

    async def unfinished_ages(self, owner: str) -> dict[str, float]:
        async with outage_as_unavailable():
            scores: Any = await self._connection.client.zrange(redis_key.unfinished_of(owner), 0, -1, withscores=True)
        return {job_id: (self._connection.clock_ms() - at) / 1000 for job_id, at in scores}

    async def release(self, owner: str, job_id: str) -> None:
        async with outage_as_unavailable():
            await self._connection.client.zrem(redis_key.unfinished_of(owner), job_id)
        await self.release_run_slot(owner, job_id)

    async def acquire_run_slot(self, owner: str, job_id: str, quota: Quota, hold_s: float) -> bool:
        args = [job_id, _limit(quota.max_running), str(int(hold_s * 1000))]
        async with outage_as_unavailable():
            return bool(await self._connection.run(self._slot_script, [redis_key.running_of(owner)], args))

    async def release_run_slot(self, owner: str, job_id: str) -> None:
        async with outage_as_unavailable():
            await self._connection.client.zrem(redis_key.running_of(owner), job_id)


def _limit(limit: int | None) -> str:
    return "" if limit is None else str(limit)
