"""The system with the operations of the people on call."""

import random
from typing import Any

from chalicelib.adapter.silent_meter import SilentMeter
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.operations import handler
from chalicelib.service.assembly import Parts
from chalicelib.service.operations import assembly
from tests.fake.queue_admin import MemoryQueueAdmin
from tests.fake.webhook_parts import no_webhooks
from tests.unit.chalicelib.system import System
from tests.virtual_time import EPOCH_MS, clock_s

ME = "arn:aws:iam::123456789012:user/me"


class Operator(System):
    """`dead_letters` administers the jobs' queue."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.dead_letters = MemoryQueueAdmin()
        parts = Parts(
            database=self.database,
            queue=self.queue,
            generator=self.generator,
            documents=self.documents,
            history=self.history,
            webhooks=no_webhooks(),
            timing=self.timing,
            limits=self.limits,
            price=None,
            meter=self.meter or SilentMeter(),
            jitter=random.uniform,
            clock=clock_s,
        )
        queues = {"jobs": self.dead_letters}
        self.operations = assembly.operations(parts, queues, self.services.reading, self.services.submission)

    async def read(self, operation: str, **arguments: Any) -> Any:
        """The answer of `ops_read`."""
        return (await handler.read(self.operations, {"operation": operation, "arguments": arguments}))["answer"]

    async def planned(self, operation: str, **arguments: Any) -> Any:
        """What a write says that it will do."""
        return await self._write(operation, arguments, confirmed=False)

    async def write(self, operation: str, **arguments: Any) -> Any:
        return await self._write(operation, arguments, confirmed=True)

    async def _write(self, operation: str, arguments: dict[str, Any], *, confirmed: bool) -> Any:
        asked = {"by": ME, "reason": "a test", "confirmed": confirmed}
        event = {"operation": operation, "arguments": arguments, **asked}
        return (await handler.write(self.operations, event))["answer"]

    def bury(self, job_id: str, owner: str = "anonymous") -> str:
        """Put a message of the job into the dead-letter queue. Returns its id."""
        return self.dead_letters.bury(QueuedJob(job_id, owner, "generate_characters", EPOCH_MS).encode())
