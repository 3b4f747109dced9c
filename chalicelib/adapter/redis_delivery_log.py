"""What became of each job's notifications, on Redis: a list of JSON for each job."""

import json
from collections.abc import Set
from dataclasses import asdict
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_pipeline import Step
from chalicelib.adapter.redis_script import Script
from chalicelib.domain.notification import DeliveryAttempt, DeliveryState
from chalicelib.domain.webhook import WebhookEvent
from chalicelib.port.delivery_log import MARKED_S, MAX_ENTRIES


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

    async def mark(self, notification_id: str, step: str) -> None:
        key = redis_key.notification(notification_id)
        async with outage_as_unavailable(self._connection.patience_s):
            await self._connection.run_in_order([Step("SADD", [key], [step]), Step("EXPIRE", [key], [MARKED_S])])

    async def marks(self, notification_id: str) -> Set[str]:
        async with outage_as_unavailable(self._connection.patience_s):
            found: Any = self._connection.client.smembers(redis_key.notification(notification_id))
            return frozenset(await found)


def _entry(stored: dict[str, Any]) -> DeliveryAttempt:
    return DeliveryAttempt(**stored | {"event": WebhookEvent(stored["event"]), "state": DeliveryState(stored["state"])})
