"""A fake queue and its dead-letter queue."""

import itertools
from collections.abc import Collection
from dataclasses import replace

from chalicelib.domain.dead_letter import DeadLetter, QueueDepth
from chalicelib.domain.error import QueueUnavailable


class MemoryQueueAdmin:
    """`port.QueueAdmin`. `sent` holds the bodies of the messages that are in the queue again."""

    def __init__(self, name: str = "jobs") -> None:
        self.name = name
        self.sent: list[str] = []
        self.dead: list[DeadLetter] = []
        self.down = False
        #: Whether it can be read, but letters cannot be taken from it.
        self.fails_to_take = False
        self._ids = itertools.count(1)

    def bury(self, body: str) -> str:
        """Put a message into the dead-letter queue. Returns its id."""
        letter = DeadLetter(id=f"{self.name}-{next(self._ids)}", queue=self.name, body=body, sent_at=0, receives=5)
        self.dead.append(letter)
        return letter.id

    async def depth(self) -> QueueDepth:
        self._check()
        return QueueDepth(
            queue=self.name, visible=len(self.sent), in_flight=0, delayed=0, dead=len(self.dead), dead_in_flight=0
        )

    async def letters(self) -> list[DeadLetter]:
        self._check()
        return [replace(letter) for letter in self.dead]

    async def requeue(self, letter_ids: Collection[str]) -> list[str]:
        taken = self._taken(letter_ids)
        self.sent += [letter.body for letter in taken]
        return [letter.id for letter in taken]

    async def drop(self, letter_ids: Collection[str]) -> list[str]:
        return [letter.id for letter in self._taken(letter_ids)]

    def _taken(self, letter_ids: Collection[str]) -> list[DeadLetter]:
        self._check()
        if self.fails_to_take:
            raise QueueUnavailable
        taken = [letter for letter in self.dead if letter.id in letter_ids]
        self.dead = [letter for letter in self.dead if letter not in taken]
        return taken

    def _check(self) -> None:
        if self.down:
            raise QueueUnavailable
