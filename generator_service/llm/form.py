"""The form of an answer with several parts: an object with a field for each part.

A part whose schema has a single field is the value of that field: `{"appearance": text, "traits": {...}}`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from generator_service.llm.ask import Part


def form_of(parts: Sequence[Part]) -> type[BaseModel]:
    """The schema of the whole answer. For a single part, it is the part's own schema."""
    return parts[0].schema if len(parts) == 1 else _form(tuple((part.key, part.schema) for part in parts))


def as_object(part: Part, value: object) -> object:
    """A part of an answer with several, in the form of the part's own schema."""
    field = _only_field(part.schema)
    if field is None or (isinstance(value, dict) and field in value):
        return value
    return {field: value}


def as_value(part: Part, fields: Mapping[str, object]) -> object:
    """The opposite of `as_object`."""
    field = _only_field(part.schema)
    return fields if field is None else fields[field]


@lru_cache(maxsize=256)
def _form(parts: tuple[tuple[str, type[BaseModel]], ...]) -> type[BaseModel]:
    fields: Mapping[str, Any] = {key: _field_of(schema) for key, schema in parts}
    return create_model("Parts", __config__=ConfigDict(extra="forbid"), **fields)


def _field_of(schema: type[BaseModel]) -> Any:
    field = _only_field(schema)
    if field is None:
        return schema, ...
    info = schema.model_fields[field]
    return info.annotation, info


def _only_field(schema: type[BaseModel]) -> str | None:
    fields = list(schema.model_fields)
    return fields[0] if len(fields) == 1 else None
