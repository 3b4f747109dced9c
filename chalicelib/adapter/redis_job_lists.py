"""The lists of jobs on Redis that a job is in (`redis_key`). Both functions raise `StoreUnavailable`."""

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.domain.job import Job
from chalicelib.domain.new_job import NewJob


async def enter(connection: RedisConnection, new: NewJob, ttl_s: int) -> None:
    """List a job that is about to be created. Idempotent. Entries older than `ttl_s` are dropped."""
    redis, clock_ms = connection.client, connection.clock_ms
    async with outage_as_unavailable():
        for index in (redis_key.UNFINISHED, redis_key.jobs_of(new.owner)):
            await redis.zadd(index, {new.id: clock_ms()}, nx=True)
            await redis.zremrangebyscore(index, "-inf", clock_ms() - ttl_s * 1000)
            await redis.expire(index, ttl_s)


async def leave(connection: RedisConnection, job: Job) -> None:
    """Remove a job that has ended, or is discarded, from all lists but that of its owner's jobs. Idempotent.

    The list of unfinished jobs comes last: recovery uses it to find what is left to do.
    """
    redis = connection.client
    async with outage_as_unavailable():
        await redis.zrem(redis_key.unfinished_of(job.owner), job.id)
        await redis.zrem(redis_key.running_of(job.owner), job.id)
        await redis.zrem(redis_key.UNFINISHED, job.id)
