"""What became of each job's notifications, on Redis: a list of JSON for each job."""

import json
from dataclasses import asdict
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.notification import DeliveryAttempt, DeliveryState
from chalicelib.domain.webhook import WebhookEvent
from chalicelib.port.delivery_log import MAX_ENTRIES


class RedisDeliveryLog:
    """`port.DeliveryLog` on Redis."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._script = Script("log_delivery.lua")

    async def append(self, job_id: str, entry: DeliveryAttempt) -> bool:
        keys = [redis_key.job(job_id), redis_key.deliveries(job_id)]
        args = [json.dumps(asdict(entry), separators=(",", ":")), str(MAX_ENTRIES)]
        async with outage_as_unavailable(self._connection.patience_s):
            return bool(await self._connection.run(self._script, keys, args))

    async def read(self, job_id: str) -> list[DeliveryAttempt]:
        async with outage_as_unavailable(self._connection.patience_s):
            stored: Any = self._connection.client.lrange(redis_key.deliveries(job_id), 0, -1)
            return [_entry(json.loads(text)) for text in await stored]


def _entry(stored: dict[str, Any]) -> DeliveryAttempt:
    return DeliveryAttempt(**stored | {"event": WebhookEvent(stored["event"]), "state": DeliveryState(stored["state"])})
