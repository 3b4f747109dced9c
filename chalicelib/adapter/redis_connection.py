"""What the Redis adapters share: clients, scripts and the clock."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from redis.asyncio import Redis

from chalicelib.adapter.redis_client import PATIENCE_S, Client, Failovers
from chalicelib.adapter.redis_pipeline import Step, run_in_order, run_together
from chalicelib.adapter.redis_script import Replicas, Script


class RedisConnection:
    """The clients of one Redis.

    `waiting` is a second client for reads that block, with one connection for each concurrent waiter. The two share
    `failovers`. `patience_s` limits one operation, with its retries. `now_ms` replaces the server's clock in tests.
    """

    def __init__(
        self,
        client: Client,
        waiting: Client,
        *,
        now_ms: Callable[[], int] | None = None,
        failovers: Failovers | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.client = cast(Redis, client)
        self.waiting = cast(Redis, waiting)
        self.failovers = failovers or Failovers()
        self.patience_s = patience_s
        self._replicas = Replicas(client)
        self._now_ms = now_ms

    async def run(self, script: Script, keys: list[str], args: list[str], *, replicated: bool = False) -> Any:
        """Run a script with the time as its last argument.

        With `replicated`, and if the server has a replica, returns only once a replica has received the write, or after
        a short wait.
        """
        args = [*args, self._clock()]
        if replicated and await self._replicas.are_connected():
            return await script.run_replicated(self.client, keys, args)
        return await script.run(self.client, keys, args)

    async def run_in_order(self, steps: Sequence[Step]) -> list[Any]:
        """See `redis_pipeline`. Scripts get the time as their last argument."""
        return await run_in_order(self.client, [self._timed(step) for step in steps])

    async def run_together(self, steps: Sequence[Step]) -> list[Any]:
        """The same."""
        return await run_together(self.client, [self._timed(step) for step in steps])

    def clock_ms(self) -> int:
        """This process's clock, for ages and lists. Scripts use the server's clock."""
        return self._now_ms() if self._now_ms else time.time_ns() // 1_000_000

    def _timed(self, step: Step) -> Step:
        return replace(step, args=[*step.args, self._clock()]) if isinstance(step.does, Script) else step

    def _clock(self) -> str:
        """The last argument of every script; empty for the server's clock."""
        return str(self._now_ms()) if self._now_ms else ""

    async def close(self) -> None:
        for client in (self.client, self.waiting):
            await client.aclose()
