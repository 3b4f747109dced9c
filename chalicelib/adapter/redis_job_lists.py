"""The lists of jobs on Redis that a job is in (`redis_key`), and what counts for it while it has not ended."""

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.job import Job
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.spending import counted_tokens, days_around


class RedisJobLists:
    """Every method may raise `StoreUnavailable`, and is idempotent."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._redis = connection.client
        self._settle_script = Script("settle_tokens.lua")

    async def enter(self, new: NewJob, ttl_s: int) -> None:
        """List a job that is about to be created. Entries older than `ttl_s` are dropped."""
        clock_ms = self._connection.clock_ms
        async with outage_as_unavailable():
            for index in (redis_key.UNFINISHED, redis_key.jobs_of(new.owner)):
                await self._redis.zadd(index, {new.id: clock_ms()}, nx=True)
                await self._redis.zremrangebyscore(index, "-inf", clock_ms() - ttl_s * 1000)
                await self._redis.expire(index, ttl_s)

    async def leave(self, job: Job) -> None:
        """Remove a job that has ended, or is discarded, from all lists but that of its owner's jobs.

        The list of unfinished jobs comes last: recovery uses it to find what is left to do.
        """
        await self.settle(job)
        async with outage_as_unavailable():
            await self._redis.zrem(redis_key.UNFINISHED, job.id)

    async def settle(self, job: Job) -> None:
        """See `port.QuotaLedger`."""
        cost, days = counted_tokens(job), days_around(job.created_at)
        await self.stop_counting(job.owner, job.id, cost, days)
        await self.settle_for_all(job.id, cost, days)

    async def stop_counting(self, owner: str, job_id: str, cost: int, days: list[str]) -> None:
        """Stop counting the job for its owner. Its reservation is on one of the `days`."""
        async with outage_as_unavailable():
            await self._settle([redis_key.tokens_of(owner, day) for day in days], job_id, cost)
            await self._redis.zrem(redis_key.unfinished_of(owner), job_id)
            await self._redis.zrem(redis_key.running_of(owner), job_id)

    async def settle_for_all(self, job_id: str, cost: int, days: list[str]) -> None:
        """Stop counting the job for all owners together. Its reservation is on one of the `days`."""
        async with outage_as_unavailable():
            await self._settle([redis_key.tokens_of_all(day) for day in days], job_id, cost)

    async def _settle(self, keys: list[str], job_id: str, cost: int) -> None:
        await self._connection.run(self._settle_script, keys, [job_id, str(cost)])
