"""Pydantic models as JSON Schemas that OpenAI's strict mode takes."""

from typing import Any

from pydantic import BaseModel

#: Not permitted in strict mode (string lengths) or of no use to the model. Lengths are checked after the answer.
_DROPPED = frozenset({"minLength", "maxLength", "title"})


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model without defaults, optional or free-form fields, as `registry.check` makes sure of."""
    schema: dict[str, Any] = _stripped(model.model_json_schema())
    return schema


def _stripped(node: Any, *, names_fields: bool = False) -> Any:
    """`names_fields`: the keys are names of fields, one of which may well be "title"."""
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if names_fields or key not in _DROPPED}
        return {key: _stripped(value, names_fields=key in ("properties", "$defs")) for key, value in kept.items()}
    return [_stripped(value) for value in node] if isinstance(node, list) else node
