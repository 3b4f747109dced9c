"""One SQS queue and its dead-letter queue, for the people on call."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.adapter.aws import client_config
from chalicelib.domain.dead_letter import DeadLetter, QueueDepth
from chalicelib.domain.error import QueueUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

log = logging.getLogger(__name__)

T = TypeVar("T")

#: How long a received dead letter stays hidden if this process dies, seconds.
_HIDDEN_S = 30
#: The most dead letters to read, in total and in one call (SQS API reference).
_MOST, _AT_ONCE = 300, 10
_COUNTS: Sequence["QueueAttributeNameType"] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True)
class QueuePair:
    """A queue, and the dead-letter queue for its failed messages."""

    name: str
    url: str
    dead_letter_url: str


class SqsQueueAdmin:
    """`port.QueueAdmin` on SQS. Loads boto3 on first use."""

    def __init__(self, queues: QueuePair) -> None:
        self._queues = queues

    async def depth(self) -> QueueDepth:
        return await _in_thread(self._depth)

    async def letters(self) -> list[DeadLetter]:
        found = await _in_thread(lambda: self._letters.each(lambda _: None))
        return sorted((self._letter(message) for message in found), key=lambda letter: letter.sent_at)

    async def requeue(self, letter_ids: Collection[str]) -> list[str]:
        return await self._take(letter_ids, self._send_back)

    async def drop(self, letter_ids: Collection[str]) -> list[str]:
        return await self._take(letter_ids, lambda _message: None)

    async def _take(self, letter_ids: Collection[str], act: Callable[[Any], None]) -> list[str]:
        """Act on each of these letters, then delete it."""
        taken: list[str] = []

        def handle(message: Any) -> None:
            if message["MessageId"] in letter_ids:
                act(message)
                self._letters.delete(message)
                taken.append(message["MessageId"])

        await _in_thread(lambda: self._letters.each(handle, enough=lambda: len(taken) == len(set(letter_ids))))
        return taken

    def _depth(self) -> QueueDepth:
        visible, in_flight, delayed = self._counts(self._queues.url)
        dead, dead_in_flight, _ = self._counts(self._queues.dead_letter_url)
        return QueueDepth(
            queue=self._queues.name,
            visible=visible,
            in_flight=in_flight,
            delayed=delayed,
            dead=dead,
            dead_in_flight=dead_in_flight,
        )

    def _counts(self, url: str) -> list[int]:
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))["Attributes"]
        return [int(found[name]) for name in _COUNTS]

    def _send_back(self, message: Any) -> None:
        attributes = message.get("Attributes", {})
        wanted: dict[str, Any] = {"QueueUrl": self._queues.url, "MessageBody": message["Body"]}
        if group := attributes.get("MessageGroupId"):
            wanted["MessageGroupId"] = group
        if own := message.get("MessageAttributes"):
            wanted["MessageAttributes"] = own
        self._sqs.send_message(**wanted)

    def _letter(self, message: Any) -> DeadLetter:
        attributes = message.get("Attributes", {})
        return DeadLetter(
            id=message["MessageId"],
            queue=self._queues.name,
            body=message["Body"],
            sent_at=int(attributes.get("SentTimestamp", 0)),
            receives=int(attributes.get("ApproximateReceiveCount", 0)),
        )

    @cached_property
    def _letters(self) -> "_Letters":
        return _Letters(self._sqs, self._queues.dead_letter_url)

    @cached_property
    def _sqs(self) -> "SQSClient":
        import boto3

        return boto3.client("sqs", config=client_config())


class _Letters:
    """The messages of a dead-letter queue. SQS has no way to look at one without receiving it."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url
        self._deleted: set[str] = set()

    def each(self, handle: Callable[[Any], None], enough: Callable[[], bool] = lambda: False) -> list[Any]:
        """Receive all messages and handle each. Those that were not deleted are visible again afterwards."""
        found: list[Any] = []
        try:
            while len(found) < _MOST and not enough() and (messages := self._receive()):
                found += messages
                for message in messages:
                    handle(message)
        finally:
            for message in found:
                if message["MessageId"] not in self._deleted:
                    self._show_again(message)
        return found

    def delete(self, message: Any) -> None:
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        self._deleted.add(message["MessageId"])

    def _receive(self) -> list[Any]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_AT_ONCE,
            VisibilityTimeout=_HIDDEN_S,
            WaitTimeSeconds=1,  # a long poll asks all of SQS' servers (Amazon SQS developer guide)
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(answer.get("Messages", []))

    def _show_again(self, message: Any) -> None:
        """If this fails, the message comes back by itself. What was done with the others must still be told."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        except (BotoCoreError, ClientError):
            log.warning("A dead letter stays hidden for %s s", _HIDDEN_S, exc_info=True)


async def _in_thread(call: Callable[[], T]) -> T:
    return await asyncio.to_thread(_answered, call)


def _answered(call: Callable[[], T]) -> T:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        raise QueueUnavailable from error
