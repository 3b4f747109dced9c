"""The job queue on SQS. `QueuedJob` says what a message is; everything else about the job is in the store."""

from chalicelib.adapter.sqs_sender import SqsSender
from chalicelib.domain.job import Job
from chalicelib.domain.queued_job import QueuedJob


class SqsJobQueue:
    """`port.JobQueue` on one SQS queue."""

    def __init__(self, queue_url: str) -> None:
        self._sender = SqsSender(queue_url)

    async def send(self, job: Job, delay_s: float = 0) -> None:
        await self._sender.send(QueuedJob.of(job).encode(), job.owner, delay_s)

    async def ping(self) -> None:
        await self._sender.ping()
