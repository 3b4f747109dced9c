"""Fills a JSON schema with values from a source. The result always fits the schema.

It supports what the generator's types need, which is most of OpenAI's strict mode: references, alternatives,
enumerations, objects, lists, and limits on texts, numbers and lists. It refuses a schema with any other keyword.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from local.offline_writer.lore.chooser import T
from local.offline_writer.lore.field import Path
from local.offline_writer.lore.fitting import fitted

Schema = Mapping[str, Any]

_DEFAULT_LENGTH = 2_000
_MAX_DEPTH = 12
#: From this depth on, lists are as short as they may be, and alternatives as shallow.
_DEEP = _MAX_DEPTH // 2
_NOTES = frozenset({"title", "description", "default", "examples", "deprecated", "$defs", "discriminator"})
_OF_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_OF_OBJECTS = frozenset({"properties", "required", "additionalProperties"})
_OF_LISTS_AND_TEXTS = frozenset({"items", "minItems", "maxItems", "minLength", "maxLength"})
_SUPPORTED = _NOTES | _OF_NUMBERS | _OF_OBJECTS | _OF_LISTS_AND_TEXTS | {"type", "enum", "const"}


class Source(Protocol):
    """Provides the values. A path has field names and 0-based list indices, from the root."""

    def text(self, path: Path) -> str: ...
    def ready(self, path: Path, count: int) -> Any | None: ...
    def list_length(self, path: Path, low: int, high: int) -> int: ...
    def choose(self, path: Path, options: Sequence[T]) -> T: ...
    def integer(self, path: Path, low: int, high: int) -> int: ...
    def fraction(self, path: Path) -> float: ...


class UnusableSchema(ValueError):
    """A schema that cannot be filled. The message says which part."""


def fill(schema: Schema, source: Source) -> Any:
    """A JSON value that fits the schema. Raises `UnusableSchema`."""
    return _Filler(schema, source).value(schema, (), None)


class _Filler:
    """Fills one schema. `offer` is a value that the source has ready, or None. It is used if it fits."""

    def __init__(self, root: Schema, source: Source) -> None:
        self._root = root
        self._source = source
        self._makers: dict[object, Callable[[Schema, Path, Any], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
            "boolean": lambda _schema, path, offer: offer if isinstance(offer, bool) else source.fraction(path) < 0.5,
            "null": lambda _schema, _path, _offer: None,
        }

    def value(self, schema: Schema, path: Path, offer: Any) -> Any:
        if len(path) > _MAX_DEPTH:
            raise UnusableSchema(f"more than {_MAX_DEPTH} levels at {_place(path)}")
        plain = self._resolved(schema, path)
        if unsupported := sorted(plain.keys() - _SUPPORTED):
            raise UnusableSchema(f"the offline writer does not support {', '.join(unsupported)} at {_place(path)}")
        if "const" in plain:
            return plain["const"]
        if options := plain.get("enum"):
            return offer if offer in options else self._source.choose(path, options)
        make = self._makers.get(plain.get("type"))
        if make is None:
            raise UnusableSchema(f"no known type at {_place(path)}: {plain.get('type')!r}")
        return make(plain, path, offer)

    def _resolved(self, schema: Schema, path: Path) -> Schema:
        """The schema without references and alternatives."""
        for _ in range(_MAX_DEPTH):
            rest = {name: value for name, value in schema.items() if name not in {"$ref", "anyOf", "oneOf"}}
            if reference := schema.get("$ref"):
                schema = {**self._referenced(reference), **rest}
            elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
                schema = {**rest, **self._alternative(alternatives, path)}
            else:
                return schema
        raise UnusableSchema(f"the references at {_place(path)} never end")

    def _referenced(self, reference: str) -> Schema:
        if reference == "#":
            return self._root
        found: Schema | None = self._root.get("$defs", {}).get(reference.removeprefix("#/$defs/"))
        if found is None:
            raise UnusableSchema(f"the reference {reference!r} leads nowhere")
        return found

    def _alternative(self, alternatives: Sequence[Schema], path: Path) -> Schema:
        """Any alternative except null. Deep inside, the shallowest one, so that a recursive schema ends."""
        if len(path) > _DEEP:
            return min(alternatives, key=lambda schema: _RANK.get(schema.get("type"), 3))
        return self._source.choose(path, [each for each in alternatives if each.get("type") != "null"] or alternatives)

    def _object(self, schema: Schema, path: Path, offer: Any) -> dict[str, Any]:
        offer = offer if isinstance(offer, dict) else self._ready(path, 0, dict)
        return {name: self._field(field, (*path, name), offer) for name, field in schema.get("properties", {}).items()}

    def _field(self, schema: Schema, path: Path, offer: Any) -> Any:
        own = offer.get(path[-1]) if isinstance(offer, dict) else self._ready(path, 0, (str, int, float))
        return self.value(schema, path, own)

    def _array(self, schema: Schema, path: Path, offer: Any) -> list[Any]:
        low = schema.get("minItems", 0)
        high = schema.get("maxItems", max(low, 3 if path else 1_000))
        length = low if len(path) > _DEEP else self._source.list_length(path, low, high)
        if not isinstance(offer, list):
            offer = self._ready(path, length, list) or []
        offers = [*offer, *[None] * length]
        return [self.value(schema.get("items", {}), (*path, place), offers[place]) for place in range(length)]

    def _string(self, schema: Schema, path: Path, offer: Any) -> str:
        low = schema.get("minLength", 0)
        high = schema.get("maxLength", max(_DEFAULT_LENGTH, low))
        text = offer if isinstance(offer, str) else self._source.text(path)
        return fitted(text, low, high, lambda: self._source.text((*path, "more")))

    def _integer(self, schema: Schema, path: Path, offer: Any) -> int:
        low, high = _limits(schema)
        lowest = math.floor(low) + 1 if "exclusiveMinimum" in schema else math.ceil(low)
        highest = math.ceil(high) - 1 if "exclusiveMaximum" in schema else math.floor(high)
        if lowest > highest:
            raise UnusableSchema(f"no whole number lies from {low} to {high} at {_place(path)}")
        is_fit = isinstance(offer, int) and not isinstance(offer, bool) and lowest <= offer <= highest
        return offer if is_fit else self._source.integer(path, lowest, highest)

    def _number(self, schema: Schema, path: Path, offer: Any) -> float:
        low, high = _limits(schema)
        if isinstance(offer, int | float) and low < offer < high:
            return offer
        exact = low + (high - low) * (0.05 + 0.9 * self._source.fraction(path))
        rounded = round(exact, 2)
        return rounded if low < rounded < high else exact

    def _ready(self, path: Path, count: int, kind: Any) -> Any | None:
        made = self._source.ready(path, count)
        return made if isinstance(made, kind) else None


_RANK: Mapping[object, int] = {"null": 0, "boolean": 1, "string": 1, "integer": 1, "number": 1, "array": 2}


def _limits(schema: Schema) -> tuple[float, float]:
    """Both limits, exclusive or not. A missing limit is at least 100 away from the other."""
    low = schema.get("exclusiveMinimum", schema.get("minimum"))
    high = schema.get("exclusiveMaximum", schema.get("maximum"))
    if low is None and high is None:
        return 1, 100
    low = low if low is not None else min(0, high - 100)
    return low, high if high is not None else low + max(100, abs(low))


def _place(path: Path) -> str:
    return "/".join(map(str, path)) or "the root"
