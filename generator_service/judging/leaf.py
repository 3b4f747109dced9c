"""The texts in an output, with the paths of their fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from foundation.json_value import Json


@dataclass(frozen=True, slots=True)
class Leaf:
    """One text."""

    #: Such as "flaw.description" or "traits[1]" (0-based).
    path: str
    #: The path without indices: "traits[]".
    field: str
    text: str


def leaves(value: Json, path: str = "", field: str = "") -> Iterator[Leaf]:
    """Every text in the value, in its order."""
    if isinstance(value, str):
        yield Leaf(path, field, value)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            dot = "." if path else ""
            yield from leaves(part, f"{path}{dot}{name}", f"{field}{dot}{name}")
    elif isinstance(value, Sequence):
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]", f"{field}[]")
