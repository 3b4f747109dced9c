"""Moves the values of an answer to where the schema expects them, if it is clear which value belongs where.

An object may have extra fields, or be inside a wrapper or a one-element list. Keys may be in another case, lists may be
too long, and whole numbers may be text. Missing values and values of another type stay as they are: validation against
the schema then reports the fault.
"""

import json
import math
import re
from collections.abc import Mapping

from generator_service.llm.schema import Schema

_WHOLE_NUMBER = re.compile(r"\s*[+-]?\d{1,12}(?:\.0*)?\s*")
#: In Latin, CJK, Devanagari, Arabic, Urdu, Armenian, Ethiopic, Myanmar and Khmer.
_SENTENCE_SIGNS = r".!?\u2026\u3002\uff01\uff1f\uff0e\uff61\u0964\u0965\u061f\u06d4\u0589\u1362\u1367\u104b\u17d4\u17d5"
_CLOSING_SIGNS = r"\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u2039\u203a\u300b\u300d\u300f)\uff09"
#: In French, a space stands before the closing quotation mark.
_CLOSED = rf"(?:[{_CLOSING_SIGNS}]|[ \u00a0\u202f]\u00bb)*"
_SENTENCE_END = re.compile(rf"[{_SENTENCE_SIGNS}]{_CLOSED}(?=\s|\Z|[\u3000-\u9fff])")
_MAX_WRAPPERS = 3
#: A text can be cut to the allowed length if it is at most this many times as long.
MOST_USABLE = 2
#: A text of at most this length is a name or a title, which may be a year.
_SHORT_CHARACTERS = 100
_SCHEMA_WORDS = frozenset({"type", "$ref", "anyOf", "enum", "const", "items"})


def fit(value: object, schema: Schema) -> object:
    """The value in the schema's form. `schema` is a pydantic model's JSON Schema."""
    return _Fitting(schema).fit(value)


def fields_in(value: object, schema: Schema) -> dict[str, object]:
    """Field → value as it was written, for the fields of an object that may be inside a wrapper or a list."""
    found = _Fitting(schema).found(schema.get("properties", {}), value)
    return found if isinstance(found, dict) else {}


def clamp(value: object, schema: Schema) -> tuple[object, list[str]]:
    """A fitted value with numbers set to the nearest bound and long texts cut after a sentence, and the changes."""
    fitting = _Fitting(schema)
    clamped = fitting.clamped(value)
    return clamped, fitting.changed


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence. Empty if it has none."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else ""


def is_schema(value: object) -> bool:
    """Whether the value is a JSON Schema. Some models repeat the schema that they were given."""
    if not isinstance(value, dict):
        return False
    fields = value.get("properties")
    if not isinstance(fields, dict) or not fields:
        return False
    return all(isinstance(field, dict) and field.keys() & _SCHEMA_WORDS for field in fields.values())


