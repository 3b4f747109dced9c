"""The job queue on SQS. `QueuedJob` says what a message is; everything else about the job is in the store."""

import asyncio
import logging
import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib import correlation
from chalicelib.adapter.aws import client_config
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.owner import owner_hash
from chalicelib.domain.queued_job import QueuedJob

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

log = logging.getLogger(__name__)

#: SQS delays a message by at most 15 minutes.
_MAX_DELAY_S = 900
#: The most messages of one call (Amazon SQS API reference, SendMessageBatch).
_MAX_ENTRIES = 10


class SqsJobQueue:
    """`port.JobQueue` on one SQS queue. Loads boto3 on first use."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    async def send(self, job: Job, delay_s: float = 0) -> None:
        unsent = await asyncio.to_thread(self._send, job, delay_s)
        if unsent:
            raise unsent[job.id]

    async def send_all(self, jobs: Sequence[Job]) -> dict[str, QueueUnavailable]:
        calls = [jobs[start : start + _MAX_ENTRIES] for start in range(0, len(jobs), _MAX_ENTRIES)]
        answers = await asyncio.gather(*(asyncio.to_thread(self._send_together, call) for call in calls))
        return {job_id: error for unsent in answers for job_id, error in unsent.items()}

    async def ping(self) -> None:
        await asyncio.to_thread(self._ping)

    def _send(self, job: Job, delay_s: float) -> dict[str, QueueUnavailable]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._sqs.send_message(QueueUrl=self._queue_url, **_message(job, delay_s))
        except (BotoCoreError, ClientError) as error:
            return {job.id: _unavailable(error)}
        return {}

    def _send_together(self, jobs: Sequence[Job]) -> dict[str, QueueUnavailable]:
        """Send up to `_MAX_ENTRIES` messages. Returns why one was not sent, by its job's id."""
        from botocore.exceptions import BotoCoreError, ClientError

        if len(jobs) == 1:
            return self._send(jobs[0], 0)
        entries: list[Any] = [{"Id": job.id, **_message(job, 0)} for job in jobs]
        try:
            answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            log.exception("Messages could not be sent")
            return {job.id: _unavailable(error) for job in jobs}
        failed = answer.get("Failed", [])
        for each in failed:
            log.error("SQS refused a message: %s", each["Code"], extra={"job_id": each["Id"]})
        return {each["Id"]: QueueUnavailable() for each in failed}

    def _ping(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._sqs.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=["QueueArn"])
        except (BotoCoreError, ClientError) as error:
            raise QueueUnavailable from error

    @cached_property
    def _sqs(self) -> "SQSClient":
        import boto3

        return boto3.client("sqs", config=client_config())


def _message(job: Job, delay_s: float) -> dict[str, Any]:
    message: dict[str, Any] = {
        "MessageBody": QueuedJob.of(job).encode(),
        "DelaySeconds": min(math.ceil(delay_s), _MAX_DELAY_S),
        # Message groups make a standard queue fair (Amazon SQS developer guide, "Fair queues").
        "MessageGroupId": owner_hash(job.owner),
    }
    if trace := correlation.xray_header():
        message["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}
    return message


def _unavailable(cause: Exception) -> QueueUnavailable:
    error = QueueUnavailable()
    error.__cause__ = cause
    return error
