"""The job queue on SQS. `QueuedJob` says what a message is; everything else about the job is in the store."""

import asyncio
import logging
import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib import correlation
from chalicelib.adapter.aws import client_config
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.owner import owner_hash
from chalicelib.domain.queued_job import QueuedJob

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

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
        unsent = await asyncio.to_thread(self._send, [_entry(job, delay_s)])
        if unsent:
            raise unsent[job.id]

    async def send_all(self, jobs: Sequence[Job]) -> dict[str, QueueUnavailable]:
        entries = [_entry(job, 0) for job in jobs]
        calls = [entries[start : start + _MAX_ENTRIES] for start in range(0, len(entries), _MAX_ENTRIES)]
        answers = await asyncio.gather(*(asyncio.to_thread(self._send, call) for call in calls))
        return {job_id: error for unsent in answers for job_id, error in unsent.items()}

    async def ping(self) -> None:
        await asyncio.to_thread(self._ping)

    def _send(self, entries: "Sequence[SendMessageBatchRequestEntryTypeDef]") -> dict[str, QueueUnavailable]:
        """Send up to `_MAX_ENTRIES` messages. Returns why one was not sent, by the id of its entry."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            return {entry["Id"]: _unavailable(error) for entry in entries}
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


def _entry(job: Job, delay_s: float) -> "SendMessageBatchRequestEntryTypeDef":
    entry: SendMessageBatchRequestEntryTypeDef = {
        "Id": job.id,
        "MessageBody": QueuedJob.of(job).encode(),
        "DelaySeconds": min(math.ceil(delay_s), _MAX_DELAY_S),
        # Message groups make a standard queue fair (Amazon SQS developer guide, "Fair queues").
        "MessageGroupId": owner_hash(job.owner),
    }
    if trace := correlation.xray_header():
        entry["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}
    return entry


def _unavailable(cause: Exception) -> QueueUnavailable:
    error = QueueUnavailable()
    error.__cause__ = cause
    return error
