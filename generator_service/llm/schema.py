"""JSON Schemas of pydantic models: in full, for strict mode, with basic keywords only, and as an outline."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

#: Not allowed in OpenAI's strict mode (string lengths), or useless to the model. Lengths are checked in the answer.
_DROPPED = frozenset({"minLength", "maxLength", "title"})
#: Keywords that providers without full support accept.
_BASIC = frozenset({"type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf"})

#: How many entries of a list an outline shows.
_MAX_SHOWN = 3

Schema = Mapping[str, Any]


@lru_cache(maxsize=256)
def full_schema(model: type[BaseModel]) -> Schema:
    """The schema with all limits, for checking answers. Do not modify it."""
    return model.model_json_schema()


@lru_cache(maxsize=256)
def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema for strict mode. `strict_faults` says whether the model is suitable. Do not modify it."""
    schema: dict[str, Any] = _stripped(full_schema(model))
    return schema


@lru_cache(maxsize=256)
def basic_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema with types, fields and required fields only, without references. Do not modify it."""
    full = full_schema(model)
    schema: dict[str, Any] = _basic(full, full.get("$defs", {}))
    return schema


@lru_cache(maxsize=256)
def outline(model: type[BaseModel]) -> str:
    """The schema in the notation that models read best: `{"traits": [text, text, text], "flaw": {"name": text}}`."""
    full = full_schema(model)
    return _outline(full, full.get("$defs", {}))


def _stripped(node: Any, *, names_fields: bool = False) -> Any:
    """`names_fields`: the keys are names of fields, such as "title", not keywords."""
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if names_fields or key not in _DROPPED}
        return {key: _stripped(value, names_fields=key in ("properties", "$defs")) for key, value in kept.items()}
    return [_stripped(value) for value in node] if isinstance(node, list) else node


def _basic(node: Any, definitions: Schema, *, names_fields: bool = False) -> Any:
    if isinstance(node, list):
        return [_basic(value, definitions) for value in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _basic(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return {
        key: _basic(value, definitions, names_fields=key == "properties")
        for key, value in node.items()
        if names_fields or key in _BASIC
    }


def _outline(node: Schema, definitions: Schema) -> str:
    if "$ref" in node:
        return _outline(definitions[node["$ref"].rpartition("/")[2]], definitions)
    if "enum" in node:
        return " or ".join(json.dumps(option, ensure_ascii=False) for option in node["enum"])
    match node.get("type"):
        case "object":
            fields = (f'"{name}": {_outline(field, definitions)}' for name, field in node["properties"].items())
            return "{" + ", ".join(fields) + "}"
        case "array":
            return _list_outline(_outline(node["items"], definitions), node.get("minItems", 1))
        case "integer" if "minimum" in node and "maximum" in node:
            return f"whole number {node['minimum']} to {node['maximum']}"
        case kind:
            return {"string": "text", "integer": "whole number"}.get(kind or "", "value")


def text_fields(model: type[BaseModel]) -> set[str]:
    """The paths of all texts, as a `Standard` names them: "flaw.description", "traits[]"."""
    full = full_schema(model)
    return set(_text_fields(full, full.get("$defs", {}), ""))


def _text_fields(node: Schema, definitions: Schema, path: str) -> Iterator[str]:
    if "$ref" in node:
        yield from _text_fields(definitions[node["$ref"].rpartition("/")[2]], definitions, path)
    elif "enum" not in node and node.get("type") == "string":
        yield path
    elif "items" in node:
        yield from _text_fields(node["items"], definitions, f"{path}[]")
    for name, field in node.get("properties", {}).items():
        yield from _text_fields(field, definitions, f"{path}.{name}" if path else name)


def _list_outline(entry: str, count: int) -> str:
    shown = [entry] * min(count, _MAX_SHOWN)
    return f"[{', '.join(shown)}{'' if 0 < count <= _MAX_SHOWN else ', ...'}]"


def strict_faults(model: type[BaseModel]) -> list[str]:
    """Why strict mode would reject the model. Empty if it accepts it."""
    schema = strict_schema(model)
    objects = {"answer": schema} | schema.get("$defs", {})
    return [f"{name}: {fault}" for name, node in objects.items() for fault in _object_faults(node)]


def _object_faults(node: dict[str, Any]) -> list[str]:
    properties = node.get("properties", {})
    if node.get("type") != "object":
        return []
    faults = [] if node.get("additionalProperties") is False else ["must forbid unknown fields"]
    faults += [f"{name} must be required" for name in properties if name not in node.get("required", [])]
    free = [
        name
        for name, field in properties.items()
        if "additionalProperties" in field or not field.keys() - {"description"}
    ]
    return faults + [f"{name} must not be free-form" for name in free]
