"""The parts that replace moto's own."""

import logging
import select
import socket
import threading
import time

from moto.sqs import models
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message


class CallerGone(BaseException):
    """Nobody waits for the answer any more. Not an `Exception`, for which Flask would write an answer."""


class _Caller(threading.local):
    """Who waits for the answer of this thread. None: not known."""

    connection: socket.socket | None = None

    def has_gone(self) -> bool:
        """Whether the connection is closed at its other end."""
        if self.connection is None or not select.select([self.connection], [], [], 0)[0]:
            return False
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except ConnectionError:
            return True


caller = _Caller()


class QuickQueue(models.Queue):
    """Reads the clock once for all messages, and looks for a receipt only once."""

    def wait_for_messages(self, timeout: int) -> None:
        """Raises `CallerGone`, so that a receive does not take messages that nobody handles."""
        super().wait_for_messages(timeout)
        if caller.has_gone():
            raise CallerGone

    @property
    def messages(self) -> list[Message]:
        now_ms = _now_ms()
        return [m for m in self._messages if m.visible_at < now_ms and m.delayed_until <= now_ms]

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        now_ms = _now_ms()
        return sum(m.delayed_until > now_ms for m in self._messages)

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        now_ms = _now_ms()
        return sum(m.visible_at >= now_ms for m in self._messages)

    def delete_message(self, receipt_handle: str) -> None:
        """Idempotent, and accepts older receipts of the message too. Raises `ReceiptHandleIsInvalid`."""
        if receipt_handle in self.deleted_messages:
            return
        with self._messages_lock:  # moto has no lock here: a message that is sent meanwhile could be lost
            message = next((m for m in self._messages if m.had_receipt_handle(receipt_handle)), None)
            if message is None:
                raise ReceiptHandleIsInvalid
            self._messages = [m for m in self._messages if m is not message]
        self.pending_messages.discard(message)
        self.deleted_messages.update(filter(None, message.all_receipt_handles))


def keeps_everything(self: models.SQSBackend, queue_name: str, message: Message) -> bool:  # noqa: ARG001
    """A method of moto's backend: whether a message is young enough. No local stack runs for four days."""
    return True


def improve() -> None:
    """Replace moto's own parts with these, for the whole process."""
    models.Queue = QuickQueue  # type: ignore[misc]
    models.SQSBackend.is_message_valid_based_on_retention_period = keeps_everything  # type: ignore[method-assign]
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else one line for each request


def _now_ms() -> float:
    return time.time() * 1000
