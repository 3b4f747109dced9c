"""A context-free grammar whose options are plain sentences with slots.

| slot | is replaced by |
|---|---|
| `{spot}` | the value given for `spot`, or else one of the options of the symbol `spot` |
| `{?closing}` | the same, or nothing if every option needs a value that is not given |
| `{+closing}` | the same, or nothing if the text would become too long |
| `{++closing}` | the same, but it is tried after every slot with fewer plus signs |
| `{keeps\\|keep}` | the verb form for the person's pronoun |
| `{90-130}` | nothing: the option is a text of 90 to 130 words |
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from local.offline_writer.lore.word_file import Rules

_SLOT = re.compile(r"(\{[^{}]*\})")
_LENGTH = re.compile(r"(\d+)-(\d+)")


class Literal(NamedTuple):
    text: str


class Slot(NamedTuple):
    symbol: str
    #: Left out if it cannot be filled.
    optional: bool = False
    #: 0 for a slot that is always filled. The others are filled if they fit, lower ranks first.
    rank: int = 0


class Agreement(NamedTuple):
    singular: str
    plural: str


class Length(NamedTuple):
    """How many words the whole option should have."""

    least: int
    most: int


Part = Literal | Slot | Agreement | Length


@cache
def parts_of(option: str) -> tuple[Part, ...]:
    """The option, split at its slots."""
    return tuple(_part(text) for text in _SLOT.split(option) if text)


def _part(text: str) -> Part:
    if not text.startswith("{"):
        return Literal(text)
    inner = text[1:-1]
    if "|" in inner:
        singular, _, plural = inner.partition("|")
        return Agreement(singular, plural)
    if found := _LENGTH.fullmatch(inner):
        return Length(int(found[1]), int(found[2]))
    symbol = inner.lstrip("?+")
    return Slot(symbol, optional=symbol != inner, rank=inner.count("+"))


class Grammar:
    """The options of each symbol, and which of them can be used with given values."""

    def __init__(self, rules: Mapping[str, tuple[str, ...]]) -> None:
        self.rules: Rules = dict(rules)
        self._expandable: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}

    def options(self, symbol: str, given: frozenset[str]) -> tuple[str, ...]:
        """The usable options of a symbol: each of their slots has a given value or a usable option of its own."""
        key = (symbol, given)
        if key not in self._expandable:
            rules = self.rules.get(symbol, ())
            self._expandable[key] = tuple(option for option in rules if self._can_expand(option, given))
        return self._expandable[key]

    def _can_expand(self, option: str, given: frozenset[str]) -> bool:
        needed = [part.symbol for part in parts_of(option) if isinstance(part, Slot) and not part.optional]
        return all(symbol in given or self.options(symbol, given) for symbol in needed)
