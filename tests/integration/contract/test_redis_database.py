"""What only a real Redis can show: its clock, expiry, eviction and outages."""

import asyncio
import os
import signal
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest
from redis import Redis as SynchronousRedis
from redis.asyncio import Redis

from chalicelib import bootstrap
from chalicelib.adapter import redis_client, redis_key
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.domain import change
from chalicelib.domain.error import JobConflict, StoreUnavailable
from chalicelib.domain.job import Checkpoint, Usage
from chalicelib.domain.quota import Quota
from chalicelib.domain.timing import Timing
from chalicelib.port.idempotency_keys import Binding
from chalicelib.settings import Settings
from tests import virtual_time
from tests.integration.contract.stored_job import TOKEN, claimed, created
from tests.ledger import counted
from tests.redis_server import RedisServer, until
from tests.virtual_time import now_s

TIMING = Timing()
QUOTA = Quota()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
async def database(redis_url: str) -> AsyncIterator[RedisDatabase]:
    client = redis_client.connect(redis_url, max_connections=4, timeout_s=60)
    database = RedisDatabase(RedisConnection(client, client, patience_s=120), TIMING.job_ttl_s)
    yield database
    await database.close()


async def test_times_come_from_the_clock_of_the_server(database: RedisDatabase, redis: Redis) -> None:
    """The clock of a Lambda must not decide about a lease."""
    seconds, _ = await redis.time()
    job = await claimed(database.jobs)
    assert abs(job.created_at / 1000 - seconds) < 60
    assert job.lease_until - job.started_at == TIMING.lease_ms if job.started_at else False


async def test_every_key_of_a_job_expires_with_it(database: RedisDatabase, redis: Redis) -> None:
    """24 hours after its creation, no matter how often the job has changed."""
    job = await claimed(database.jobs)
    await database.jobs.apply(job.id, change.advance(TOKEN, 20, "Generating characters..."))
    keys = [key async for key in redis.scan_iter(f"job:{{{job.id}}}*")]
    assert len(keys) == 2
    assert {await redis.pexpiretime(key) for key in keys} == {job.expires_at}


async def test_shared_keys_expire_too(database: RedisDatabase, redis: Redis) -> None:
    await created(database.jobs)
    await counted(database.quotas, "owner", "job", 1_000, QUOTA)
    await database.quotas.acquire_run_slot("owner", "job", QUOTA, hold_s=60)
    for key in ("refused", "accepted"):
        await database.keys.bind("owner", key, Binding("fingerprint", "job"))
    await database.keys.keep("owner", "accepted")
    lives_s = [await redis.ttl(redis_key.idempotency("owner", key)) for key in ("refused", "accepted")]
    assert lives_s[0] <= 60 < TIMING.job_ttl_s - 60 < lives_s[1] <= TIMING.job_ttl_s
    shared = [key async for key in redis.scan_iter("*") if not key.startswith("job:")]
    assert shared
    assert [key for key in shared if await redis.ttl(key) == -1] == []  # -1: for ever


async def test_a_flushed_script_cache_is_filled_again(database: RedisDatabase, redis: Redis) -> None:
    """A restart or a failover of Redis empties it."""
    await created(database.jobs)
    await redis.script_flush()
    assert (await created(database.jobs)).revision == 1


@pytest.mark.parametrize("cluster", [False, True])
async def test_a_redis_that_cannot_be_reached_is_unavailable(cluster: bool) -> None:
    client = redis_client.connect("redis://127.0.0.1:1/0", max_connections=2, timeout_s=0.5, cluster=cluster)
    database = RedisDatabase(RedisConnection(client, client), TIMING.job_ttl_s)
    with pytest.raises(StoreUnavailable):
        await database.jobs.read(str(uuid.uuid4()))
    await client.aclose()


async def test_a_wait_survives_connections_that_were_dropped_while_idle(redis_url: str) -> None:
    """A restart of Redis drops them. An idle Lambda notices only when it uses a connection again."""
    database = bootstrap.redis_database(Settings.read({"REDIS_URL": redis_url, "AUTH_MODE": "none"}))
    job = await claimed(database.jobs)
    assert await database.jobs.wait_for_event(job.id, 0, timeout_s=60)
    with SynchronousRedis.from_url(redis_url) as operator:  # blocks the event loop, as if the process were frozen
        assert operator.client_kill_filter(_type="normal", skipme=True) >= 2
    assert await database.jobs.wait_for_event(job.id, 0, timeout_s=60)
    assert await database.jobs.read(job.id)
    await database.close()


