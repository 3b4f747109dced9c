"""The queue of notifications on their way to webhooks."""

from typing import Protocol

from chalicelib.domain.notification import Notification


class NotificationQueue(Protocol):
    """Delivers each notification to a sender at least once. Every method may raise `QueueUnavailable`."""

    async def send(self, notification: Notification, delay_s: float = 0) -> None:
        """Queue the notification. It arrives after `delay_s`, rounded up to whole seconds, or earlier.

        A queue may shorten a delay of more than 15 minutes: who receives it before `due_at` must send it again. A
        notification that is too large for a message is sent without its job's result.
        """
        ...

    async def bury(self, notification: Notification) -> None:
        """Put it into the dead-letter queue: nobody will try to send it again, unless an operator wants it."""
        ...

    def parse(self, body: str) -> Notification:
        """The notification in a message. Raises `ValueError` if there is none."""
        ...
