"""Seeded choices that make the pieces of one job differ."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

#: Twelve words in a row count as a repetition, and two frames may put the same words around a phrase.
_MOST_SHARED_WORDS = 8


def seed_of(*parts: object) -> int:
    """A number for these parts, the same in every process."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).digest()[:8], "big")


class Chooser:
    """Draws from lists of options.

    A request contains nothing about the job's other requests except the number of its piece. So every list is dealt
    like a shuffled deck of cards: piece `number` of `of` (1-based) draws from its own hand, and no two pieces share an
    option if the list has at least `of` options. When its hand is used up, a piece takes from the others' hands, long
    options last. It repeats its own options only when all are used up. All requests of a job must shuffle alike, that
    is, with the same `deck`.

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
        sources = self._sources(symbol, options, may_use_up_hand=not used)
        fresh = next(filter(None, (self._fresh(source, used) for source in sources)), None)
        choice = self.random.choice(fresh or list(self.deal(symbol, options)))
        used.add(choice)
        return choice

    def _sources(self, symbol: str, options: Sequence[str], *, may_use_up_hand: bool) -> Iterator[Sequence[str]]:
        """From what to draw, the best first."""
        hand = self.deal(symbol, options)
        yield hand[self._half :: 2]
        # If a hand is small, the one option that is left belongs to the other half.
        if may_use_up_hand or len(hand) > 2:
            yield hand
        others = (self._own_half(symbol, options), options)
        yield from map(_short, others)
        yield from others

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


def _short(options: Sequence[str]) -> list[str]:
    return [option for option in options if len(option.split()) <= _MOST_SHARED_WORDS]


@lru_cache(maxsize=4_096)
def _shuffled(deck: int, symbol: str, options: tuple[T, ...]) -> tuple[T, ...]:
    shuffled = list(options)
    random.Random(seed_of(deck, symbol)).shuffle(shuffled)  # noqa: S311
    return tuple(shuffled)
