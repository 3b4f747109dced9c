"""A connection pool in which taking a free connection is cheap. redis-py's pool takes two locks and sets a timeout."""

from typing import Any, cast

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.connection import AbstractConnection


class QuickPool(BlockingConnectionPool):
    """Its callers wait only if no connection is free, or if others wait for one already."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        #: How many callers wait for a connection, or for it to be opened.
        self._waiting = 0

    async def get_connection(self, *_args: Any, **_options: Any) -> AbstractConnection:
        if self._waiting or not self.can_get_connection():
            return await self._await_connection()
        connection = cast(AbstractConnection, self.get_available_connection())  # type: ignore[no-untyped-call]
        try:
            await self.ensure_connection(connection)
        except BaseException:
            await self.release(connection)
            raise
        return connection

    async def _await_connection(self) -> AbstractConnection:
        self._waiting += 1
        try:
            return cast(AbstractConnection, await super().get_connection())  # type: ignore[no-untyped-call]
        finally:
            self._waiting -= 1

    async def release(self, connection: AbstractConnection) -> None:
        await super(BlockingConnectionPool, self).release(connection)
        if self._waiting:
            async with self._condition:
                self._condition.notify()
