"""Seeded choices that make the pieces of one job differ."""

import hashlib
import random
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")


def seed_of(*parts: object) -> int:
    """A number for these parts, the same in every process."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).digest()[:8], "big")


class Chooser:
    """Draws from lists of options.

    A request contains nothing about the job's other requests except the number of its piece. So every list is dealt
    like a shuffled deck of cards: piece `number` of `of` (1-based) draws from its own hand, and no two pieces share an
    option if the list has at least `of` options. A request repeats an option only when its hand and all other options
    are used up. All requests of a job must shuffle alike, that is, with the same `deck`.

    Two requests for the same piece that run at the same time do not see each other's text. If one of them has `half` 0
    and the other 1, they prefer different halves of each list.
    """

    def __init__(
        self, seed: int, number: int = 1, of: int = 1, *, text_so_far: str = "", deck: int = 0, half: int = 0
    ) -> None:
        self.random = random.Random(seed)  # noqa: S311  (words, not secrets)
        self._deck = deck
        self._half = half
        self._number = number
        self._of = max(of, 1)
        self._text_so_far = text_so_far
        self._used: dict[str, set[str]] = {}

    def pick(self, symbol: str, options: Sequence[str]) -> str:
        """One of the options. Avoids those that the piece already contains, if possible."""
        used = self._used.setdefault(symbol, set())
        hand = self.deal(symbol, options)
        # If a hand is small, the one option that is left belongs to the other half.
        rest = hand if not used or len(hand) > 2 else ()
        sources = (hand[self._half :: 2], rest, self._own_half(symbol, options), options)
        fresh = next(filter(None, (self._fresh(source, used) for source in sources)), list(hand))
        choice = self.random.choice(fresh)
        used.add(choice)
        return choice

    def deal(self, symbol: str, options: Sequence[T]) -> Sequence[T]:
        """This piece's hand: at least one option."""
        shuffled = _shuffled(self._deck, symbol, tuple(options))
        place = self._number - 1
        return shuffled[place :: self._of] or [shuffled[place % len(shuffled)]]

    def _own_half(self, symbol: str, options: Sequence[str]) -> Sequence[str]:
        """The options of this half in the hands of all pieces."""
        shuffled = _shuffled(self._deck, symbol, tuple(options))
        return [option for place, option in enumerate(shuffled) if place // self._of % 2 == self._half]

    def _fresh(self, options: Sequence[str], used: set[str]) -> list[str]:
        return [
            option
            for option in options
            if option not in used and not (self._text_so_far and option in self._text_so_far)
        ]


@lru_cache(maxsize=4_096)
def _shuffled(deck: int, symbol: str, options: tuple[T, ...]) -> tuple[T, ...]:
    shuffled = list(options)
    random.Random(seed_of(deck, symbol)).shuffle(shuffled)  # noqa: S311
    return tuple(shuffled)
