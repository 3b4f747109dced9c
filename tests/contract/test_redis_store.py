"""What only the real Redis can show: its clock, its expiry, its absence."""

import asyncio
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
from chalicelib.adapter.redis_store import RedisJobStore
from chalicelib.domain import change
from chalicelib.domain.error import JobConflict, StoreUnavailable
from chalicelib.domain.job import Checkpoint, Usage
from chalicelib.domain.quota import Quota
from chalicelib.domain.timing import Timing
from chalicelib.settings import Settings
from tests.contract.test_job_store import TOKEN, claimed, created
from tests.redis_server import RedisServer

TIMING = Timing()
QUOTA = Quota()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisJobStore]:
    client = redis_client.connect(redis_url, max_connections=4, timeout_s=5)
    store = RedisJobStore(client, client, TIMING.job_ttl_s)
    yield store
    await store.close()


async def test_times_are_those_of_the_server(store: RedisJobStore, redis: Redis) -> None:
    """The clock of a Lambda decides about no lease."""
    seconds, _ = await redis.time()
    job = await claimed(store)
    assert abs(job.created_at / 1000 - seconds) < 60
    assert job.lease_until - job.started_at == TIMING.lease_ms if job.started_at else False


async def test_every_key_of_a_job_expires_with_it(store: RedisJobStore, redis: Redis) -> None:
    """24 hours after creation, however often it was written to since."""
    job = await claimed(store)
    await store.apply(job.id, change.advance(TOKEN, 20, "Generating characters..."))
    keys = [key async for key in redis.scan_iter(f"job:{{{job.id}}}*")]
    assert len(keys) == 2
    assert {await redis.pexpiretime(key) for key in keys} == {job.expires_at}


async def test_shared_keys_expire_too(store: RedisJobStore, redis: Redis) -> None:
    await created(store)
    await store.admit("owner", "job", QUOTA)
    await store.enter("owner", "job", QUOTA, hold_s=60)
    for key in ("refused", "accepted"):
        await store.reserve("owner", key, "fingerprint", "job")
    await store.keep_reserved("owner", "accepted")
    lives_s = [await redis.ttl(redis_key.idempotency("owner", key)) for key in ("refused", "accepted")]
    assert lives_s[0] <= 60 < TIMING.job_ttl_s - 60 < lives_s[1] <= TIMING.job_ttl_s
    shared = [key async for key in redis.scan_iter("*") if not key.startswith("job:")]
    assert shared
    assert [key for key in shared if await redis.ttl(key) == -1] == []  # -1: for ever


async def test_a_flushed_script_cache_is_filled_again(store: RedisJobStore, redis: Redis) -> None:
    """As after a restart or a failover of Redis."""
    await created(store)
    await redis.script_flush()
    assert (await created(store)).revision == 1


@pytest.mark.parametrize("cluster", [False, True])
async def test_a_redis_that_is_not_there_is_unavailable(cluster: bool) -> None:
    client = redis_client.connect("redis://127.0.0.1:1/0", max_connections=2, timeout_s=0.5, cluster=cluster)
    store = RedisJobStore(client, client, TIMING.job_ttl_s)
    with pytest.raises(StoreUnavailable):
        await store.read(str(uuid.uuid4()))
    await client.aclose()


async def test_a_wait_survives_connections_that_were_dropped_while_it_was_idle(redis_url: str) -> None:
    """As after a restart of Redis: an idle Lambda learns of it only when it uses the connection again."""
    store = bootstrap.redis_store(Settings.read({"REDIS_URL": redis_url, "AUTH_MODE": "none"}))
    job = await claimed(store)
    assert await store.wait_for_event(job.id, 0, timeout_s=1)
    with SynchronousRedis.from_url(redis_url) as operator:  # the event loop stands still meanwhile, as a frozen one
        assert operator.client_kill_filter(_type="normal", skipme=True) >= 2
    assert await store.wait_for_event(job.id, 0, timeout_s=1)
    assert await store.read(job.id)
    await store.close()


async def test_a_wait_whose_connection_breaks_in_the_middle_ends_in_time(redis_url: str) -> None:
    """Without an error: whoever reads the job next sees whether Redis is there."""
    store = bootstrap.redis_store(Settings.read({"REDIS_URL": redis_url, "AUTH_MODE": "none"}))
    job = await claimed(store)
    began = asyncio.get_running_loop().time()
    wait = asyncio.create_task(store.wait_for_event(job.id, job.revision, timeout_s=4))
    await asyncio.sleep(3)  # of the wait
    async with Redis.from_url(redis_url) as operator:
        await operator.client_kill_filter(_type="normal", skipme=True)
    assert await wait is False
    assert asyncio.get_running_loop().time() - began < 4 + 2.5
    await store.close()


async def test_a_redis_that_accepts_and_never_answers_is_unavailable_in_time() -> None:
    """As one that is frozen, or behind a firewall that swallows packets. With the time-out that is deployed."""
    timeout_s = Settings().redis_timeout_s
    with socket.create_server(("127.0.0.1", 0)) as server:  # the kernel takes connections for it
        port = server.getsockname()[1]
        client = redis_client.connect(f"redis://127.0.0.1:{port}/0", max_connections=2, timeout_s=timeout_s)
        store = RedisJobStore(client, client, TIMING.job_ttl_s)
        async with asyncio.timeout(3 * timeout_s + 2):
            reads = [store.read(str(uuid.uuid4())) for _ in range(4)]
            answers = await asyncio.gather(*reads, return_exceptions=True)
        assert {type(answer) for answer in answers} == {StoreUnavailable}
        await store.close()


