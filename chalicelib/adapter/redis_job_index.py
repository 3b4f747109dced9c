"""Lists of jobs on Redis: a sorted set of job ids for each owner, and one of all unfinished jobs."""

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.job_codec import decode_job
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_pipeline import Step
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.error import UnknownCursor
from chalicelib.domain.job import Job, JobHead
from chalicelib.domain.lifecycle import Status

#: How many ids of the list of unfinished jobs are read at a time.
_PAGE = 50
#: How many heads of an owner's jobs are read at a time: the usual page of a caller, and a few that a filter leaves out.
_HEADS = 25


class RedisJobIndex:
    """`port.JobIndex` on Redis."""

    def __init__(self, connection: RedisConnection, job_ttl_s: int) -> None:
        self._connection = connection
        self._job_ttl_s = job_ttl_s
        self._enter_script = Script("enter_list.lua")
        self._redis = connection.client
        self._row_script = Script("all_of.lua", "row.lua")

    async def list_heads(self, owner: str, after: str | None = None) -> AsyncGenerator[JobHead, None]:
        index = redis_key.jobs_of(owner)
        start = 0
        if after is not None:
            async with outage_as_unavailable(self._connection.patience_s):
                rank: Any = await self._redis.zrevrank(index, after)
            if rank is None:
                raise UnknownCursor
            start = rank + 1
        async for page in self._pages(index, start):
            for head in await self.read_heads(page):
                yield head

    async def read_heads(self, job_ids: Sequence[str]) -> list[JobHead]:
        async with outage_as_unavailable(self._connection.patience_s):
            commands = self._redis.pipeline(transaction=False)
            for job_id in job_ids:
                commands.hmget(redis_key.job(job_id), ["status", "type"])
                commands.hstrlen(redis_key.job(job_id), "result")
            answers: Any = await commands.execute()
        read = zip(job_ids, answers[::2], answers[1::2], strict=True)
        return [JobHead(job_id, Status(status), name, size) for job_id, (status, name), size in read if status]

    async def read_rows(self, job_ids: Sequence[str]) -> list[Job]:
        steps = [Step(self._row_script, [redis_key.job(job_id)]) for job_id in job_ids]
        async with outage_as_unavailable(self._connection.patience_s):
            answers = await self._connection.run_together(steps)
        read = ((json.loads(fields), int(observed_at)) for observed_at, fields in answers)
        return [decode_job([*pairs, "payload", "{}"], observed_at) for pairs, observed_at in read if pairs]

    async def list_unfinished(self, min_age_s: float = 0) -> AsyncGenerator[list[str], None]:
        newest = self._connection.clock_ms() - int(min_age_s * 1000)
        start = 0
        while True:
            async with outage_as_unavailable(self._connection.patience_s):
                found: Any = self._redis.zrangebyscore(redis_key.UNFINISHED, "-inf", newest, start, _PAGE)
                page: list[str] = await found
            if page:
                yield page
            start += len(page)
            if len(page) < _PAGE:
                return

    async def note_dead(self, job_id: str) -> None:
        now_ms, kept_s = self._connection.clock_ms(), self._job_ttl_s
        step = Step(self._enter_script, [redis_key.DEAD], [job_id, now_ms, now_ms - kept_s * 1000, kept_s])
        async with outage_as_unavailable(self._connection.patience_s):
            await self._connection.run_together([step])

    async def list_dead(self, limit: int) -> list[str]:
        async with outage_as_unavailable(self._connection.patience_s):
            found: Any = self._redis.zrange(redis_key.DEAD, 0, limit - 1, desc=True)
            return list(await found)

    async def is_unfinished(self, job_id: str) -> bool:
        async with outage_as_unavailable(self._connection.patience_s):
            return await self._redis.zscore(redis_key.UNFINISHED, job_id) is not None

    async def remove_unfinished(self, job_id: str, min_age_s: float = 0) -> bool:
        async with outage_as_unavailable(self._connection.patience_s):
            if min_age_s:
                listed_at = await self._redis.zscore(redis_key.UNFINISHED, job_id)
                if listed_at is None or listed_at > self._connection.clock_ms() - min_age_s * 1000:
                    return False
            return bool(await self._redis.zrem(redis_key.UNFINISHED, job_id))

    async def _pages(self, index: str, start: int) -> AsyncGenerator[list[str], None]:
        """The ids of a list, newest first. An id that moves meanwhile may be missed or seen twice."""
        while True:
            async with outage_as_unavailable(self._connection.patience_s):
                page: Any = await self._redis.zrange(index, start, start + _HEADS - 1, desc=True)
            yield page
            start += len(page)
            if len(page) < _HEADS:
                return
