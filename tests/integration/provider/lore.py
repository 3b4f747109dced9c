"""Writes what a good model would write: text that matches a JSON Schema and differs in each answer."""

import itertools
import re
from collections import deque
from typing import Any

from generator_service.judging.name import similar

_FIRST = ("Marrow", "Lantern", "Tallow", "Copper", "Hollow", "Bitter", "Salt", "Ember", "Nettle", "Cinder", "Wicker")
_SECOND = ("Bell", "Ladle", "Compass", "Thimble", "Ledger", "Comb", "Hinge", "Kettle", "Flute", "Mirror", "Spindle")
_OWNERS = ("Zoë Harrow", "the ferryman of Low Tarn", "Brother Osk", "a widow from Pell Street", "the toll keeper")
_PLACES = (
    "under the fish market",
    "behind the third mill",
    "in the salt cellar",
    "on the north stair",
    "at Crook Gate",
)
_TREES = ("Ash", "Elm", "Oak", "Yew", "Fir")
_WAYS = ("Row", "Lane", "Gate", "Hill")
_PRICES = ("two nights of sleep", "the taste of bread", "a tooth", "the name of a friend", "an hour of daylight")

#: Lines that differ in more than a word or two.
_LINE_FRAMES = (
    "Keeps {price} in jar {number} and counts it when {owner} laughs.",
    "Whistles tune {number} at every door that {owner} has painted.",
    "Can tell which of {number} coins was paid for {price}.",
    "Never walks past lamp {number} without a word to {owner}.",
)

#: A name is unlike so many names before it.
_UNLIKE = 100
#: A text with many numbers, which differ in each answer.
_COUNTS = 20
_PROSE = (
    "It was found {place}, wrapped in page {0} of a tide table for pier {1}. It smells of pitch and of winter {2}. "
    "The rim has {3} chips, and chip {4} fits the thumb of {owner}. On night {5} it hums for {6} beats. Whoever lifts "
    "it hears cart {7} on bridge {8}, and pays {price} before bell {9} — the ledger's line {10} and line {11} say so. "
    "Clerk {12} owes nobody, so door {13} stays shut. Families {14} and {15} claim it from house {16} and house {17}. "
    "Both are wrong about years {18} and {19}."
)

#: Fields that hold a name, and fields that hold a line; all other text is prose.
_NAMES = frozenset({"name", "title"})
_LINES = frozenset({"concept", "traits", "skills", "flaw description"})
#: What the prompt asks for if the schema leaves it open.
_USUAL_LENGTH = {"traits": 3, "skills": 4, "paragraphs": 3}
_USUAL_NUMBER = {"health": 100, "stress": 20}


class Lore:
    """A source of values for JSON Schemas. Not thread-safe."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._last: deque[str] = deque(maxlen=_UNLIKE)

    def fill(self, schema: dict[str, Any], prompt: str) -> Any:
        """A value that matches the schema. If the schema does not say how many names to write, the prompt does."""
        return self._fill(schema, schema.get("$defs", {}), "", prompt)

    def _fill(self, node: dict[str, Any], shared: dict[str, Any], field: str, prompt: str) -> Any:
        if "$ref" in node:
            return self._fill(shared[node["$ref"].rpartition("/")[2]], shared, field, prompt)
        match node.get("type"):
            case "object":
                return {
                    key: self._fill(child, shared, _part(field, key), prompt)
                    for key, child in node["properties"].items()
                }
            case "array":
                return [self._fill(node["items"], shared, field, prompt) for _ in range(_length(node, field, prompt))]
            case "integer" | "number":
                return _number(node, field)
            case _:
                return self._text(field)

    def _text(self, field: str) -> str:
        if field in _NAMES:
            return self.name()
        return self.line() if field in _LINES else self.prose()

    def name(self) -> str:
        """A name unlike the last ones. Those of a job may be far apart, because jobs that run at once take turns."""
        name = next(each for each in map(_name, self._numbers) if not any(similar(each, last) for last in self._last))
        self._last.append(name)
        return name

    def line(self) -> str:
        number = next(self._numbers)
        frame = _LINE_FRAMES[number % len(_LINE_FRAMES)]
        return frame.format(number=number, price=_PRICES[number % 5], owner=_OWNERS[number // 5 % 5])

    def prose(self) -> str:
        """No two texts share a sentence or a run of twelve words."""
        number = next(self._numbers)
        counts = [number + 1_000 * place for place in range(_COUNTS)]
        owner, place, price = _OWNERS[number % 5], _PLACES[number // 5 % 5], _PRICES[number // 25 % 5]
        return _PROSE.format(*counts, owner=owner, place=place, price=price)


def _length(node: dict[str, Any], field: str, prompt: str) -> int:
    if "minItems" in node:
        return int(node["minItems"])
    if field in _USUAL_LENGTH:
        return _USUAL_LENGTH[field]
    asked = re.search(r'"count": ?(\d+)', prompt)
    return int(asked.group(1)) if asked else 1


def _number(node: dict[str, Any], field: str) -> int:
    if "minimum" in node and "maximum" in node:
        return (int(node["minimum"]) + int(node["maximum"])) // 2
    return _USUAL_NUMBER.get(field, 12)


def _name(number: int) -> str:
    return f"{_FIRST[number % 11]} {_SECOND[(number // 11 + number) % 11]}{_origin(number // 121)}"


def _origin(number: int) -> str:
    return f" of {_TREES[number % 5]} {_WAYS[number // 5 % 4]}" if number else ""


def _part(whole: str, field: str) -> str:
    """The key for a field's form of text: a flaw's description is a line, every other description is prose."""
    path = f"{whole} {field}"
    return path if path in _LINES else field
