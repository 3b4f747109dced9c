"""The job queue on SQS. `QueuedJob` says what a message is; everything else about the job is in the store."""

from collections.abc import Sequence

from chalicelib.adapter.sqs_sender import SqsMessage, SqsSender
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.queued_job import QueuedJob


class SqsJobQueue:
    """`port.JobQueue` on one SQS queue."""

    def __init__(self, queue_url: str) -> None:
        self._sender = SqsSender(queue_url)

    async def send(self, job: Job, delay_s: float = 0) -> None:
        await self._sender.send(_message(job, delay_s))

    async def send_all(self, jobs: Sequence[Job]) -> dict[str, QueueUnavailable]:
        return await self._sender.send_all([_message(job) for job in jobs])

    async def ping(self) -> None:
        await self._sender.ping()


def _message(job: Job, delay_s: float = 0) -> SqsMessage:
    return SqsMessage(job.id, QueuedJob.of(job).encode(), job.owner, delay_s)
