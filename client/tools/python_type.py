"""The Python type of a JSON schema. Fails on what it does not know: a schema must not become a wrong type."""

import json
import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

#: Where a class has another name than its schema, or the schema is part of another and has none.
_NAMES = {
    "JobBody": "JobState",
    "RewrittenPieceBody.piece": "PieceText",
    "RewrittenWorldBody.world": "WorldText",
    "PrintableJson": "JsonValue",
    "WebhookBody": "DefaultWebhook",
}
_SCALARS = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_FORMATS = {"date-time": "datetime", "date": "date"}


class References:
    """What schemas refer to."""

    _FOUND = re.compile(r'"#/components/schemas/([^"]+)"')

    @classmethod
    def of(cls, schema: Schema) -> list[str]:
        return cls._FOUND.findall(json.dumps(schema))


def class_name(schema: str) -> str:
    """`PieceBody` becomes `Piece`."""
    return _NAMES.get(schema) or schema.removesuffix("Body")


def annotation(schema: Schema, *, sent: bool = False) -> str:
    """The type as source text. `sent`: of a value that the client sends, which may be any sequence or mapping."""
    if reference := schema.get("$ref"):
        name = class_name(reference.rpartition("/")[2])
        return f"{name} | WrittenPiece" if name == "GivenPiece" else name
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(annotation(each, sent=sent) for each in schema["anyOf"]))
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]{'' if sent else ' | str'}"
    return _of_type(schema, sent=sent) if schema else "JsonValue"


def _of_type(schema: Schema, *, sent: bool) -> str:
    match schema["type"]:
        case "string":
            return "str" if sent else _FORMATS.get(schema.get("format", ""), "str")
        case "array":
            return f"{'Sequence' if sent else 'list'}[{annotation(schema['items'], sent=sent)}]"
        case "object":
            return f"{'Mapping' if sent else 'dict'}[str, {_values(schema, sent=sent)}]"
        case scalar:
            return _SCALARS[scalar]


def _values(schema: Schema, *, sent: bool) -> str:
    if patterns := schema.get("patternProperties"):
        (inner,) = patterns.values()
    else:
        inner = schema["additionalProperties"]
    return annotation(inner, sent=sent)
