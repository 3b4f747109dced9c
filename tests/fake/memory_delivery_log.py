"""A fake log of deliveries in memory."""

from collections import defaultdict

from chalicelib.domain.notification import DeliveryAttempt
from chalicelib.port.delivery_log import MAX_ENTRIES
from tests.fake.memory_server import MemoryServer


class MemoryDeliveryLog:
    """`port.DeliveryLog` in memory."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server
        self._entries: defaultdict[str, list[DeliveryAttempt]] = defaultdict(list)

    async def append(self, job_id: str, entry: DeliveryAttempt) -> bool:
        await self._server.step()
        if self._server.record(job_id) is None:
            return False
        self._entries[job_id] = [*self._entries[job_id], entry][-MAX_ENTRIES:]
        return True

    async def read(self, job_id: str) -> list[DeliveryAttempt]:
        await self._server.step()
        return list(self._entries[job_id]) if self._server.record(job_id) else []
