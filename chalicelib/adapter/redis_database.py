"""The database of jobs on Redis, Valkey or ElastiCache.

It uses strings, hashes, lists, streams, sorted sets and Lua only, and so runs on Redis 6.2 and later and on Valkey.
"""

from chalicelib.adapter.redis_averages import RedisAverages
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.adapter.redis_delivery_log import RedisDeliveryLog
from chalicelib.adapter.redis_drain_switch import RedisDrainSwitch
from chalicelib.adapter.redis_idempotency_keys import RedisIdempotencyKeys
from chalicelib.adapter.redis_job_index import RedisJobIndex
from chalicelib.adapter.redis_job_store import RedisJobStore
from chalicelib.adapter.redis_quota_admin import RedisQuotaAdmin
from chalicelib.adapter.redis_quota_ledger import RedisQuotaLedger


class RedisDatabase:
    """`port.JobDatabase` on one connection."""

    def __init__(self, connection: RedisConnection, job_ttl_s: int) -> None:
        self._connection = connection
        self.jobs = RedisJobStore(connection)
        self.index = RedisJobIndex(connection, job_ttl_s)
        self.quotas = RedisQuotaLedger(connection, job_ttl_s)
        self.keys = RedisIdempotencyKeys(connection, job_ttl_s)
        self.averages = RedisAverages(connection)
        self.deliveries = RedisDeliveryLog(connection)
        self.drains = RedisDrainSwitch(connection)
        self.quota_admin = RedisQuotaAdmin(connection, job_ttl_s)

    async def close(self) -> None:
        await self._connection.close()