class _Fitting:
    def __init__(self, schema: Schema) -> None:
        self._root = schema
        self._definitions: Mapping[str, Schema] = schema.get("$defs", {})
        self.changed: list[str] = []

    def fit(self, value: object) -> object:
        return self._fit(self._root, value, "")

    def clamped(self, value: object) -> object:
        return self._clamped(self._root, value, "")

    def _resolved(self, node: Schema) -> Schema:
        return self._definitions[node["$ref"].rpartition("/")[2]] if "$ref" in node else node

    def _fit(self, node: Schema, value: object, name: str) -> object:
        node = self._resolved(node)
        match node.get("type"):
            case "object":
                return self._object(node, value)
            case "array":
                return self._array(node, value, name)
            case "string":
                return _string(node, value, name)
            case "integer":
                return _integer(value)
        return value

    def _object(self, node: Schema, value: object) -> object:
        fields: Mapping[str, Schema] = node.get("properties", {})
        found = self.found(fields, value)
        if not isinstance(found, dict):
            return found
        return {key: self._fit(fields[key], part, key) for key, part in found.items()}

    def found(self, fields: Mapping[str, Schema], value: object) -> object:
        """The object's values by field, or the value itself if it is not an object."""
        found: dict[str, object] = {}
        for _ in range(_MAX_WRAPPERS):
            value = self._as_list_field(fields, _unwrapped(value))
            if not isinstance(value, dict):
                return value
            found = _matched(fields, value)
            if len(found) == len(fields):
                break
            inner = [part for part in map(_unwrapped, value.values()) if self._holds(fields, part)]
            if len(inner) != 1:
                break
            value = inner[0]
        return found

    def _as_list_field(self, fields: Mapping[str, Schema], value: object) -> object:
        """Wrap a bare list if the object's only field is a list."""
        if isinstance(value, list) and len(fields) == 1:
            ((key, node),) = fields.items()
            if self._resolved(node).get("type") == "array":
                return {key: value}
        return value

    def _holds(self, fields: Mapping[str, Schema], value: object, depth: int = _MAX_WRAPPERS) -> bool:
        """Whether the value, or what it wraps, is the object with these fields."""
        if not isinstance(value, dict) or not depth:
            return False
        if len(_matched(fields, value)) == len(fields):
            return True
        return any(self._holds(fields, _unwrapped(part), depth - 1) for part in value.values())

    def _array(self, node: Schema, value: object, name: str) -> object:
        items = self._resolved(node.get("items", {}))
        value = _decoded(value)
        if isinstance(value, dict):
            keys = list(value)
            value = list(value.values()) if keys and all(key.isdigit() for key in keys) else [value]
        if not isinstance(value, list):
            return value
        entries = [entry for entry in value if entry is not None and entry not in ("", {})]
        if entries and all(isinstance(entry, dict) for entry in entries):
            entries = [entry for entry in entries if not _is_blank_in(entry, items)] or entries
        return [self._fit(items, entry, name) for entry in entries][: node.get("maxItems")]

    def _shortened(self, text: str, most: int, name: str) -> str:
        """The text, cut after the last sentence that fits. A far longer text stays as it is."""
        if not most < len(text) <= MOST_USABLE * most:
            return text
        ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, most)]
        if not ends or ends[-1] < most // 3:
            return text
        self.changed.append(f"{name} was too long, and was cut after a sentence.")
        return text[: ends[-1]]

    def _clamped(self, node: Schema, value: object, name: str) -> object:
        node = self._resolved(node)
        if isinstance(value, dict):
            fields = node.get("properties", {})
            return {key: self._clamped(fields.get(key, {}), part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [self._clamped(node.get("items", {}), part, name) for part in value]
        if isinstance(value, str):
            return self._shortened(value, node.get("maxLength", len(value)), name)
        if node.get("type") != "integer" or not isinstance(value, int) or isinstance(value, bool):
            return value
        bounded = max(node.get("minimum", value), min(node.get("maximum", value), value))
        if bounded != value:
            self.changed.append(f"{name} was {value}, out of range, and was set to {bounded}.")
        return bounded


def _is_blank_in(entry: Mapping[str, object], node: Schema) -> bool:
    """Whether an entry of a list has a blank text."""
    texts = (entry.get(key) for key, field in node.get("properties", {}).items() if field.get("type") == "string")
    return any(isinstance(text, str) and not text.strip() for text in texts)


def _matched(fields: Mapping[str, Schema], value: Mapping[str, object]) -> dict[str, object]:
    """Field → value, for the fields that the object has under any spelling of their names."""
    if fields.keys() <= value.keys():
        return {key: value[key] for key in fields if value[key] is not None}
    spelled: dict[str, object] = {}
    for key, part in value.items():
        spelled.setdefault(_normalised_key(key), part)
    matched = {key: value.get(key, spelled.get(_normalised_key(key))) for key in fields}
    return {key: part for key, part in matched.items() if part is not None}


def _normalised_key(key: str) -> str:
    return "".join(character for character in key.casefold() if character.isalnum())


def _unwrapped(value: object) -> object:
    """The content of a one-element list or a JSON string."""
    value = _decoded(value)
    for _ in range(_MAX_WRAPPERS):
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict | list):
            value = value[0]
    return value


def _decoded(value: object) -> object:
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return value
    return value


def _string(node: Schema, value: object, name: str) -> object:
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        value = "\n\n".join(value)
    if isinstance(value, dict) and len(value) == 1 and not value.keys() & _SCHEMA_WORDS:
        (value,) = value.values()
    if isinstance(value, int) and not isinstance(value, bool) and node.get("maxLength", math.inf) <= _SHORT_CHARACTERS:
        return str(value)
    if not isinstance(value, str):
        return value
    for option in node.get("enum", ()):
        if isinstance(option, str) and option.casefold() == value.strip().casefold():
            return option
    return _unlabelled(value, name)


def _unlabelled(text: str, name: str) -> str:
    """The text without its field's name in front, as in "**Backstory:** Born on a barge ..." """
    label = re.escape(name).replace("_", "[ _]")
    return re.sub(rf"\A\s*[*_#\s]*{label}[*_]*\s*[:\uff1a][*_]*\s+(?=\S)", "", text, flags=re.IGNORECASE)


def _integer(value: object) -> object:
    """The value as a whole number if it is one in any notation."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value.strip().partition(".")[0])
    return value
