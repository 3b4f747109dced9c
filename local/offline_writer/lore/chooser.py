"""Seeded choices that keep the pieces of one job apart."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")


def seed_of(*parts: object) -> int:
    """A number that stands for these parts; the same in every process."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).digest()[:8], "big")


class Chooser:
    """Draws from lists of options.

    The requests of one job come one by one and know nothing of each other but the number of their piece. So every
    list is dealt out like cards: piece `number` of `of` (1-based) may only draw the options that fall to it, and no
    two pieces of a job share an option as long as the list has `of` of them. Within a request an option comes a second
    time only when those that fall to the piece, and then all others, are used up.
    """

    def __init__(self, seed: int, number: int = 1, of: int = 1, told: str = "") -> None:
        self.random = random.Random(seed)  # noqa: S311  (words, not secrets)
        self._number = number
        self._of = max(of, 1)
        self._told = told
        self._used: dict[str, set[str]] = {}

    def pick(self, symbol: str, options: Sequence[str]) -> str:
        """One of the options, never one that the piece has told already while there are others."""
        used = self._used.setdefault(symbol, set())
        hand = self.deal(symbol, options)
        fresh = self._fresh(hand, used) or self._fresh(options, used) or list(hand)
        choice = self.random.choice(fresh)
        used.add(choice)
        return choice

    def deal(self, symbol: str, options: Sequence[T]) -> Sequence[T]:
        """The options that fall to this piece; one of them at least."""
        turn = self._number - 1 + crc32(symbol.encode())
        return options[turn % self._of :: self._of] or [options[turn % len(options)]]

    def _fresh(self, options: Sequence[str], used: set[str]) -> list[str]:
        return [option for option in options if option not in used and not (self._told and option in self._told)]
