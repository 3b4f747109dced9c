"""Quotas on Redis: sorted sets of job ids for each owner, and hashes of tokens for each owner and for all of them."""

import math
from collections.abc import Mapping
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_job_lists import RedisJobLists
from chalicelib.adapter.redis_pipeline import Step
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.drain import Draining
from chalicelib.domain.job import Job
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import DAY_S, DayTokens, SpendingStopped, day_ends_in_s, days_around, utc_day


class RedisQuotaLedger:
    """`port.QuotaLedger` on Redis. A job that never ends is dropped after `job_ttl_s`."""

    def __init__(self, connection: RedisConnection, job_ttl_s: int) -> None:
        self._connection = connection
        self._job_ttl_s = job_ttl_s
        self._lists = RedisJobLists(connection)
        #: A hash of tokens outlives the jobs of its day.
        self._day_ttl_ms = str((2 * DAY_S + job_ttl_s) * 1000)
        self._count_script = Script("tokens.lua", "count_submission.lua")
        self._reserve_script = Script("tokens.lua", "reserve_tokens.lua")
        self._reservations_script = Script("reservations.lua")
        self._slot_script = Script("acquire_run_slot.lua")

    async def count_submissions(
        self, owner: str, tokens: Mapping[str, int], quota: Quota
    ) -> dict[str, Standing | QuotaExceeded]:
        now_ms = self._connection.clock_ms()
        today = redis_key.tokens_of(owner, utc_day(now_ms))
        keys = [redis_key.unfinished_of(owner), redis_key.submissions_of(owner), today]
        limits = [_limit(quota.max_unfinished), _limit(quota.max_submissions)]
        times_ms = [quota.window_s * 1000, self._job_ttl_s * 1000]
        steps = [
            Step(
                self._count_script,
                keys,
                [job_id, *limits, *times_ms, wanted, _limit(quota.max_tokens), self._day_ttl_ms],
            )
            for job_id, wanted in tokens.items()
        ]
        counts: dict[str, Standing | QuotaExceeded] = {}
        for (job_id, wanted), answer in zip(tokens.items(), await self._run(steps), strict=True):
            counted, unfinished, submissions, moves_in_ms, spent, reserved = map(int, answer)
            day = DayTokens(spent, reserved, day_ends_in_s(now_ms))
            standing = Standing(quota, unfinished, submissions, math.ceil(moves_in_ms / 1000), day)
            counts[job_id] = standing if counted else QuotaExceeded(standing, wanted)
        return counts

    async def reserve_for_all(
        self, tokens: Mapping[str, int], stop: int | None
    ) -> dict[str, SpendingStopped | Draining]:
        now_ms = self._connection.clock_ms()
        keys = [redis_key.tokens_of_all(utc_day(now_ms)), redis_key.DRAIN]
        steps = [
            Step(self._reserve_script, keys, [job_id, wanted, _limit(stop), self._day_ttl_ms])
            for job_id, wanted in tokens.items()
        ]
        refused: dict[str, SpendingStopped | Draining] = {}
        for (job_id, wanted), answer in zip(tokens.items(), await self._run(steps), strict=True):
            granted, spent, reserved, is_draining = map(int, answer)
            if is_draining:
                refused[job_id] = Draining()
            elif not granted and stop is not None:
                refused[job_id] = SpendingStopped(DayTokens(spent, reserved, day_ends_in_s(now_ms)), wanted, stop)
        return refused

    async def reserved_ages(self, min_age_s: float = 0) -> dict[str, float]:
        now_ms = self._connection.clock_ms()
        keys = [redis_key.tokens_of_all(day) for day in days_around(now_ms)]
        async with outage_as_unavailable(self._connection.patience_s):
            found = await self._connection.run(self._reservations_script, keys, [str(int(min_age_s * 1000))])
        return {job_id: (now_ms - int(made_at)) / 1000 for job_id, made_at in zip(found[::2], found[1::2], strict=True)}

    async def settle(self, *jobs: Job) -> None:
        await self._lists.settle(*jobs)

    async def unfinished_ages(self, owner: str) -> dict[str, float]:
        async with outage_as_unavailable(self._connection.patience_s):
            scores: Any = await self._connection.client.zrange(redis_key.unfinished_of(owner), 0, -1, withscores=True)
        return {job_id: (self._connection.clock_ms() - at) / 1000 for job_id, at in scores}

    async def release(self, owner: str, job_id: str) -> None:
        await self._lists.release(owner, job_id, days_around(self._connection.clock_ms()))

    async def release_for_all(self, job_id: str) -> None:
        await self._lists.release_for_all(job_id, days_around(self._connection.clock_ms()))

    async def acquire_run_slot(self, owner: str, job_id: str, quota: Quota, hold_s: float) -> bool:
        args = [job_id, _limit(quota.max_running), str(int(hold_s * 1000))]
        async with outage_as_unavailable(self._connection.patience_s):
            return bool(await self._connection.run(self._slot_script, [redis_key.running_of(owner)], args))

    async def release_run_slot(self, owner: str, job_id: str) -> None:
        async with outage_as_unavailable(self._connection.patience_s):
            await self._connection.client.zrem(redis_key.running_of(owner), job_id)

    async def _run(self, steps: list[Step]) -> list[Any]:
        """The answers of steps on the same keys, in order."""
        if not steps:
            return []
        async with outage_as_unavailable(self._connection.patience_s):
            return await self._connection.run_together(steps)


def _limit(limit: int | None) -> str:
    return "" if limit is None else str(limit)