def waits_at(server: RedisServer) -> set[str]:
    """The ids of the connections that wait for an event."""
    return {client["id"] for client in server.ask("CLIENT LIST") if client["cmd"] == "xread"}


async def test_a_wait_whose_connection_breaks_ends_in_time() -> None:
    """It ends by itself, without an error. The caller then reads the job, and finds out whether Redis is available."""
    with RedisServer() as server:
        database = bootstrap.redis_database(Settings.read({"REDIS_URL": server.url, "AUTH_MODE": "none"}))
        job = await claimed(database.jobs)
        wait = asyncio.create_task(database.jobs.wait_for_event(job.id, job.revision, timeout_s=3))
        await asyncio.to_thread(until, lambda: waits_at(server))
        (broken,) = waits_at(server)
        server.ask("CLIENT", "KILL", "ID", broken)
        await asyncio.to_thread(until, lambda: waits_at(server) - {broken})
        os.kill(server.pid, signal.SIGSTOP)  # so that the server cannot end the wait that has started again
        assert await wait is None
        await database.close()


def test_a_redis_that_accepts_connections_but_never_answers_is_unavailable_in_time() -> None:
    """Such as a frozen server, or one behind a firewall that drops packets. Uses the deployed timeout, in virtual time.

    No read takes longer than three timeouts, although the client has nine chances to wait for one.
    """
    timeout_s = Settings().redis_timeout_s

    async def read(port: int) -> tuple[set[type], float]:
        client = redis_client.connect(f"redis://127.0.0.1:{port}/0", max_connections=2, timeout_s=timeout_s)
        database = RedisDatabase(RedisConnection(client, client), TIMING.job_ttl_s)
        reads = [database.jobs.read(str(uuid.uuid4())) for _ in range(4)]
        answers = await asyncio.gather(*reads, return_exceptions=True)
        took_s = now_s()
        await database.close()
        return {type(answer) for answer in answers}, took_s

    with socket.create_server(("127.0.0.1", 0)) as server:  # the kernel accepts connections for it
        answers, took_s = virtual_time.run(read(server.getsockname()[1]))
    assert answers == {StoreUnavailable}
    assert took_s <= 3 * timeout_s


async def test_a_full_redis_is_unavailable_and_loses_nothing(database: RedisDatabase, redis: Redis) -> None:
    kept = await created(database.jobs)
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(StoreUnavailable):
            await created(database.jobs)
        assert await database.jobs.read(kept.id)
    finally:
        await redis.config_set("maxmemory", "0")


async def test_a_client_opens_no_more_connections_than_permitted(redis_url: str, redis: Redis) -> None:
    name = f"bounded-{uuid.uuid4()}"
    client = redis_client.connect(f"{redis_url}?client_name={name}", max_connections=3, timeout_s=60)
    database = RedisDatabase(RedisConnection(client, client, patience_s=120), TIMING.job_ttl_s)
    await asyncio.gather(*(created(database.jobs) for _ in range(50)))
    connections: Any = await redis.client_list()
    assert sum(connection["name"] == name for connection in connections) == 3
    await database.close()


async def test_only_the_last_thousand_events_are_kept(database: RedisDatabase) -> None:
    job = await claimed(database.jobs)
    for n in range(1, 1010):
        job = await database.jobs.apply(job.id, change.advance(TOKEN, 20, f"Step {n}"))
    events = await database.jobs.events(job.id, 0)
    assert (len(events), events[-1].revision, events[-1].message) == (1000, job.revision, "Step 1009")


async def test_a_reader_never_sees_part_of_a_write(database: RedisDatabase, redis_url: str) -> None:
    job = await claimed(database.jobs)
    client = redis_client.connect(redis_url, max_connections=2, timeout_s=60)
    reader = RedisDatabase(RedisConnection(client, client, patience_s=120), TIMING.job_ttl_s)

    async def write() -> None:
        revision = job.revision
        while len(seen) < 20:
            revision += 1
            await database.jobs.apply(job.id, change.advance(TOKEN, 50, f"At {revision}"))

    seen = dict[int, str]()
    writing = asyncio.create_task(write())
    async with asyncio.timeout(120):
        while len(seen) < 20:
            view = await reader.jobs.view(job.id)
            assert view
            if view.job.revision > job.revision:
                seen[view.job.revision] = view.job.message
        await writing
    assert seen == {revision: f"At {revision}" for revision in seen}
    await reader.close()


