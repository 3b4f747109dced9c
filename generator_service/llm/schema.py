"""Pydantic models as JSON Schemas that OpenAI's strict mode takes."""

from typing import Any

from pydantic import BaseModel

#: Not permitted in strict mode (string lengths) or of no use to the model. Lengths are checked after the answer.
_DROPPED = frozenset({"minLength", "maxLength", "title"})


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model without defaults, optional or free-form fields, as `strict_faults` makes sure of."""
    schema: dict[str, Any] = _stripped(model.model_json_schema())
    return schema


def _stripped(node: Any, *, names_fields: bool = False) -> Any:
    """`names_fields`: the keys are names of fields, one of which may well be "title"."""
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if names_fields or key not in _DROPPED}
        return {key: _stripped(value, names_fields=key in ("properties", "$defs")) for key, value in kept.items()}
    return [_stripped(value) for value in node] if isinstance(node, list) else node


def strict_faults(model: type[BaseModel]) -> list[str]:
    """Why strict mode would not take the model; empty when it does."""
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
