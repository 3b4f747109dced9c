"""Makes a text that a regular expression accepts, for the plain part of the language that JSON schemas use."""

import re
from importlib import import_module
from random import Random
from typing import Any

# Python's own reading of a pattern; private, and so unknown to type checkers.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CATEGORIES = {
    op.CATEGORY_DIGIT: "0123456789",
    op.CATEGORY_NOT_DIGIT: _LETTERS,
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_NOT_SPACE: _LETTERS,
    op.CATEGORY_WORD: _LETTERS + "0123456789",
    op.CATEGORY_NOT_WORD: " -.",
}
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_MORE = 8


def matching_text(pattern: str, random: Random) -> str | None:
    """A text in which the pattern is found; None where the pattern is not understood."""
    try:
        parsed = parser.parse(pattern)
        text = _Maker(random).sequence(parsed)
        return text if re.search(pattern, text) else None
    except (re.error, NotImplementedError, OverflowError, RecursionError):
        return None


class _Maker:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._groups: dict[int, str] = {}

    def sequence(self, parts: Any) -> str:
        return "".join(self._part(code, argument) for code, argument in parts)

    def _part(self, code: Any, argument: Any) -> str:  # noqa: PLR0911 - one for each construct
        match code:
            case op.LITERAL:
                return chr(argument)
            case op.NOT_LITERAL:
                return self._random.choice([c for c in _LETTERS if ord(c) != argument])
            case op.ANY:
                return self._random.choice(_LETTERS)
            case op.IN:
                return self._random.choice(self._class(argument))
            case op.AT | op.ASSERT | op.ASSERT_NOT:
                return ""
            case op.BRANCH:
                return self.sequence(self._random.choice(argument[1]))
            case op.SUBPATTERN:
                return self._group(argument[0], argument[-1])
            case op.GROUPREF:
                return self._groups.get(argument, "")
            case op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT:
                return self._repeat(*argument)
        raise NotImplementedError(str(code))

    def _group(self, number: int | None, parts: Any) -> str:
        text = self.sequence(parts)
        if number is not None:
            self._groups[number] = text
        return text

    def _repeat(self, low: int, high: int, parts: Any) -> str:
        times = self._random.randint(low, min(int(high), low + _MORE))
        return "".join(self.sequence(parts) for _ in range(times))

    def _class(self, items: Any) -> str:
        negated = items[0][0] is op.NEGATE
        members = "".join(self._members(code, argument) for code, argument in items if code is not op.NEGATE)
        if not negated:
            return members
        allowed = "".join(c for c in _PRINTABLE if c not in members)
        return "".join(c for c in allowed if c.isalnum()) or allowed

    @staticmethod
    def _members(code: Any, argument: Any) -> str:
        if code is op.LITERAL:
            return chr(argument)
        if code is op.RANGE:
            low, high = argument
            return "".join(map(chr, range(low, min(high, low + 0x100) + 1)))
        if code is op.CATEGORY:
            return _CATEGORIES[argument]
        raise NotImplementedError(str(code))
