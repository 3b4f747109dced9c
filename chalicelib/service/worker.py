"""One invocation of the worker: a batch of messages, whose jobs run side by side."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.queued_job import QueuedJob
from chalicelib.port.meter import Meter
from chalicelib.service.executor import Executor
from chalicelib.service.lease import LeaseKeeper
from chalicelib.service.message_batch import failures
from chalicelib.service.recovery import Recovery

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One SQS record."""

    id: str
    body: str

    @property
    def job(self) -> QueuedJob:
        """Raises `ValueError` if the body names no job."""
        return QueuedJob.parse(self.body)


class Worker:
    def __init__(self, executor: Executor, leases: LeaseKeeper, recovery: Recovery, meter: Meter) -> None:
        self._executor = executor
        self._leases = leases
        self._recovery = recovery
        self._meter = meter

    async def work(self, messages: Sequence[Message]) -> list[str]:
        """Run the jobs of a batch side by side. Returns the ids of the messages that must be delivered again."""
        async with self._leases.running():
            return await failures(messages, self._work_on, "worker", self._meter)

    async def fail_dead_letters(self, messages: Sequence[Message]) -> list[str]:
        """Fail the jobs of dead letters. Returns the ids of those for which it is too early."""
        return await failures(messages, self._fail_dead_letter, "dead-letter", self._meter)

    async def _work_on(self, message: Message) -> bool:
        await self._executor.run(message.job)
        return True

    async def _fail_dead_letter(self, message: Message) -> bool:
        try:
            job = message.job
        except ValueError:
            log.exception("Dead letter dropped: it names no job", extra={"message_id": message.id})
            return True
        return await self._recovery.fail_dead_letter(job)
