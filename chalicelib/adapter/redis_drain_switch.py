"""The drain on Redis: a string with JSON, which expires when the drain ends."""

import json
from dataclasses import asdict
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_job_scripts import RedisJobScripts
from chalicelib.adapter.redis_pipeline import Step
from chalicelib.domain.drain import Drain
from chalicelib.domain.job import Job


class RedisDrainSwitch:
    """`port.DrainSwitch` on Redis."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._scripts = RedisJobScripts(connection)

    async def start(self, drain: Drain) -> None:
        left_ms = max(1, drain.ends_at - self._connection.clock_ms())
        async with outage_as_unavailable(self._connection.patience_s):
            await self._connection.client.set(redis_key.DRAIN, json.dumps(asdict(drain)), px=left_ms)

    async def end(self) -> None:
        async with outage_as_unavailable(self._connection.patience_s):
            await self._connection.client.delete(redis_key.DRAIN)

    async def read(self) -> Drain | None:
        async with outage_as_unavailable(self._connection.patience_s):
            return self._decoded(await self._connection.client.get(redis_key.DRAIN))

    async def read_with_job(self, job_id: str) -> tuple[Drain | None, Job | None]:
        view, stored = await self._scripts.read_with(job_id, Step("GET", [redis_key.DRAIN]))
        return self._decoded(stored), view.job if view else None

    @staticmethod
    def _decoded(stored: Any) -> Drain | None:
        return None if stored is None else Drain(**json.loads(stored))
