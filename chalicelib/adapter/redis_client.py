"""Connections to Redis: bounded, with time-outs, checked and retried. One place decides about all of them."""

from collections.abc import Iterator
from contextlib import contextmanager

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
    TimeoutError,
    OSError,
)

Client = Redis | RedisCluster


def connect(url: str, *, max_connections: int, timeout_s: float, cluster: bool = False) -> Client:
    """A client that holds at most `max_connections`, each operation bounded by `timeout_s`. Nothing is sent yet."""
    retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries=2)
    if cluster:
        return RedisCluster.from_url(
            url,
            decode_responses=True,
            max_connections=max_connections,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            health_check_interval=30,
            retry=retry,
        )
    pool = BlockingConnectionPool.from_url(
        url,
        decode_responses=True,
        max_connections=max_connections,
        timeout=timeout_s,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        socket_keepalive=True,
        health_check_interval=30,
        retry=retry,
        retry_on_error=[ConnectionError, TimeoutError],
    )
    return Redis.from_pool(pool)


@contextmanager
def outage_as_unavailable() -> Iterator[None]:
    """Turn an ill Redis into `StoreUnavailable`."""
    try:
        yield
    except _OUTAGES as error:
        raise StoreUnavailable from error
