"""Failover between two real servers. They share one address, which moves while connections stay open."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.domain import change
from chalicelib.domain.error import StoreUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.timing import Timing
from chalicelib.settings import Settings
from local.stack.tcp_port import assign_ports
from tests.integration.contract.stored_job import TOKEN, claimed, created
from tests.redis_replication import fail_over, follow, offset, promote, replica_state
from tests.redis_server import Address, RedisServer, binaries, until

FOUND = binaries()
TIMING = Timing()


class Pair:
    def __init__(self, old: RedisServer, new: RedisServer, address: Address) -> None:
        self.old, self.new, self.address = old, new, address


@pytest.fixture(params=list(FOUND.values()), ids=list(FOUND))
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    quick = ("--repl-diskless-sync-delay", "0")
    with RedisServer(request.param, *quick) as old, RedisServer(request.param, *quick) as new, Address(old) as address:
        follow(new, old)
        yield Pair(old, new, address)


@pytest.fixture
async def database(pair: Pair) -> AsyncIterator[RedisDatabase]:
    database = _database(pair)
    yield database
    await database.close()


def _database(pair: Pair) -> RedisDatabase:
    return bootstrap.redis_database(Settings.read({"REDIS_URL": pair.address.url, "AUTH_MODE": "none"}))


async def _once_available(ask: Callable[[], Awaitable[Job]]) -> Job:
    """Repeat while the store is unavailable: a server that has just started may need many seconds on a busy machine."""
    deadline = time.monotonic() + 120
    while True:
        try:
            return await ask()
        except StoreUnavailable:
            assert time.monotonic() < deadline, "the store stays unavailable"
            await asyncio.sleep(0.05)


async def _replicated(server: RedisServer, job: Job) -> None:
    """Wait until the server has the job: writes reach a replica with a delay."""
    await asyncio.to_thread(until, lambda: server.ask("EXISTS", redis_key.job(job.id)))


async def test_the_first_write_after_a_failover_works(pair: Pair, database: RedisDatabase) -> None:
    """The connection that gets READONLY is replaced, and so are all older ones."""
    job = await claimed(database.jobs)
    await asyncio.gather(*(database.jobs.read(job.id) for _ in range(16)))  # opens as many connections as permitted
    await _replicated(pair.new, job)
    fail_over(pair.address, pair.old, pair.new)
    advanced = await database.jobs.apply(job.id, change.advance(TOKEN, 30, "Generated names..."))
    assert advanced.progress == 30
    await asyncio.gather(*(database.jobs.apply(job.id, change.renew(TOKEN, TIMING)) for _ in range(16)))


async def test_scripts_that_the_new_primary_does_not_have_are_sent_to_it(pair: Pair, database: RedisDatabase) -> None:
    await created(database.jobs)
    pair.new.ask("SCRIPT", "FLUSH")
    fail_over(pair.address, pair.old, pair.new)
    assert (await created(database.jobs)).revision == 1


async def test_a_read_after_a_failover_is_not_answered_by_the_former_primary(
    pair: Pair, database: RedisDatabase
) -> None:
    """A process that only reads never gets READONLY: it would answer 404 for a job that was just accepted."""
    await created(database.jobs)
    promote(pair.new)
    pair.address.lead_to(pair.new)
    pair.old.ask("REPLICAOF", "127.0.0.1", 1)  # a primary that does not exist
    other = _database(pair)
    job = await created(other.jobs)
    assert await database.jobs.read(job.id)
    await other.close()


async def test_while_the_address_leads_to_a_replica_reads_work_and_writes_are_unavailable(
    pair: Pair, database: RedisDatabase
) -> None:
    job = await claimed(database.jobs)
    pair.old.ask("REPLICAOF", "127.0.0.1", pair.new.port)
    view = await database.jobs.view(job.id)
    assert view is not None
    assert view.job.id == job.id
    with pytest.raises(StoreUnavailable):
        await database.jobs.apply(job.id, change.advance(TOKEN, 30, "Generated names..."))
    with pytest.raises(StoreUnavailable):
        await database.jobs.ping()


async def test_a_wait_goes_on_at_the_new_primary(pair: Pair, database: RedisDatabase) -> None:
    """The old primary ends it with UNBLOCKED on becoming a replica. The caller reads the job and waits again."""
    job = await claimed(database.jobs)
    await _replicated(pair.new, job)

    async def event() -> None:
        while not await database.jobs.wait_for_event(job.id, job.revision, timeout_s=20):
            await database.jobs.read(job.id)

    wait = asyncio.create_task(event())
    await asyncio.to_thread(until, lambda: "xread" in str(pair.old.ask("CLIENT", "LIST")))
    fail_over(pair.address, pair.old, pair.new)
    await asyncio.to_thread(until, lambda: "xread" in str(pair.new.ask("CLIENT", "LIST")))
    other = _database(pair)
    await other.jobs.apply(job.id, change.advance(TOKEN, 30, "Generated names..."))
    async with asyncio.timeout(120):
        await wait
    await other.close()


async def test_a_failover_noticed_by_a_write_ends_all_waits_of_the_process(pair: Pair, database: RedisDatabase) -> None:
    """Their connections may lead to a server that is cut off. The callers read the job again."""
    job = await claimed(database.jobs)
    await _replicated(pair.new, job)
    promote(pair.new)
    pair.old.ask("REPLICAOF", "127.0.0.1", 1)
    # At the former primary. The wait would end by itself only after the test's time.
    wait = asyncio.create_task(database.jobs.wait_for_event(job.id, job.revision, timeout_s=60))
    await asyncio.to_thread(until, lambda: "xread" in str(pair.old.ask("CLIENT", "LIST")))
    pair.address.lead_to(pair.new)
    await database.jobs.apply(job.id, change.advance(TOKEN, 30, "Generated names..."))
    async with asyncio.timeout(50):
        assert await wait is None


async def test_a_primary_that_freezes_costs_one_timeout(pair: Pair, database: RedisDatabase) -> None:
    """Nothing closes its connections. Only one is tried, not each of the unused ones."""
    jobs = [await claimed(database.jobs) for _ in range(8)]
    await asyncio.gather(*(database.jobs.read(job.id) for job in jobs))
    await _replicated(pair.new, jobs[-1])
    os.kill(pair.old.pid, signal.SIGSTOP)
    before = pair.address.sent_to(pair.old)
    try:
        promote(pair.new)
        pair.address.lead_to(pair.new)
        for job in jobs:
            assert (await database.jobs.apply(job.id, change.advance(TOKEN, 30, "Generated names..."))).progress == 30
        assert await database.jobs.read(jobs[0].id)
        assert pair.address.sent_to(pair.old) == before + 1
    finally:
        os.kill(pair.old.pid, signal.SIGCONT)


async def test_the_creation_and_the_end_of_a_job_are_on_the_replica_before_the_caller_is_told(
    pair: Pair, database: RedisDatabase
) -> None:
    """They survive if the primary dies right after its answer."""
    for _ in range(20):
        job = await created(database.jobs)
        assert pair.new.ask("HGET", redis_key.job(job.id), "status") == "pending"
        await database.jobs.apply(job.id, change.cancel())
        assert pair.new.ask("HGET", redis_key.job(job.id), "status") == "cancelled"


async def test_a_submission_is_accepted_while_the_replica_does_not_answer(
    pair: Pair, database: RedisDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says that the job is on one server only."""
    await created(database.jobs)
    os.kill(pair.new.pid, signal.SIGSTOP)
    try:
        with caplog.at_level(logging.WARNING):
            assert (await created(database.jobs)).revision == 1
    finally:
        os.kill(pair.new.pid, signal.SIGCONT)
    assert "on no replica yet" in caplog.text


