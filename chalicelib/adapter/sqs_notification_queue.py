"""The queue of notifications on SQS, and its dead-letter queue."""

from chalicelib.adapter import notification_codec
from chalicelib.adapter.sqs_sender import SqsMessage, SqsSender
from chalicelib.domain.notification import Notification


class SqsNotificationQueue:
    """`port.NotificationQueue`."""

    def __init__(self, queue_url: str, dead_letter_url: str) -> None:
        self._queue = SqsSender(queue_url)
        self._dead_letters = SqsSender(dead_letter_url)

    async def send(self, notification: Notification, delay_s: float = 0) -> None:
        await self._queue.send(_message(notification, delay_s))

    async def bury(self, notification: Notification) -> None:
        await self._dead_letters.send(_message(notification))

    def parse(self, body: str) -> Notification:
        return notification_codec.decode(body)


def _message(notification: Notification, delay_s: float = 0) -> SqsMessage:
    return SqsMessage(notification.job_id, notification_codec.encode(notification), notification.owner, delay_s)
