"""Connections to Redis: bounded, with time-outs, checked and retried. One place decides about all of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,
    MaxConnectionsError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    TimeoutError,
)

from chalicelib.domain.error import StoreUnavailable

#: What Redis answers, or does not, when it is the part that is ill. Anything else is a bug of ours and stays visible.
_OUTAGES = (
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,
    MaxConnectionsError,
    OutOfMemoryError,
    ReadOnlyError,
    # Not one node of the cluster answers, or not one of a slot.
    RedisClusterException,
    TimeoutError,
    # Python's own TimeoutError is one too.
    OSError,
)

#: More than one process does at the same time: the jobs of a batch with their heartbeats, or a page of a list.
_MIN_CLUSTER_CONNECTIONS = 128

#: The client tries again, to connect and then to ask: one that hangs would take it nine time-outs to give up.
_PATIENCE_S = 6.0

Client = Redis | RedisCluster


def connect(
    url: str,
    *,
    max_connections: int,
    timeout_s: float,
    connect_timeout_s: float | None = None,
    retries: int = 2,
    cluster: bool = False,
) -> Client:
    """A client that holds at most `max_connections`, each operation bounded by `timeout_s`. Nothing is sent yet.

    One of a cluster does not wait for a free connection but fails: it may hold at least `_MIN_CLUSTER_CONNECTIONS`.
    """
    connect_timeout_s = connect_timeout_s or timeout_s
    retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries=retries)
    if cluster:
        return RedisCluster.from_url(
            url,
            decode_responses=True,
            max_connections=max(max_connections, _MIN_CLUSTER_CONNECTIONS),
            socket_timeout=timeout_s,
            socket_connect_timeout=connect_timeout_s,
            health_check_interval=30,
            retry=retry,
        )
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
    )
    return Redis.from_pool(pool)


@asynccontextmanager
async def outage_as_unavailable(patience_s: float | None = _PATIENCE_S) -> AsyncIterator[None]:
    """Turn an ill Redis, or one that has not answered after `patience_s`, into `StoreUnavailable`."""
    try:
        async with asyncio.timeout(patience_s):
            yield
    except _OUTAGES as error:
        raise StoreUnavailable from error
