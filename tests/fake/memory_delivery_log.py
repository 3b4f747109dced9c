"""A fake log of deliveries in memory."""

from collections import defaultdict
from collections.abc import Set

from chalicelib.domain.notification import DeliveryAttempt
from chalicelib.port.delivery_log import MAX_ENTRIES
from tests.fake.memory_server import MemoryServer


class MemoryDeliveryLog:
    """`port.DeliveryLog` in memory."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server
        self._entries: defaultdict[str, list[DeliveryAttempt]] = defaultdict(list)
        self._marks: defaultdict[str, set[str]] = defaultdict(set)

    async def append(self, job_id: str, entry: DeliveryAttempt) -> bool:
        await self._server.step()
        if self._server.record(job_id) is None:
            return False
        self._entries[job_id] = [*self._entries[job_id], entry][-MAX_ENTRIES:]
        return True

    async def read(self, job_id: str) -> list[DeliveryAttempt]:
        await self._server.step()
        return list(self._entries[job_id]) if self._server.record(job_id) else []

    async def mark(self, notification_id: str, step: str) -> None:
        await self._server.step()
        self._marks[notification_id].add(step)

    async def marks(self, notification_id: str) -> Set[str]:
        await self._server.step()
        return frozenset(self._marks[notification_id])
