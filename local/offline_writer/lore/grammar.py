"""A context-free grammar whose options are plain sentences with slots.

| slot | stands for |
|---|---|
| `{spot}` | the value given for `spot`, or else one of the options of the symbol `spot` |
| `{?closing}` | the same, or nothing at all when every option of it needs a value that is not given |
| `{keeps\\|keep}` | the verb that fits the pronoun of the person spoken of |
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from local.offline_writer.lore.word_file import Rules

_SLOT = re.compile(r"(\{[^{}]*\})")


class Literal(NamedTuple):
    text: str


class Slot(NamedTuple):
    symbol: str
    optional: bool


class Agreement(NamedTuple):
    singular: str
    plural: str


Part = Literal | Slot | Agreement


@cache
def parts_of(option: str) -> tuple[Part, ...]:
    """The option taken apart at its slots."""
    return tuple(_part(text) for text in _SLOT.split(option) if text)


def _part(text: str) -> Part:
    if not text.startswith("{"):
        return Literal(text)
    inner = text[1:-1]
    if "|" in inner:
        singular, _, plural = inner.partition("|")
        return Agreement(singular, plural)
    return Slot(inner.removeprefix("?"), optional=inner.startswith("?"))


class Grammar:
    """Rules by symbol, and which of their options can be told with what is given."""

    def __init__(self, rules: Mapping[str, tuple[str, ...]]) -> None:
        self.rules: Rules = dict(rules)
        self._tellable: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}

    def options(self, symbol: str, given: frozenset[str]) -> tuple[str, ...]:
        """The options of a symbol whose every slot has a value given or an option that can be told itself."""
        key = (symbol, given)
        if key not in self._tellable:
            rules = self.rules.get(symbol, ())
            self._tellable[key] = tuple(option for option in rules if self._can_tell(option, given))
        return self._tellable[key]

    def _can_tell(self, option: str, given: frozenset[str]) -> bool:
        needed = [part.symbol for part in parts_of(option) if isinstance(part, Slot) and not part.optional]
        return all(symbol in given or self.options(symbol, given) for symbol in needed)