async def test_a_promoted_replica_has_no_gaps(pair: Pair, database: RedisDatabase) -> None:
    """Writes arrive in order, so only the last ones are lost. Every job that exists is also in the index."""
    jobs = [await created(database.jobs) for _ in range(50)]
    pair.old.kill()
    promote(pair.new)
    pair.address.lead_to(pair.new)
    kept = {job.id for job in jobs if await database.jobs.read(job.id)}
    listed = {job_id async for page in database.index.list_unfinished() for job_id in page}
    assert kept <= listed
    assert kept == {job.id for job in jobs[: len(kept)]}


@pytest.mark.parametrize("binary", list(FOUND.values()), ids=list(FOUND))
async def test_the_client_follows_a_cluster_that_fails_over(binary: str) -> None:
    """The former primary keeps running as a replica and redirects to the new one."""
    options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "60000", "--cluster-port")
    ports = assign_ports(["one", "two"], {})
    with (
        RedisServer(binary, *options, str(ports["one"])) as old,
        RedisServer(binary, *options, str(ports["two"])) as new,
    ):
        old.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        new.ask("CLUSTER", "MEET", "127.0.0.1", old.port, ports["one"])
        node_id = old.ask("CLUSTER", "MYID")
        until(lambda: node_id in str(new.ask("CLUSTER", "NODES")))
        until(lambda: "cluster_state:ok" in str(new.ask("CLUSTER", "INFO")))
        new.ask("CLUSTER", "REPLICATE", node_id)
        until(lambda: replica_state(old, new) == "online")
        settings = {"REDIS_URL": old.url, "REDIS_CLUSTER": "true", "AUTH_MODE": "none"}
        database = bootstrap.redis_database(Settings.read(settings))
        job = await _once_available(lambda: claimed(database.jobs))
        until(lambda: offset(new) == offset(old))
        new.ask("CLUSTER", "FAILOVER", "TAKEOVER")
        until(lambda: "master" in str(new.ask("ROLE")) and "slave" in str(old.ask("ROLE")))
        advance = change.advance(TOKEN, 30, "Generated names...")
        assert (await _once_available(lambda: database.jobs.apply(job.id, advance))).progress == 30
        assert [head.id for head in await database.index.read_heads([job.id])] == [job.id]
        assert await database.jobs.wait_for_event(job.id, 0, timeout_s=60)
        await database.jobs.ping()
        await database.close()
