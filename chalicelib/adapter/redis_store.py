"""The job store on Redis (or Valkey, or ElastiCache): a hash per job, its event log and stages beside it.

It uses strings, hashes, streams, sorted sets and Lua only, and so runs on Redis 6.2 and later and on Valkey.
"""

import asyncio
import json
import math
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from typing import Any, cast

from redis.asyncio import Redis

from chalicelib.adapter import redis_key
from chalicelib.adapter.job_codec import FIELDS, decode_job, decode_view, encode_change
from chalicelib.adapter.redis_client import Client, Failovers, outage_as_unavailable
from chalicelib.adapter.redis_script import Replicas, Script
from chalicelib.domain import change as change_of
from chalicelib.domain.change import Change
from chalicelib.domain.error import JobConflict, StoreUnavailable, UnknownCursor
from chalicelib.domain.job import Job, JobEvent, JobHead, JobView
from chalicelib.domain.lifecycle import TERMINAL, TRANSITIONS, Action, Status
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing

#: What a list shows of a job.
_ROW = sorted(FIELDS - {"payload"})
#: How many ids of an index are read at a time.
_PAGE = 50
#: How long an Idempotency-Key is bound before its job is admitted, seconds: longer than any request lasts.
_RESERVED_S = 60
#: A read that blocks is given up so much later than Redis should have answered it, seconds.
_LATE_S = 2.0