async def test_a_field_of_another_version_is_ignored(database: RedisDatabase, redis: Redis) -> None:
    """After a rollback, the old release can continue the jobs of the new one."""
    job = await created(database.jobs)
    await redis.hset(redis_key.job(job.id), "priority_class", "bulk")
    assert await database.jobs.read(job.id) == replace(job, observed_at=ANY)
    assert (await database.jobs.apply(job.id, change.claim(job, TOKEN, TIMING))).attempt == 1


@pytest.mark.parametrize("key", [redis_key.events, redis_key.stages])
async def test_a_job_continues_without_a_key_that_was_evicted(
    database: RedisDatabase, redis: Redis, key: Callable[[str], str]
) -> None:
    """This happens if the maxmemory-policy is not noeviction. Only the content of that key is lost."""
    job = await claimed(database.jobs)
    stage = Checkpoint(0, "name", {"name": "Ada"}, Usage(llm_calls=1))
    await database.jobs.apply(job.id, change.advance(TOKEN, 30, "Generated names...", stage, {"name": "Ada"}))
    await redis.delete(key(job.id))
    advanced = await database.jobs.apply(job.id, change.advance(TOKEN, 40, "Generated looks..."))
    assert [event.revision for event in await database.jobs.events(job.id, job.revision)][-1] == advanced.revision
    assert await database.jobs.wait_for_event(job.id, job.revision, timeout_s=60)
    assert await database.jobs.view(job.id)
    done = await database.jobs.apply(job.id, change.complete(TOKEN, [{"name": "Ada"}], []))
    assert (done.is_final, done.usage.llm_calls) == (True, 1)


async def test_an_evicted_job_is_gone_and_can_be_created_again(database: RedisDatabase, redis: Redis) -> None:
    """With the same Idempotency-Key. The new job does not use leftover events and stages."""
    job = await claimed(database.jobs)
    stage = Checkpoint(0, "name", {"name": "Ada"}, Usage(llm_calls=1))
    await database.jobs.apply(job.id, change.advance(TOKEN, 30, "Generated names...", stage))
    await redis.delete(redis_key.job(job.id))
    with pytest.raises(JobConflict) as conflict:
        await database.jobs.apply(job.id, change.advance(TOKEN, 40, "Generated looks..."))
    assert conflict.value.status == "absent"
    assert await database.jobs.view(job.id) is None
    await created(database.jobs, id=job.id)
    view = await database.jobs.view(job.id)
    assert view is not None
    assert (view.job.revision, view.checkpoints, len(await database.jobs.events(job.id, 0))) == (1, [], 1)


async def test_a_redis_that_evicts_keys_loses_jobs_but_breaks_none(redis_url: str) -> None:
    """No matter which keys it evicts, every answer is a job, no job, or a conflict."""
    with RedisServer(None) as server:
        database = bootstrap.redis_database(Settings.read({"REDIS_URL": server.url, "AUTH_MODE": "none"}))
        server.set("maxmemory-policy", "allkeys-random")
        server.set("maxmemory", int(server.ask("INFO", "memory")["used_memory"]) + 1_000_000)
        refused = 0
        for number in range(150):
            job = await created(database.jobs, payload={"theme": "x" * 20_000})
            await database.keys.bind("owner", str(number), Binding("fingerprint", job.id))
            await counted(database.quotas, "owner", job.id, 1_000, Quota(max_unfinished=10_000, max_submissions=10_000))
            try:
                job = await database.jobs.apply(job.id, change.claim(job, TOKEN, TIMING))
                await database.jobs.apply(job.id, change.complete(TOKEN, ["y" * 20_000], []))
            except JobConflict:
                refused += 1
            await database.jobs.view(job.id)
            await database.jobs.events(job.id, 0)
        assert server.ask("INFO", "stats")["evicted_keys"] > 100
        assert refused < 150
        await database.close()
