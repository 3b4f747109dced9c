"""Connections to Redis: limited in number, with time-outs, health checks and retries."""

import asyncio
import builtins
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    ClusterError,
    ConnectionError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TimeoutError,
)

from chalicelib.adapter.redis_pool import QuickPool
from chalicelib.adapter.redis_reply import Meaning, reply_of
from chalicelib.domain.error import StoreUnavailable

log = logging.getLogger(__name__)

#: The server did not answer at all. `redis_reply` classifies the errors that it does send.
_NO_ANSWER = (
    # No node answers, a slot has no node, or the nodes redirect in a circle.
    ClusterError,
    RedisClusterException,
    ConnectionError,
    TimeoutError,
    # Python's own TimeoutError is one too.
    OSError,
)

#: More than a process uses at the same time for the jobs of a batch with their heartbeats, or for a page of a list.
_MIN_CLUSTER_CONNECTIONS = 128

#: The limit for one operation. The client retries each step, so a server that hangs would cost it nine time-outs.
PATIENCE_S = 6.0

Client = Redis | RedisCluster


class Failovers:
    """Tracks which of a process's connections still lead to a former primary.

    After a failover the address leads to the new primary, but open connections still lead to the old one, which refuses
    writes and answers reads with old values. The first connection to notice reports it here; each of the others is
    closed before its next use.
    """

    def __init__(self) -> None:
        self._count = 0
        self._waits: set[asyncio.Timeout] = set()

    @property
    def epoch(self) -> int:
        """Connections from earlier epochs must not be used."""
        return self._count

    def noticed(self, epoch: int) -> None:
        """Report that a connection from this epoch leads to a server that is not the primary."""
        if epoch != self._count:
            return  # already noticed
        self._count += 1
        for wait in self._waits:
            if not wait.expired():
                wait.reschedule(asyncio.get_running_loop().time())

    @contextmanager
    def ending(self, wait: asyncio.Timeout) -> Iterator[None]:
        """End the wait as soon as a failover is noticed: its connection may never deliver anything."""
        self._waits.add(wait)
        try:
            yield
        finally:
            self._waits.discard(wait)


class _Connection(AbstractConnection):
    """Never loses a cancel. Closes itself when its server turns out not to be the primary; redis-py then reconnects.

    redis-py treats READONLY and similar errors as normal answers and keeps the connection.
    """

    def __init__(self, *, failovers: Failovers, **options: Any) -> None:
        super().__init__(**options)
        self._failovers = failovers
        self._epoch = failovers.epoch

    async def connect_check_health(self, *args: Any, **options: Any) -> None:
        """redis-py calls this before each use; its own version does nothing if the connection is open."""
        if self._epoch != self._failovers.epoch:
            await self.disconnect(nowait=True)
            self._epoch = self._failovers.epoch
        await super().connect_check_health(*args, **options)

    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
        """Send within `socket_timeout`. A cancel always reaches the caller.

        redis-py sends with `asyncio.wait_for`. On Python 3.11, that swallows a cancel that comes just after the command
        was sent (python/cpython#86296).
        """
        if not self.is_connected:
            await self.connect_check_health(check_health=False)
        if check_health:
            await self.check_health()  # type: ignore[no-untyped-call]
        try:
            await self._write(_parts(command))
        except builtins.TimeoutError:
            await self.disconnect(nowait=True)
            raise TimeoutError("Timeout writing to socket") from None
        except OSError as error:
            await self.disconnect(nowait=True)
            raise ConnectionError(f"Error while writing to socket: {error}") from error
        except BaseException:
            await self.disconnect(nowait=True)
            raise

    async def _write(self, parts: Iterable[bytes]) -> None:
        """Waits only if the socket does not take everything at once."""
        writer = self._writer
        if writer is None:
            raise ConnectionError("Connection closed")
        writer.writelines(parts)
        if writer.transport.get_write_buffer_size():
            async with asyncio.timeout(self.socket_timeout):
                await writer.drain()

    async def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().read_response(*args, **options)
        except TimeoutError:
            # The server is frozen or cut off: the other connections need not find out one by one.
            self._failovers.noticed(self._epoch)
            raise
        except ResponseError as error:
            reply = reply_of(error)
            if reply is None or reply.meaning is not Meaning.MOVED:
                raise
            log.warning("Redis refused: %s Reconnecting", reply.advice)
            self._failovers.noticed(self._epoch)
            await self.disconnect(nowait=True)
            # Not a subclass: the cluster client checks the exact type.
            raise ConnectionError(str(error), status_code=error.status_code) from None


def _parts(command: bytes | str | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(command, str):
        command = command.encode()
    return [command] if isinstance(command, bytes) else command


class _PlainConnection(_Connection, Connection):
    pass


class _TlsConnection(_Connection, SSLConnection):
    pass


_KINDS: dict[type[AbstractConnection], type[_PlainConnection | _TlsConnection]] = {
    Connection: _PlainConnection,
    SSLConnection: _TlsConnection,
}


def connect(
    url: str,
    *,
    max_connections: int,
    timeout_s: float,
    connect_timeout_s: float | None = None,
    retries: int = 2,
    cluster: bool = False,
    failovers: Failovers | None = None,
) -> Client:
    """A client that holds at most `max_connections`, each operation bounded by `timeout_s`. Nothing is sent yet.

    Clients of the same server share `failovers`. A cluster client fails instead of waiting for a free connection, so it
    may hold at least `_MIN_CLUSTER_CONNECTIONS`.
    """
    failovers = failovers or Failovers()
    options = {
        "decode_responses": True,
        "socket_timeout": timeout_s,
        "socket_connect_timeout": connect_timeout_s or timeout_s,
        "health_check_interval": 30,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries=retries),
    }
    if cluster:
        client = RedisCluster.from_url(url, max_connections=max(max_connections, _MIN_CLUSTER_CONNECTIONS), **options)
        _watch_cluster(client, failovers)
        return client
    pool = QuickPool.from_url(
        url,
        max_connections=max_connections,
        timeout=timeout_s,
        socket_keepalive=True,
        retry_on_error=[ConnectionError, TimeoutError],
        failovers=failovers,
        **options,
    )
    pool.connection_class = _KINDS[pool.connection_class]
    return Redis.from_pool(pool)


def _watch_cluster(client: RedisCluster, failovers: Failovers) -> None:
    """redis-py has no option for a cluster's connection class: set it for known and for future nodes."""
    kind = _KINDS[client.connection_kwargs["connection_class"]]
    client.connection_kwargs |= {"connection_class": kind, "failovers": failovers}
    for node in client.startup_nodes:
        node.connection_class = kind
        node.connection_kwargs["failovers"] = failovers


@asynccontextmanager
async def outage_as_unavailable(patience_s: float | None) -> AsyncIterator[None]:
    """Raise `StoreUnavailable` if Redis is not usable or does not answer within `patience_s` (None: no limit)."""
    try:
        async with asyncio.timeout(patience_s):
            yield
    except (RedisError, RedisClusterException, OSError) as error:
        reply = reply_of(error)
        if reply is None and not isinstance(error, _NO_ANSWER):
            raise
        if reply is not None:
            level = logging.ERROR if reply.meaning is Meaning.SET_UP else logging.WARNING
            log.log(level, "Redis refused: %s", reply.advice)
            # Without the cause: some replies quote what was sent.
            raise StoreUnavailable from None
        raise StoreUnavailable from error
