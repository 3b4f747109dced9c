"""The SQS calls of an event source mapping."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        ReceiveMessageResultTypeDef,
    )

log = logging.getLogger(__name__)

T = TypeVar("T")

#: The maximum number of messages in one receive or delete call (SQS API reference).
MAX_MESSAGES = 10
#: Without this, botocore builds a user agent for each call, which takes a tenth of the call's CPU.
_USER_AGENT = "local-event-source"


@dataclass(frozen=True, slots=True)
class QueueState:
    arn: str
    visibility_s: int


class SqsQueue:
    """One queue. botocore reads credentials, region and AWS_ENDPOINT_URL. Failed calls are not retried."""

    def __init__(self, url: str, connections: int = 10) -> None:
        self._url = url
        config = Config(
            connect_timeout=3,
            read_timeout=30,
            retries={"total_max_attempts": 1},
            max_pool_connections=connections,
            user_agent=_USER_AGENT,
        )
        self._sqs = cast("SQSClient", _session().create_client("sqs", config=config))

    async def state(self) -> QueueState:
        """Raises botocore's errors."""
        answer = await asyncio.to_thread(
            self._sqs.get_queue_attributes, QueueUrl=self._url, AttributeNames=["QueueArn", "VisibilityTimeout"]
        )
        attributes = answer["Attributes"]
        return QueueState(attributes["QueueArn"], int(attributes["VisibilityTimeout"]))

    async def receive(self, at_most: int, wait_s: int) -> list[Any]:
        """Up to `at_most` messages. Waits up to `wait_s` for the first. Raises botocore's errors.

        If this is cancelled, what still arrives goes back to the queue.
        """
        receive = partial(
            self._sqs.receive_message,
            QueueUrl=self._url,
            MaxNumberOfMessages=at_most,
            WaitTimeSeconds=wait_s,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        answer = _in_daemon_thread(receive)
        try:
            return list((await asyncio.wrap_future(answer)).get("Messages", []))
        except asyncio.CancelledError:
            answer.add_done_callback(self._give_back)
            raise

    def _give_back(self, received: "Future[ReceiveMessageResultTypeDef]") -> None:
        """Make the messages visible again. Otherwise their visibility timeout would have to pass."""
        if received.cancelled() or received.exception() is not None:
            return
        messages = enumerate(received.result().get("Messages", []))
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(i), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0} for i, message in messages
        ]
        if not entries:
            return
        try:
            self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            log.warning("Messages that nobody handles could not be given back: %s", error)

    async def delete(self, receipt_handles: Sequence[str]) -> None:
        """Delete up to 10 messages. If that fails, they are delivered again, as can happen on AWS too."""
        if not receipt_handles:
            return
        try:
            await asyncio.to_thread(self._delete, receipt_handles)
        except (BotoCoreError, ClientError):
            count = len(receipt_handles)
            log.warning("%d messages could not be deleted; they will be delivered again", count, exc_info=True)

    def _delete(self, receipt_handles: Sequence[str]) -> None:
        answer = self._sqs.delete_message_batch(
            QueueUrl=self._url,
            Entries=[{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(receipt_handles)],
        )
        for failure in answer.get("Failed", []):
            log.warning("A message could not be deleted: %s", failure.get("Message", failure["Code"]))


@cache
def _session() -> Session:
    """One for all queues, because each reads the descriptions of AWS's services again."""
    return Session()


def _in_daemon_thread(call: Callable[[], T]) -> Future[T]:
    """Run the call without keeping the process alive for it, unlike `asyncio.to_thread`."""
    future: Future[T] = Future()

    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
