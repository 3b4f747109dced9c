"""The texts in an output of dicts and lists, with the paths of their fields."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from foundation.json_value import Json

_STEP = re.compile(r"\[(\d+)\]|[^.\[\]]+")


class Leaf(NamedTuple):
    """One text."""

    #: Such as "flaw.description" or "traits[1]" (0-based).
    path: str
    #: The path without indices: "traits[]".
    field: str
    text: str

    @property
    def label(self) -> str:
        """The path in words, for people: "description of flaw", "entry 2 of traits" (1-based)."""
        steps = [f"entry {int(step[1]) + 1}" if step[1] else step[0] for step in _STEP.finditer(self.path)]
        return " of ".join(reversed(steps)).replace("_", " ")


def leaves(value: Json, path: str = "", field: str = "") -> Iterator[Leaf]:
    """Every text in the value, in its order."""
    if isinstance(value, str):
        yield Leaf(path, field, value)
    elif isinstance(value, dict):
        for name, part in value.items():
            dot = "." if path else ""
            yield from leaves(part, f"{path}{dot}{name}", f"{field}{dot}{name}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]", f"{field}[]")


def all_texts(value: Json) -> Iterator[str]:
    """Every text in the value, in its order, without its path."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from all_texts(part)
