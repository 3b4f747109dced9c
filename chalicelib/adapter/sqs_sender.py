"""Sending to one SQS queue. Loads boto3 on first use."""

import asyncio
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib import correlation
from chalicelib.adapter.aws import client_config
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.owner import owner_hash

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

log = logging.getLogger(__name__)

#: SQS delays a message by at most 15 minutes.
_MAX_DELAY_S = 900
#: The most messages of one call (Amazon SQS API reference, SendMessageBatch).
_MAX_ENTRIES = 10


@dataclass(frozen=True, slots=True)
class SqsMessage:
    #: Identifies it among those that are sent together; a job's id.
    id: str
    body: str
    owner: str
    #: It arrives after this many seconds, rounded up, or after 15 minutes.
    delay_s: float = 0


class SqsSender:
    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    async def send(self, message: SqsMessage) -> None:
        """Raises `QueueUnavailable`."""
        await asyncio.to_thread(self._send_one, message)

    async def send_all(self, messages: Sequence[SqsMessage]) -> dict[str, QueueUnavailable]:
        """Returns why a message was not sent, by its id."""
        entries: list[Any] = [{"Id": each.id, **_sent(each)} for each in messages]
        calls = [entries[start : start + _MAX_ENTRIES] for start in range(0, len(entries), _MAX_ENTRIES)]
        answers = await asyncio.gather(*(asyncio.to_thread(self._send_batch, call) for call in calls))
        return {message_id: error for unsent in answers for message_id, error in unsent.items()}

    async def ping(self) -> None:
        """Raises `QueueUnavailable`."""
        await asyncio.to_thread(self._ping)

    def _send_one(self, message: SqsMessage) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._sqs.send_message(QueueUrl=self._queue_url, **_sent(message))
        except (BotoCoreError, ClientError) as error:
            raise QueueUnavailable from error

    def _send_batch(self, entries: "Sequence[SendMessageBatchRequestEntryTypeDef]") -> dict[str, QueueUnavailable]:
        """Send up to `_MAX_ENTRIES` messages."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            log.exception("Messages could not be sent")
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


def _sent(message: SqsMessage) -> Any:
    """What SendMessage takes, and each entry of SendMessageBatch."""
    sent: dict[str, Any] = {
        "MessageBody": message.body,
        "DelaySeconds": min(math.ceil(message.delay_s), _MAX_DELAY_S),
        # Message groups make a standard queue fair (Amazon SQS developer guide, "Fair queues").
        "MessageGroupId": owner_hash(message.owner),
    }
    if trace := correlation.xray_header():
        sent["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}
    return sent


def _unavailable(cause: Exception) -> QueueUnavailable:
    error = QueueUnavailable()
    error.__cause__ = cause
    return error
