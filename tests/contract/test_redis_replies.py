"""Real servers that are made to refuse commands: the effect on a reader, a writer and the health page."""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from chalicelib import bootstrap
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.domain import change
from chalicelib.domain.error import StoreUnavailable
from chalicelib.settings import Settings
from local.stack.tcp_port import assign_ports
from tests.contract.stored_job import TOKEN, claimed, created
from tests.redis_server import RedisServer, binaries, until

FOUND = binaries()
KINDS = pytest.mark.parametrize("binary", list(FOUND.values()), ids=list(FOUND))
#: A password with every special character.
AWKWARD = "p@ss/w#rd?:%41 é"


@pytest.fixture(scope="module", params=list(FOUND.values()), ids=list(FOUND))
def server(request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    with RedisServer(request.param, "--save", "1000 1000") as running:
        yield running


def connected(server: RedisServer, *, userinfo: str = "", cluster: bool = False, path: str = "/0") -> RedisDatabase:
    url = f"redis://{userinfo}127.0.0.1:{server.port}{path}"
    given = {"REDIS_URL": url, "AUTH_MODE": "none", "REDIS_CLUSTER": str(cluster), "REDIS_TIMEOUT_S": "5"}
    return bootstrap.redis_database(Settings.read(given))


@contextmanager
def too_few_replicas(server: RedisServer) -> Iterator[None]:
    server.set("min-replicas-to-write", 1)
    try:
        yield
    finally:
        server.set("min-replicas-to-write", 0)


@contextmanager
def full(server: RedisServer) -> Iterator[None]:
    server.set("maxmemory", 1)
    try:
        yield
    finally:
        server.set("maxmemory", 0)


@contextmanager
def replica(server: RedisServer) -> Iterator[None]:
    server.ask("REPLICAOF", "127.0.0.1", 1)
    try:
        yield
    finally:
        server.lead()


@contextmanager
def replica_without_primary(server: RedisServer) -> Iterator[None]:
    server.set("replica-serve-stale-data", "no")
    try:
        with replica(server):
            yield
    finally:
        server.set("replica-serve-stale-data", "yes")


@contextmanager
def without_its_disk(server: RedisServer) -> Iterator[None]:
    """A directory blocks the path of its data file."""
    blocked = Path(server.folder) / "dump.rdb"
    blocked.unlink(missing_ok=True)
    blocked.mkdir()
    server.ask("BGSAVE")
    until(lambda: server.ask("INFO", "persistence")["rdb_last_bgsave_status"] == "err")
    try:
        yield
    finally:
        blocked.rmdir()
        server.ask("BGSAVE")
        until(lambda: server.ask("INFO", "persistence")["rdb_last_bgsave_status"] == "ok")


@contextmanager
def busy(server: RedisServer) -> Iterator[None]:
    server.set("lua-time-limit", 10)

    with server.asked('EVAL "while true do end" 0'):
        until(lambda: server.says("-BUSY"))
        try:
            yield
        finally:
            server.ask("SCRIPT", "KILL")
            until(lambda: server.says("+PONG"))


Refusal = Callable[[RedisServer], AbstractContextManager[None]]
READABLE = [too_few_replicas, full, replica, without_its_disk]
UNREADABLE = [replica_without_primary, busy]


@pytest.mark.parametrize("refusal", READABLE + UNREADABLE)
async def test_a_temporary_refusal_is_an_outage_only_while_it_lasts(server: RedisServer, refusal: Refusal) -> None:
    """Each of them inside and outside scripts; the health page says that Redis is down."""
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
async def test_an_awkward_password_is_percent_encoded(binary: str) -> None:
    with RedisServer(binary, "--requirepass", AWKWARD) as server:
        database = connected(server, userinfo=f":{quote(AWKWARD, safe='')}@")
        assert (await created(database.jobs)).revision == 1
        await database.close()


SETUPS = {
    "no password": ("", "/0", "REDIS_URL"),
    "wrong password": (":wrong@", "/0", "REDIS_URL"),
    "unknown user": ("nobody:wrong@", "/0", "REDIS_URL"),
    "user without rights": ("reader:secret@", "/0", "ACL"),
    "no such database": (":secret@", "/99", "REDIS_URL"),
}


@KINDS
async def test_a_wrong_setting_is_an_outage_for_callers_and_named_in_the_log(
    binary: str, caplog: pytest.LogCaptureFixture
) -> None:
    with RedisServer(binary, "--requirepass", "secret") as server:
        rights = ["on", ">secret", "~*", "+hello", "+client", "+get", "+eval", "+evalsha", "+info"]
        server.ask("ACL", "SETUSER", "reader", *rights, password="secret")
        for name, (userinfo, path, setting) in SETUPS.items():
            caplog.clear()
            database = connected(server, userinfo=userinfo, path=path)
            cancel, rows = partial(database.jobs.apply, "x", change.cancel()), partial(database.index.read_rows, ["x"])
            for attempt in (partial(created, database.jobs), cancel, rows, database.jobs.ping):
                with pytest.raises(StoreUnavailable):
                    await attempt()
            errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
            assert errors, name
            assert all(setting in message for message in errors), name
            assert "secret" not in caplog.text
            await database.close()


@KINDS
async def test_a_rotated_password_is_an_outage_until_both_sides_agree(binary: str) -> None:
    """Open connections stay signed in; new ones fail."""
    with RedisServer(binary, "--requirepass", "first") as server:
        database = connected(server, userinfo=":first@")
        await created(database.jobs)
        server.ask("CONFIG", "SET", "requirepass", "second", password="first")
        server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes", password="second")
        with pytest.raises(StoreUnavailable):
            await created(database.jobs)
        server.ask("CONFIG", "SET", "requirepass", "first", password="second")
        assert (await created(database.jobs)).revision == 1
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


@KINDS
async def test_a_client_of_the_wrong_kind_is_named_in_the_log(binary: str, caplog: pytest.LogCaptureFixture) -> None:
    """REDIS_CLUSTER does not match the server."""
    with RedisServer(binary) as alone:
        database = connected(alone, cluster=True)
        with pytest.raises(StoreUnavailable):
            await database.jobs.read("x")
        assert "REDIS_CLUSTER=false" in caplog.text
        await database.close()


@KINDS
async def test_a_cluster_whose_slots_nobody_serves_is_an_outage(binary: str) -> None:
    bus = str(assign_ports(["bus"], {})["bus"])
    with RedisServer(binary, "--cluster-enabled", "yes", "--cluster-port", bus) as server:
        for cluster in (True, False):
            database = connected(server, cluster=cluster)
            with pytest.raises(StoreUnavailable):
                await created(database.jobs)
            await database.close()


async def test_a_renamed_command_is_named_in_the_log_without_its_arguments(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Such replies quote the arguments, and payloads must not be in the log."""
    if "redis" not in FOUND:
        pytest.skip(
            "redis-server is not installed; only it can rename a command here. Debian: apt-get install redis-server"
        )
    with RedisServer(FOUND["redis"], "--rename-command", "EVALSHA", "", "--rename-command", "EVAL", "") as server:
        database = connected(server)
        with pytest.raises(StoreUnavailable) as raised:
            await created(database.jobs)
        assert raised.value.__cause__ is None
        assert "renamed commands" in caplog.text
        await database.close()


async def test_a_server_that_is_not_redis_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                caller.close()

    threading.Thread(target=answer, daemon=True).start()
    url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    database = bootstrap.redis_database(Settings.read({"REDIS_URL": url, "AUTH_MODE": "none"}))
    with pytest.raises(StoreUnavailable):
        await database.jobs.read("x")
    listener.close()
    assert "does not speak the Redis protocol" in caplog.text
    await database.close()


async def test_our_own_bug_stays_visible(server: RedisServer) -> None:
    database = connected(server)
    server.ask("SET", "job:{x}", "not a hash")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await database.jobs.read("x")
    server.ask("DEL", "job:{x}")
    await database.close()
