"""Sending to one SQS queue. Loads boto3 on first use."""

import asyncio
import math
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib import correlation
from chalicelib.adapter.aws import client_config
from chalicelib.domain.error import QueueUnavailable
from chalicelib.domain.owner import owner_hash

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef

#: SQS delays a message by at most 15 minutes.
_MAX_DELAY_S = 900


class SqsSender:
    """Each method may raise `QueueUnavailable`."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    async def send(self, body: str, owner: str, delay_s: float = 0) -> None:
        """Send a message for an owner. It arrives after `delay_s`, rounded up to seconds, or after 15 minutes."""
        message: SendMessageRequestTypeDef = {
            "QueueUrl": self._queue_url,
            "MessageBody": body,
            "DelaySeconds": min(math.ceil(delay_s), _MAX_DELAY_S),
            # Message groups make a standard queue fair (Amazon SQS developer guide, "Fair queues").
            "MessageGroupId": owner_hash(owner),
        }
        if trace := correlation.xray_header():
            message["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}
        await asyncio.to_thread(self._send, message)

    async def ping(self) -> None:
        await asyncio.to_thread(self._ping)

    def _send(self, message: "SendMessageRequestTypeDef") -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._sqs.send_message(**message)
        except (BotoCoreError, ClientError) as error:
            raise QueueUnavailable from error

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
