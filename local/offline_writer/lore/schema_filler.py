"""Fills a JSON schema with what a writer writes. Whatever the writer offers, the result is true to the schema.

It knows the part of JSON Schema that pydantic makes: references, alternatives, enumerations, objects, lists, tuples and
maps, and every limit on texts, numbers and lists.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Protocol

from local.offline_writer.lore.chooser import T, seed_of
from local.offline_writer.lore.field import Path
from local.offline_writer.lore.fitting import fitted
from local.offline_writer.lore.pattern import matching_text

Schema = Mapping[str, Any]

_DEFAULT_LENGTH = 2_000
_MAX_DEPTH = 12
_TRIES = 30
_FORMATS = {
    "date-time": "2031-04-09T18:30:00Z",
    "date": "2031-04-09",
    "time": "18:30:00Z",
    "duration": "P3D",
    "email": "keeper@example.org",
    "uri": "https://example.org/lore",
    "hostname": "example.org",
    "ipv4": "192.0.2.7",
    "ipv6": "2001:db8::7",
    "uuid": "7d9f2a34-5b1c-4e0f-9a3d-2c6b8e1f4a70",
}


class Source(Protocol):
    """Where the values come from. Paths are field names and 0-based places in lists, from the root."""

    def text(self, path: Path) -> str: ...
    def ready(self, path: Path, count: int) -> Any | None: ...
    def list_length(self, path: Path, low: int, high: int) -> int: ...
    def choose(self, path: Path, options: Sequence[T]) -> T: ...
    def integer(self, path: Path, low: int, high: int) -> int: ...
    def fraction(self, path: Path) -> float: ...


class UnusableSchema(ValueError):
    """A schema that cannot be filled; the message says which part."""


def fill(schema: Schema, source: Source) -> Any:
    """A JSON value that fits the schema. Raises `UnusableSchema`."""
    return _Filler(schema, source).value(schema, (), None, 0)


class _Filler:
    def __init__(self, root: Schema, source: Source) -> None:
        self._root = root
        self._source = source
        self._makers: dict[str, Callable[[Schema, Path, Any, int], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
            "boolean": self._boolean,
            "null": self._null,
        }

    def value(self, schema: Any, path: Path, offer: Any, depth: int) -> Any:
        """A value for one schema. `offer` is what the source has ready for it, None for nothing."""
        plain = self._plain(schema, path, depth)
        if "const" in plain:
            return plain["const"]
        if "enum" in plain:
            options = plain["enum"]
            return offer if offer in options else self._source.choose(path, options)
        return self._makers[_type_of(plain)](plain, path, offer, depth)

    def _plain(self, given: Any, path: Path, depth: int) -> Schema:
        """The schema without references, combinations and alternatives."""
        if not isinstance(given, Mapping):
            return {"type": "string"}
        schema: Schema = given
        for _ in range(_MAX_DEPTH * 4):
            if "$ref" in schema:
                schema = {**self._resolve(schema["$ref"]), **{k: v for k, v in schema.items() if k != "$ref"}}
            elif "allOf" in schema:
                schema = _merged(schema, "allOf", schema["allOf"])
            elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
                key = "anyOf" if schema.get("anyOf") else "oneOf"
                schema = _merged(schema, key, [self._alternative(alternatives, path, depth)])
            else:
                return schema
        raise UnusableSchema(f"the references at {_place(path)} never end")

    def _resolve(self, reference: str) -> Schema:
        target: Any = self._root
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise UnusableSchema(f"only references within the schema are understood, not {reference!r}")
        for escaped in filter(None, reference[1:].split("/")):
            step = escaped.replace("~1", "/").replace("~0", "~")
            target = target.get(step) if isinstance(target, Mapping) else None
        if not isinstance(target, Mapping):
            raise UnusableSchema(f"the reference {reference!r} leads nowhere")
        return target

    def _alternative(self, alternatives: Sequence[Any], path: Path, depth: int) -> Any:
        """One of the alternatives: not null where there is a choice, and the shallowest once we are deep."""
        if depth > _MAX_DEPTH // 2:
            return min(alternatives, key=lambda schema: _RANK.get(str(_mapping(schema).get("type")), 3))
        some = [schema for schema in alternatives if _mapping(schema).get("type") != "null"]
        return self._source.choose(path, some or alternatives)

    def _object(self, schema: Schema, path: Path, offer: Any, depth: int) -> dict[str, Any]:
        if depth > _MAX_DEPTH:
            raise UnusableSchema(f"the schema goes deeper than {_MAX_DEPTH} levels at {_place(path)}")
        offer = offer if isinstance(offer, dict) else self._ready(path, 0, dict)
        properties = _mapping(schema.get("properties"))
        required = schema.get("required", ())
        wanted = [name for name in properties if name in required or depth <= _MAX_DEPTH // 2]
        wanted += [name for name in required if name not in properties]
        made = {name: self._field(properties.get(name, {}), (*path, name), offer, depth) for name in wanted}
        return made | self._entries(schema, path, len(made), depth)

    def _field(self, schema: Any, path: Path, offer: Any, depth: int) -> Any:
        name = path[-1]
        own = offer.get(name) if isinstance(offer, dict) else self._ready(path, 0, (str, int, float))
        return self.value(schema, path, own, depth + 1)

    def _entries(self, schema: Schema, path: Path, made: int, depth: int) -> dict[str, Any]:
        """Entries of a map (an object whose keys are not declared)."""
        values = schema.get("additionalProperties")
        declared = bool(schema.get("properties"))
        low = max(int(schema.get("minProperties", 0)) - made, 0)
        open_map = isinstance(values, Mapping) and not declared and "propertyNames" not in schema
        count = max(low, min(2, int(schema.get("maxProperties", 2)))) if open_map and depth <= _MAX_DEPTH // 2 else low
        keys = [f"entry_{number}" for number in range(1, count + 1)]
        return {key: self.value(values if values is not True else {}, (*path, key), None, depth + 1) for key in keys}

    def _array(self, schema: Schema, path: Path, offer: Any, depth: int) -> list[Any]:
        fixed = list(schema.get("prefixItems", ()))
        low = max(int(schema.get("minItems", 0)), 0)
        high = int(schema.get("maxItems", max(low, 3 if depth else 1_000)))
        items = schema.get("items", {})
        if items is False or (fixed and "items" not in schema):
            high = min(high, len(fixed)) if fixed else 0
        length = self._source.list_length(path, low, max(low, high)) if depth <= _MAX_DEPTH // 2 else low
        length = max(length, min(len(fixed), high)) if fixed else length
        offer = offer if isinstance(offer, list) else self._ready(path, length, list)
        schemas = [fixed[place] if place < len(fixed) else items for place in range(length)]
        if schema.get("uniqueItems"):
            return self._unique(schemas, path, offer, low, depth)
        return [self._item(item, (*path, place), offer, depth) for place, item in enumerate(schemas)]

    def _item(self, schema: Any, path: Path, offer: Any, depth: int) -> Any:
        place = path[-1]
        own = offer[place] if isinstance(offer, list) and isinstance(place, int) and place < len(offer) else None
        return self.value(schema, path, own, depth + 1)

    def _unique(self, schemas: Sequence[Any], path: Path, offer: Any, low: int, depth: int) -> list[Any]:
        made: dict[str, Any] = {}
        for place, schema in enumerate(schemas):
            for attempt in range(_TRIES * 4):
                again = (*path, place) if attempt == 0 else (*path, place, attempt)
                item = self._item(schema, again, offer, depth) if attempt == 0 else self._other(schema, again, depth)
                if (key := json.dumps(item, sort_keys=True)) not in made:
                    made[key] = item
                    break
        if len(made) < low:
            raise UnusableSchema(f"there are not {low} different values for {_place(path)}")
        return list(made.values())

    def _other(self, schema: Any, path: Path, depth: int) -> Any:
        """Another try at an item: enumerations and small ranges are gone through one by one."""
        plain = self._plain(schema, path, depth)
        attempt = int(path[-1])
        if "enum" in plain:
            return plain["enum"][attempt % len(plain["enum"])]
        if _type_of(plain) == "boolean":
            return attempt % 2 == 0
        if _type_of(plain) == "integer":
            low, high = _whole_limits(plain)
            return min(low + (attempt - 1) * _step(plain), high)
        return self.value(plain, path, None, depth + 1)

    def _string(self, schema: Schema, path: Path, offer: Any, _depth: int) -> str:
        low = int(schema.get("minLength", 0))
        high = int(schema.get("maxLength", max(_DEFAULT_LENGTH, low)))
        if "format" in schema and (made := _FORMATS.get(schema["format"])):
            return made
        text = offer if isinstance(offer, str) else self._source.text(path)
        text = fitted(text, low, high, lambda: self._source.text((*path, "more")))
        pattern = schema.get("pattern")
        return self._in_pattern(pattern, text, path, low, high) if isinstance(pattern, str) else text

    def _in_pattern(self, pattern: str, text: str, path: Path, low: int, high: int) -> str:
        try:
            if re.search(pattern, text):
                return text
        except re.error:
            raise UnusableSchema(f"the pattern at {_place(path)} is no regular expression") from None
        random = Random(seed_of(path, self._source.fraction(path)))  # noqa: S311
        for _ in range(_TRIES * 10):
            made = matching_text(pattern, random)
            if made is None:
                break
            if low <= len(made) <= high:
                return made
        raise UnusableSchema(f"no text was found for the pattern and the limits at {_place(path)}")

    def _integer(self, schema: Schema, path: Path, offer: Any, _depth: int) -> int:
        low, high = _whole_limits(schema)
        step = _step(schema)
        if isinstance(offer, int) and not isinstance(offer, bool) and low <= offer <= high and offer % step == 0:
            return offer
        return self._source.integer(path, math.ceil(low / step), math.floor(high / step)) * step

    def _number(self, schema: Schema, path: Path, offer: Any, _depth: int) -> float:
        low, high = _limits(schema)
        if step := schema.get("multipleOf"):
            return float(self._source.integer(path, math.ceil(low / step), math.floor(high / step)) * step)
        if isinstance(offer, int | float) and low < offer < high:
            return offer
        exact = low + (high - low) * (0.05 + 0.9 * self._source.fraction(path))
        rounded = round(exact, 2)
        return rounded if low < rounded < high else min(max(exact, low), high)

    def _null(self, *_: Any) -> None:
        return None

    def _boolean(self, _schema: Schema, path: Path, offer: Any, _depth: int) -> bool:
        return offer if isinstance(offer, bool) else self._source.fraction(path) < 0.5

    def _ready(self, path: Path, count: int, kind: Any) -> Any | None:
        made = self._source.ready(path, count)
        return made if isinstance(made, kind) else None


_RANK = {"null": 0, "boolean": 1, "string": 1, "integer": 1, "number": 1, "array": 2}


def _type_of(schema: Schema) -> str:
    declared = schema.get("type")
    if isinstance(declared, list):
        declared = next((name for name in declared if name != "null"), "null")
    if declared in {"object", "array", "string", "integer", "number", "boolean", "null"}:
        return str(declared)
    if declared is not None:
        raise UnusableSchema(f"there is no JSON type {declared!r}")
    return "object" if "properties" in schema else "array" if {"items", "prefixItems"} & schema.keys() else "string"


def _merged(schema: Schema, key: str, parts: Sequence[Any]) -> Schema:
    merged = {name: value for name, value in schema.items() if name != key}
    for part in map(_mapping, parts):
        for name, value in part.items():
            if name == "properties":
                merged[name] = {**_mapping(merged.get(name)), **value}
            elif name == "required":
                merged[name] = [*merged.get(name, ()), *value]
            else:
                merged.setdefault(name, value) if name not in {"type", "$ref"} else merged.update({name: value})
    return merged


def _limits(schema: Schema) -> tuple[float, float]:
    low = schema.get("exclusiveMinimum", schema.get("minimum"))
    high = schema.get("exclusiveMaximum", schema.get("maximum"))
    if low is None and high is None:
        return 1, 100
    low = low if low is not None else min(0, high - 100)
    return low, high if high is not None else low + max(100, abs(low))


def _whole_limits(schema: Schema) -> tuple[int, int]:
    low, high = _limits(schema)
    lowest = math.floor(low) + 1 if "exclusiveMinimum" in schema else math.ceil(low)
    highest = math.ceil(high) - 1 if "exclusiveMaximum" in schema else math.floor(high)
    if lowest > highest:
        raise UnusableSchema(f"there is no whole number from {low} to {high}")
    return lowest, highest


def _step(schema: Schema) -> int:
    return max(int(schema.get("multipleOf", 1)), 1)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _place(path: Path) -> str:
    return "/".join(map(str, path)) or "the root"
