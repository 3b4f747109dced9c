"""Connections to Redis: bounded, with time-outs, checked and retried. One place decides about all of them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
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

from chalicelib.adapter.redis_reply import Meaning, reply_of
from chalicelib.domain.error import StoreUnavailable

log = logging.getLogger(__name__)

#: There was no answer at all. What the server did answer is told apart in `redis_reply`.
_NO_ANSWER = (
    # Not one node of the cluster answers, or not one of a slot, or each points at another.
    ClusterError,
    RedisClusterException,
    ConnectionError,
    TimeoutError,
    # Python's own TimeoutError is one too.
    OSError,
)

#: More than one process does at the same time: the jobs of a batch with their heartbeats, or a page of a list.
_MIN_CLUSTER_CONNECTIONS = 128

#: The client tries again, to connect and then to ask: one that hangs would take it nine time-outs to give up.
_PATIENCE_S = 6.0

Client = Redis | RedisCluster


class Failovers:
    """What all connections of a process know together: which of them lead to a server that was a primary once.

    After a failover the address leads to the new primary, but open connections still lead to the old one, which refuses
    writes and answers reads with old values. The first connection to notice says so here; each of the others is closed
    before its next use.
    """

    def __init__(self) -> None:
        self._count = 0
        self._waits: set[asyncio.Timeout] = set()

    @property
    def epoch(self) -> int:
        """A connection made in an earlier one is not to be used."""
        return self._count

    def noticed(self, epoch: int) -> None:
        """A connection that was made in this epoch leads to a server that is not, or no longer, the primary."""
        if epoch != self._count:
            return  # noticed before
        self._count += 1
        for wait in self._waits:
            if not wait.expired():
                wait.reschedule(asyncio.get_running_loop().time())

    @contextmanager
    def ending(self, wait: asyncio.Timeout) -> Iterator[None]:
        """A failover ends the wait at once: nothing may ever come over its connection."""
        self._waits.add(wait)
        try:
            yield
        finally:
            self._waits.discard(wait)


class _Connection(AbstractConnection):
    """Is closed where its server turns out not to be the primary; redis-py then connects again and repeats.

    To redis-py READONLY and its like are answers as good as any, after which it keeps the connection.
    """

    def __init__(self, *, failovers: Failovers, **options: Any) -> None:
        super().__init__(**options)
        self._failovers = failovers
        self._epoch = failovers.epoch

    async def connect_check_health(self, *args: Any, **options: Any) -> None:
        """Called by redis-py before each use, and does nothing on a connection that is open."""
        if self._epoch != self._failovers.epoch:
            await self.disconnect(nowait=True)
            self._epoch = self._failovers.epoch
        await super().connect_check_health(*args, **options)

    async def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().read_response(*args, **options)
        except TimeoutError:
            # Frozen, or cut off: the others need not find that out one by one.
            self._failovers.noticed(self._epoch)
            raise
        except ResponseError as error:
            reply = reply_of(error)
            if reply is None or reply.meaning is not Meaning.MOVED:
                raise
            log.warning("Redis refused: %s Connecting again", reply.advice)
            self._failovers.noticed(self._epoch)
            await self.disconnect(nowait=True)
            # Not a subclass of it: the cluster's client looks at the very type.
            raise ConnectionError(str(error), status_code=error.status_code) from None


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

    Clients of the same server share `failovers`. One of a cluster does not wait for a free connection but fails: it may
    hold at least `_MIN_CLUSTER_CONNECTIONS`.
    """
    connect_timeout_s = connect_timeout_s or timeout_s
    retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries=retries)
    failovers = failovers or Failovers()
    if cluster:
        client = RedisCluster.from_url(
            url,
            decode_responses=True,
            max_connections=max(max_connections, _MIN_CLUSTER_CONNECTIONS),
            socket_timeout=timeout_s,
            socket_connect_timeout=connect_timeout_s,
            health_check_interval=30,
            retry=retry,
        )
        _watch_cluster(client, failovers)
        return client
    pool = BlockingConnectionPool.from_url(
        url,
        decode_responses=True,
        max_connections=max_connections,
        timeout=timeout_s,
        socket_timeout=timeout_s,
        socket_connect_timeout=connect_timeout_s,
        socket_keepalive=True,
        health_check_interval=30,
        retry=retry,
        retry_on_error=[ConnectionError, TimeoutError],
        failovers=failovers,
    )
    pool.connection_class = _KINDS[pool.connection_class]
    return Redis.from_pool(pool)


def _watch_cluster(client: RedisCluster, failovers: Failovers) -> None:
    """redis-py takes no class of connections for a cluster: set it for the nodes that are there and those to come."""
    kind = _KINDS[client.connection_kwargs["connection_class"]]
    client.connection_kwargs |= {"connection_class": kind, "failovers": failovers}
    for node in client.startup_nodes:
        node.connection_class = kind
        node.connection_kwargs["failovers"] = failovers


@asynccontextmanager
async def outage_as_unavailable(patience_s: float | None = _PATIENCE_S) -> AsyncIterator[None]:
    """Turn an ill Redis, or one that has not answered after `patience_s`, into `StoreUnavailable`."""
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
            # Not as the cause: some replies quote what was sent.
            raise StoreUnavailable from None
        raise StoreUnavailable from error
