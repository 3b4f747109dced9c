"""The parameters that several routes have, as OpenAPI describes them. Requests are checked against their bounds."""

from typing import Any


def query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def header(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": schema, "description": description}


def path_id(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


#: The value of an Idempotency-Key.
KEY_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 255}
LIMIT = query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "The most items to return.")
CURSOR = query("cursor", {"type": "string"}, "`next_cursor` of the previous page.")
IF_NONE_MATCH = header(
    "If-None-Match", {"type": "string", "examples": ['"7"']}, "The ETag of an earlier answer, a list of ETags, or `*`."
)