class RedisJobStore:
    """`port.JobStore` on Redis.

    `waiting` is a second client for reads that block, with one connection for each concurrent waiter; the two share
    `failovers`. `now_ms` replaces the server's clock in tests.
    """

    def __init__(
        self,
        client: Client,
        waiting: Client,
        job_ttl_s: int,
        now_ms: Callable[[], int] | None = None,
        failovers: Failovers | None = None,
    ) -> None:
        self._redis = cast(Redis, client)
        self._waiting = cast(Redis, waiting)
        self._job_ttl_s = job_ttl_s
        self._now_ms = now_ms
        self._failovers = failovers or Failovers()
        self._replicas = Replicas(client)
        self._apply = Script("apply.lua")
        self._view = Script("view.lua")
        self._admit = Script("admit.lua")
        self._enter = Script("enter.lua")

    async def create(self, job_id: str, change: Change) -> Job:
        async with outage_as_unavailable():
            # Listed first: a crash in between leaves an entry without a job, never a job that recovery cannot find.
            for index in (redis_key.UNFINISHED, redis_key.jobs_of(change.set["owner"])):
                await self._redis.zadd(index, {job_id: self._clock()}, nx=True)
                await self._redis.zremrangebyscore(index, "-inf", self._clock() - self._job_ttl_s * 1000)
                await self._redis.expire(index, self._job_ttl_s)
        return await self.apply(job_id, change)

    async def discard(self, job: Job) -> bool:
        try:
            await self._run(job.id, change_of.discard())
        except JobConflict:
            return False
        await self.forget_unfinished(job.id)
        await self.dismiss(job.owner, job.id)
        return True

    async def apply(self, job_id: str, change: Change) -> Job:
        observed_at, fields = await self._run(job_id, change)
        job = decode_job(fields, observed_at)
        if job.is_final:
            # The job has ended even if this fails: `unfinished` lists it until all of this is done.
            with suppress(StoreUnavailable):
                await self._strike_off(job)
        return job

    async def _strike_off(self, job: Job) -> None:
        async with outage_as_unavailable():
            await self._redis.zrem(redis_key.unfinished_of(job.owner), job.id)
            await self._redis.zrem(redis_key.running_of(job.owner), job.id)
            await self._redis.zrem(redis_key.UNFINISHED, job.id)

    async def _run(self, job_id: str, change: Change) -> tuple[int, list[str]]:
        keys = [redis_key.job(job_id), redis_key.events(job_id), redis_key.stages(job_id)]
        args = [encode_change(change), self._now()]
        async with outage_as_unavailable():
            if _is_told_for_good(change) and await self._replicas.are_there():
                answer = await self._apply.run_replicated(self._redis, keys, args)
            else:
                answer = await self._apply.run(self._redis, keys, args)
        if answer[0] != "ok":
            raise JobConflict(status=answer[1], reason=answer[0])
        return int(answer[1]), answer[2]

    async def read(self, job_id: str) -> Job | None:
        view = await self._read(job_id, with_stages=False)
        return view.job if view else None

    async def view(self, job_id: str) -> JobView | None:
        return await self._read(job_id, with_stages=True)

    async def _read(self, job_id: str, *, with_stages: bool) -> JobView | None:
        keys = [redis_key.job(job_id), redis_key.stages(job_id)]
        async with outage_as_unavailable():
            observed_at, fields, stages = await self._from_primary(keys, [str(int(with_stages)), self._now()])
        return decode_view(decode_job(fields, int(observed_at)), stages) if fields else None

    async def _from_primary(self, keys: list[str], args: list[str]) -> list[Any]:
        """What the view script reads. If a replica answers, ask again over a new connection and accept that answer."""
        *read, is_replica = list(await self._view.run(self._redis, keys, args))
        if is_replica:
            self._failovers.noticed(self._failovers.epoch)
            *read, _ = list(await self._view.run(self._redis, keys, args))
        return read

    async def events(self, job_id: str, after: int) -> list[JobEvent]:
        async with outage_as_unavailable():
            entries: Any = await self._redis.xrange(redis_key.events(job_id), min=f"({after}-0")
        return [_event(entry_id, fields) for entry_id, fields in entries]

    async def wait_for_event(self, job_id: str, after: int, timeout_s: float) -> bool:
        stream: Any = {redis_key.events(job_id): f"{after}-0"}
        block = max(1, int(timeout_s * 1000))
        async with outage_as_unavailable(patience_s=None):
            try:
                async with asyncio.timeout(timeout_s + _LATE_S) as wait:
                    with self._failovers.ending(wait):
                        return bool(await self._waiting.xread(stream, count=1, block=block))
            except TimeoutError:
                # The connection broke and the wait started again, or it leads to a former primary. The next read of the
                # job shows whether Redis is available.
                return False

    async def admit(self, owner: str, job_id: str, quota: Quota) -> Standing:
        keys = [redis_key.unfinished_of(owner), redis_key.submissions_of(owner)]
        limits = [quota.max_unfinished, quota.max_submissions, quota.window_s * 1000, self._job_ttl_s * 1000]
        async with outage_as_unavailable():
            answer = await self._admit.run(self._redis, keys, [job_id, *map(str, limits), self._now()])
        admitted, unfinished_left, submissions_left, moves_in_ms = map(int, answer)
        standing = Standing(quota, unfinished_left, submissions_left, math.ceil(moves_in_ms / 1000))
        if not admitted:
            raise QuotaExceeded(standing)
        return standing

    async def admitted(self, owner: str) -> dict[str, float]:
        async with outage_as_unavailable():
            scores: Any = await self._redis.zrange(redis_key.unfinished_of(owner), 0, -1, withscores=True)
        return {job_id: (self._clock() - at) / 1000 for job_id, at in scores}

    async def dismiss(self, owner: str, job_id: str) -> None:
        async with outage_as_unavailable():
            await self._redis.zrem(redis_key.unfinished_of(owner), job_id)
        await self.leave(owner, job_id)

    async def enter(self, owner: str, job_id: str, quota: Quota, hold_s: float) -> bool:
        args = [job_id, str(quota.max_running), str(int(hold_s * 1000)), self._now()]
        async with outage_as_unavailable():
            return bool(await self._enter.run(self._redis, [redis_key.running_of(owner)], args))

    async def leave(self, owner: str, job_id: str) -> None:
        async with outage_as_unavailable():
            await self._redis.zrem(redis_key.running_of(owner), job_id)

    async def heads_of(self, owner: str, after: str | None = None) -> AsyncGenerator[JobHead, None]:
        index = redis_key.jobs_of(owner)
        start = 0
        if after is not None:
            async with outage_as_unavailable():
                rank: Any = await self._redis.zrevrank(index, after)
            if rank is None:
                raise UnknownCursor
            start = rank + 1
        async for page in self._pages(index, start, newest_first=True):
            for head in await self.heads(page):
                yield head

    async def rows(self, job_ids: Sequence[str]) -> list[Job]:
        async with outage_as_unavailable():
            commands = self._redis.pipeline(transaction=False)
            for job_id in job_ids:
                commands.hmget(redis_key.job(job_id), _ROW)
            answers: Any = await commands.execute()
        return [row for values in answers if (row := _row(values, self._clock())) is not None]

    async def heads(self, job_ids: Sequence[str]) -> list[JobHead]:
        async with outage_as_unavailable():
            commands = self._redis.pipeline(transaction=False)
            for job_id in job_ids:
                commands.hmget(redis_key.job(job_id), ["status", "type"])
                commands.hstrlen(redis_key.job(job_id), "result")
            answers: Any = await commands.execute()
        read = zip(job_ids, answers[::2], answers[1::2], strict=True)
        return [JobHead(job_id, Status(status), name, size) for job_id, (status, name), size in read if status]

    async def unfinished(self) -> AsyncGenerator[str, None]:
        async for page in self._pages(redis_key.UNFINISHED, 0):
            for job_id in page:
                yield job_id

    async def _pages(self, index: str, start: int, *, newest_first: bool = False) -> AsyncGenerator[list[str], None]:
        """The ids of an index in pages. What moves up or down meanwhile may be missed or seen twice."""
        while True:
            async with outage_as_unavailable():
                page: Any = await self._redis.zrange(index, start, start + _PAGE - 1, desc=newest_first)
            yield page
            start += len(page)
            if len(page) < _PAGE:
                return

    async def forget_unfinished(self, job_id: str, min_age_s: float = 0) -> None:
        async with outage_as_unavailable():
            if min_age_s:
                listed_at = await self._redis.zscore(redis_key.UNFINISHED, job_id)
                if listed_at is None or listed_at > self._clock() - min_age_s * 1000:
                    return
            await self._redis.zrem(redis_key.UNFINISHED, job_id)

    async def reserve(self, owner: str, key: str, fingerprint: str, job_id: str) -> tuple[str, str]:
        name = redis_key.idempotency(owner, key)
        bound = json.dumps([fingerprint, job_id])
        async with outage_as_unavailable():
            stored: Any = None
            while stored is None:
                if await self._redis.set(name, bound, nx=True, ex=_RESERVED_S):
                    return fingerprint, job_id
                stored = await self._redis.get(name)
        first_fingerprint, first_job_id = json.loads(stored)
        return first_fingerprint, first_job_id

    async def keep_reserved(self, owner: str, key: str) -> None:
        async with outage_as_unavailable():
            await self._redis.expire(redis_key.idempotency(owner, key), self._job_ttl_s)

    async def ping(self) -> None:
        # A write, because a replica, a full server or one without its disk would still answer a PING.
        async with outage_as_unavailable():
            await self._redis.set(redis_key.HEALTH, "", ex=_RESERVED_S)

    async def close(self) -> None:
        for client in (self._redis, self._waiting):
            await client.aclose()

    def _now(self) -> str:
        return str(self._now_ms()) if self._now_ms else ""

    def _clock(self) -> int:
        return self._now_ms() if self._now_ms else time.time_ns() // 1_000_000


def _is_told_for_good(change: Change) -> bool:
    """Whether it tells a caller that a job exists or how it ended."""
    return change.action is Action.CREATE or TRANSITIONS[change.action][1] in TERMINAL


def _row(values: list[str | None], observed_at: int) -> Job | None:
    pairs = [part for field, value in zip(_ROW, values, strict=True) if value is not None for part in (field, value)]
    return decode_job([*pairs, "payload", "{}"], observed_at) if pairs else None


def _event(entry_id: str, fields: dict[str, str]) -> JobEvent:
    return JobEvent(
        revision=int(entry_id.split("-", maxsplit=1)[0]),
        at=int(fields["at"]),
        status=Status(fields["status"]),
        progress=int(fields["progress"]),
        message=fields["message"],
    )
