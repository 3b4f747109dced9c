"""Lists of jobs on Redis: a sorted set of job ids for each owner, and one of all unfinished jobs."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.job_codec import FIELDS, decode_job
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.domain.error import UnknownCursor
from chalicelib.domain.job import Job, JobHead
from chalicelib.domain.lifecycle import Status

#: The fields of a job that a list shows.
_ROW = sorted(FIELDS - {"payload"})
#: How many ids of a list are read at a time.
_PAGE = 50


class RedisJobIndex:
    """`port.JobIndex` on Redis."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._redis = connection.client

    async def list_heads(self, owner: str, after: str | None = None) -> AsyncGenerator[JobHead, None]:
        index = redis_key.jobs_of(owner)
        start = 0
        if after is not None:
            async with outage_as_unavailable():
                rank: Any = await self._redis.zrevrank(index, after)
            if rank is None:
                raise UnknownCursor
            start = rank + 1
        async for page in self._pages(index, start, newest_first=True):
            for head in await self.read_heads(page):
                yield head

    async def read_heads(self, job_ids: Sequence[str]) -> list[JobHead]:
        async with outage_as_unavailable():
            commands = self._redis.pipeline(transaction=False)
            for job_id in job_ids:
                commands.hmget(redis_key.job(job_id), ["status", "type"])
                commands.hstrlen(redis_key.job(job_id), "result")
            answers: Any = await commands.execute()
        read = zip(job_ids, answers[::2], answers[1::2], strict=True)
        return [JobHead(job_id, Status(status), name, size) for job_id, (status, name), size in read if status]

    async def read_rows(self, job_ids: Sequence[str]) -> list[Job]:
        async with outage_as_unavailable():
            commands = self._redis.pipeline(transaction=False)
            for job_id in job_ids:
                commands.hmget(redis_key.job(job_id), _ROW)
            answers: Any = await commands.execute()
        observed_at = self._connection.clock_ms()
        return [row for values in answers if (row := _row(values, observed_at)) is not None]

    async def list_unfinished(self) -> AsyncGenerator[str, None]:
        async for page in self._pages(redis_key.UNFINISHED, 0):
            for job_id in page:
                yield job_id

    async def remove_unfinished(self, job_id: str, min_age_s: float = 0) -> None:
        async with outage_as_unavailable():
            if min_age_s:
                listed_at = await self._redis.zscore(redis_key.UNFINISHED, job_id)
                if listed_at is None or listed_at > self._connection.clock_ms() - min_age_s * 1000:
                    return
            await self._redis.zrem(redis_key.UNFINISHED, job_id)

    async def _pages(self, index: str, start: int, *, newest_first: bool = False) -> AsyncGenerator[list[str], None]:
        """The ids of a list, page by page. An id that moves meanwhile may be missed or seen twice."""
        while True:
            async with outage_as_unavailable():
                page: Any = await self._redis.zrange(index, start, start + _PAGE - 1, desc=newest_first)
            yield page
            start += len(page)
            if len(page) < _PAGE:
                return


def _row(values: list[str | None], observed_at: int) -> Job | None:
    pairs = [part for field, value in zip(_ROW, values, strict=True) if value is not None for part in (field, value)]
    return decode_job([*pairs, "payload", "{}"], observed_at) if pairs else None
