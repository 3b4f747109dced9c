"""Real servers that refuse commands for a while: the effect on a reader, a writer and the health page."""

import os
from collections.abc import Iterator
from functools import partial

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from chalicelib.domain import change
from chalicelib.domain.error import StoreUnavailable
from tests.integration.contract.redis_refusal import (
    FOUND,
    KINDS,
    READABLE,
    UNREADABLE,
    Refusal,
    connected,
    full,
    too_few_replicas,
    without_its_disk,
)
from tests.integration.contract.stored_job import TOKEN, claimed, created
from tests.redis_server import RedisServer, until


@pytest.fixture(scope="module", params=list(FOUND.values()), ids=list(FOUND))
def server(request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    with RedisServer(request.param, "--save", "1000 1000") as running:
        yield running


@pytest.mark.parametrize("refusal", READABLE + UNREADABLE)
async def test_a_temporary_refusal_is_an_outage_only_while_it_lasts(server: RedisServer, refusal: Refusal) -> None:
    """Inside and outside scripts. The health page says that Redis is down."""
    database = connected(server)
    job = await claimed(database.jobs)
    with refusal(server):
        advance = partial(database.jobs.apply, job.id, change.advance(TOKEN, 30, "Generated names..."))
        for write in (partial(created, database.jobs), advance, database.jobs.ping):
            with pytest.raises(StoreUnavailable):
                await write()
        if refusal in READABLE:
            assert await database.jobs.read(job.id)
            assert await database.index.read_rows([job.id])
        else:
            for read in (
                partial(database.jobs.read, job.id),
                partial(database.index.read_rows, [job.id]),
                partial(database.jobs.events, job.id, 0),
            ):
                with pytest.raises(StoreUnavailable):
                    await read()
    assert (await database.jobs.apply(job.id, change.advance(TOKEN, 30, "Generated names..."))).progress == 30
    await database.jobs.ping()
    await database.close()


@KINDS
async def test_a_server_that_loads_its_data_is_an_outage(binary: str) -> None:
    with RedisServer(binary, "--enable-debug-command", "yes") as server:
        database = connected(server)
        job = await created(database.jobs)
        for number in range(300):
            server.ask("SET", f"filler:{number}", os.urandom(2000).hex())
        server.set("loading-process-events-interval-bytes", 1024)
        server.set("key-load-delay", 100_000)  # microseconds per key
        with server.asked("DEBUG RELOAD"):
            until(lambda: server.says("-LOADING"))
            for attempt in (partial(created, database.jobs), partial(database.jobs.read, job.id), database.jobs.ping):
                with pytest.raises(StoreUnavailable):
                    await attempt()
            server.set("key-load-delay", 0)
            until(lambda: server.says("+PONG"))
        assert await database.jobs.read(job.id)
        await database.close()


@pytest.mark.parametrize("refusal", [too_few_replicas, full, without_its_disk])
async def test_a_refused_write_changes_nothing(server: RedisServer, refusal: Refusal) -> None:
    """Scripts are refused as a whole, so a later retry takes effect only once."""
    database = connected(server)
    job = await claimed(database.jobs)
    with refusal(server), pytest.raises(StoreUnavailable):
        await database.jobs.apply(job.id, change.complete(TOKEN, [], []))
    after = await database.jobs.read(job.id)
    assert after is not None
    assert (after.revision, after.status) == (job.revision, job.status)
    await database.close()


@KINDS
async def test_too_many_connections_are_an_outage(binary: str) -> None:
    with RedisServer(binary) as server:
        server.set("maxclients", 1)
        with Redis(port=server.port) as other:
            other.ping()
            database = connected(server)
            with pytest.raises(StoreUnavailable):
                await created(database.jobs)
        until(lambda: server.says("+PONG"))
        assert (await created(database.jobs)).revision == 1
        await database.close()


async def test_our_own_bug_stays_visible(server: RedisServer) -> None:
    database = connected(server)
    server.ask("SET", "job:{x}", "not a hash")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await database.jobs.read("x")
    server.ask("DEL", "job:{x}")
    await database.close()