async def test_a_full_redis_is_unavailable_and_drops_nothing(store: RedisJobStore, redis: Redis) -> None:
    kept = await created(store)
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(StoreUnavailable):
            await created(store)
        assert await store.read(kept.id)
    finally:
        await redis.config_set("maxmemory", "0")


async def test_no_more_connections_than_permitted(redis_url: str, redis: Redis) -> None:
    name = f"bounded-{uuid.uuid4()}"
    client = redis_client.connect(f"{redis_url}?client_name={name}", max_connections=3, timeout_s=5)
    store = RedisJobStore(client, client, TIMING.job_ttl_s)
    await asyncio.gather(*(created(store) for _ in range(50)))
    connections: Any = await redis.client_list()
    assert sum(connection["name"] == name for connection in connections) == 3
    await store.close()


async def test_only_the_last_thousand_events_are_kept(store: RedisJobStore) -> None:
    job = await claimed(store)
    for n in range(1, 1010):
        job = await store.apply(job.id, change.advance(TOKEN, 20, f"Step {n}"))
    events = await store.events(job.id, 0)
    assert (len(events), events[-1].revision, events[-1].message) == (1000, job.revision, "Step 1009")


async def test_a_reader_sees_no_write_in_halves(store: RedisJobStore, redis_url: str) -> None:
    job = await claimed(store)
    client = redis_client.connect(redis_url, max_connections=2, timeout_s=5)
    reader = RedisJobStore(client, client, TIMING.job_ttl_s)

    async def write() -> None:
        for progress in range(21, 90):
            await store.apply(job.id, change.advance(TOKEN, progress, f"At {progress}"))

    writing, seen = asyncio.create_task(write()), set()
    while not writing.done():
        view = await reader.view(job.id)
        assert view
        seen.add((view.job.progress, view.job.message))
    await writing
    assert [view for view in seen if view[0] > 20 and view[1] != f"At {view[0]}"] == []
    assert len(seen) > 5
    await reader.close()


async def test_a_field_that_another_version_has_stored_is_left_alone(store: RedisJobStore, redis: Redis) -> None:
    """A release that is taken back can go on with the jobs of the newer one."""
    job = await created(store)
    await redis.hset(redis_key.job(job.id), "priority_class", "bulk")
    assert await store.read(job.id) == replace(job, observed_at=ANY)
    assert (await store.apply(job.id, change.claim(job, TOKEN, TIMING))).attempt == 1


@pytest.mark.parametrize("key", [redis_key.events, redis_key.stages])
async def test_a_job_goes_on_without_a_key_that_was_evicted(
    store: RedisJobStore, redis: Redis, key: Callable[[str], str]
) -> None:
    """As happens if the maxmemory-policy is not noeviction. Only the content of that key is lost."""
    job = await claimed(store)
    stage = Checkpoint(0, "name", {"name": "Ada"}, Usage(llm_calls=1))
    await store.apply(job.id, change.advance(TOKEN, 30, "Generated names...", stage, {"name": "Ada"}))
    await redis.delete(key(job.id))
    advanced = await store.apply(job.id, change.advance(TOKEN, 40, "Generated looks..."))
    assert [event.revision for event in await store.events(job.id, job.revision)][-1] == advanced.revision
    assert await store.wait_for_event(job.id, job.revision, timeout_s=1)
    assert await store.view(job.id)
    done = await store.apply(job.id, change.complete(TOKEN, [{"name": "Ada"}], []))
    assert (done.is_final, done.usage.llm_calls) == (True, 1)


async def test_an_evicted_job_is_gone_and_can_be_created_again(store: RedisJobStore, redis: Redis) -> None:
    """With the same Idempotency-Key. Leftover events and stages of the old job are not used."""
    job = await claimed(store)
    stage = Checkpoint(0, "name", {"name": "Ada"}, Usage(llm_calls=1))
    await store.apply(job.id, change.advance(TOKEN, 30, "Generated names...", stage))
    await redis.delete(redis_key.job(job.id))
    with pytest.raises(JobConflict) as conflict:
        await store.apply(job.id, change.advance(TOKEN, 40, "Generated looks..."))
    assert conflict.value.status == "absent"
    assert await store.view(job.id) is None
    await created(store, id=job.id)
    view = await store.view(job.id)
    assert view is not None
    assert (view.job.revision, view.checkpoints, len(await store.events(job.id, 0))) == (1, [], 1)


async def test_a_redis_that_evicts_keys_loses_jobs_and_breaks_none(redis_url: str) -> None:
    """Whatever is evicted, every answer is a job, no job, or a conflict."""
    with RedisServer(None) as server:
        store = bootstrap.redis_store(Settings.read({"REDIS_URL": server.url, "AUTH_MODE": "none"}))
        server.set("maxmemory-policy", "allkeys-random")
        server.set("maxmemory", int(server.ask("INFO", "memory")["used_memory"]) + 1_000_000)
        refused = 0
        for number in range(150):
            job = await created(store, payload={"theme": "x" * 20_000})
            await store.reserve("owner", str(number), "fingerprint", job.id)
            await store.admit("owner", job.id, Quota(max_unfinished=10_000, max_submissions=10_000))
            try:
                job = await store.apply(job.id, change.claim(job, TOKEN, TIMING))
                await store.apply(job.id, change.complete(TOKEN, ["y" * 20_000], []))
            except JobConflict:
                refused += 1
            await store.view(job.id)
            await store.events(job.id, 0)
        assert server.ask("INFO", "stats")["evicted_keys"] > 100
        assert refused < 150
        await store.close()
