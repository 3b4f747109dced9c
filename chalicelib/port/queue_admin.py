"""One queue and its dead-letter queue, for the people on call."""

from collections.abc import Collection
from typing import Protocol

from chalicelib.domain.dead_letter import DeadLetter, QueueDepth


class QueueAdmin(Protocol):
    """Every method may raise `QueueUnavailable`."""

    async def depth(self) -> QueueDepth: ...

    async def letters(self) -> list[DeadLetter]:
        """The dead letters that are not in flight, oldest first; at most a few hundred.

        They are hidden from their handler for about a second.
        """
        ...

    async def requeue(self, letter_ids: Collection[str]) -> list[str]:
        """Put these dead letters back into their queue. Returns the ids of those that were found.

        Each is sent before it is deleted: after a crash in between there are two, but never none.
        """
        ...

    async def drop(self, letter_ids: Collection[str]) -> list[str]:
        """Delete these dead letters. Returns the ids of those that were found."""
        ...
