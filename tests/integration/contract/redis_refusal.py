"""Ways to make a real Redis refuse commands for a while."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from chalicelib import bootstrap
from chalicelib.adapter.redis_database import RedisDatabase
from chalicelib.settings import Settings
from tests.redis_replication import promote
from tests.redis_server import RedisServer, binaries, until

FOUND = binaries()


KINDS = pytest.mark.parametrize("binary", list(FOUND.values()), ids=list(FOUND))


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
        promote(server)


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
