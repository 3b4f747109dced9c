"""A JSON Schema as one phrase, or as a table of its fields, in Markdown."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "maxLength": "up to {} characters",
    "maxItems": "at most {} entries",
}
_COMPONENT = "#/components/schemas/"


def cell(text: str) -> str:
    """Text for one cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def of_schema(schema: Json) -> str:
    """What values the schema permits, in a phrase: `integer, at most 10`."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix(_COMPONENT)
        return f"[{name}](#{name.lower()})"
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(map(of_schema, choices)))
    if "const" in schema:
        return f"`{schema['const']}`"
    if values := schema.get("enum"):
        return ", ".join(f"`{value}`" for value in values)
    return ", ".join([_kind(schema), *_limits(schema)])


def _kind(schema: Json) -> str:
    match schema.get("type"):
        case "array":
            return f"list of {of_schema(schema.get('items', {}))}"
        case "object" if schema.get("additionalProperties"):
            return f"object of {of_schema(_values(schema))}"
        case str() as name:
            return f"{name} ({schema['format']})" if "format" in schema else name
    return "any JSON"


def _values(schema: Json) -> Json:
    values = schema["additionalProperties"]
    return values if isinstance(values, dict) else {}


def _limits(schema: Json) -> Iterator[str]:
    for name, phrase in _LIMITS.items():
        if name in schema:
            yield phrase.format(schema[name])


def schema_rows(schema: Json) -> Iterator[str]:
    """The fields of an object as a table; anything else as a phrase."""
    if not (fields := schema.get("properties")):
        yield of_schema(schema)
        return
    required = schema.get("required", ())
    yield "| field | type | meaning |\n|---|---|---|"
    for name, field in fields.items():
        default = field.get("default")
        notes = [
            field.get("description", ""),
            "Required." if name in required else "",
            f"Default: `{default}`." if default is not None else "",
        ]
        yield f"| `{name}` | {of_schema(field)} | {cell(' '.join(filter(None, notes)))} |"
