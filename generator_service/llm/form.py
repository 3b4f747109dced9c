"""The form of an answer with several parts: an object with a field for each part.

A part whose schema has a single field is the value of that field: `{"appearance": text, "traits": {...}}`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from generator_service.llm.ask import Part


@lru_cache(maxsize=256)
def form_of(parts: tuple[Part, ...]) -> type[BaseModel]:
    """The schema of the whole answer. That of a single part is the part's own."""
    if len(parts) == 1:
        return parts[0].schema
    fields: Mapping[str, Any] = {part.key: _field_of(part) for part in parts}
    return create_model("Parts", __config__=ConfigDict(extra="forbid"), **fields)


def as_object(part: Part, value: object) -> object:
    """A part of an answer with several, in the form of the part's own schema."""
    field = _only_field(part)
    if field is None or (isinstance(value, dict) and field in value):
        return value
    return {field: value}


def _field_of(part: Part) -> Any:
    field = _only_field(part)
    if field is None:
        return part.schema, ...
    info = part.schema.model_fields[field]
    return info.annotation, info


def _only_field(part: Part) -> str | None:
    fields = list(part.schema.model_fields)
    return fields[0] if len(fields) == 1 else None
