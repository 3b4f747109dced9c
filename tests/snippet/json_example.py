"""Whether JSON in a document has the shape of the API's answers, as the OpenAPI document describes them."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from chalicelib.api.router import document

Json = dict[str, Any]


def differences(example: object, schema: str) -> list[str]:
    """What is in the example and not in the schema, or has another type. The example may leave out fields."""
    root = _contract()
    if schema not in root["components"]["schemas"]:
        return [f"the OpenAPI document has no schema {schema}"]
    validator = Draft202012Validator(root | {"$ref": f"#/components/schemas/{schema}"})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(example)]


@cache
def _contract() -> Json:
    components: Json = document(tokens_required=False)["components"]
    return {"components": _as_example(components)}


def _as_example(schema: Any) -> Any:
    """The schema with no field required and no unknown field permitted."""
    match schema:
        case list():
            return [_as_example(entry) for entry in schema]
        case {"properties": dict(), **rest} if "oneOf" not in rest and "anyOf" not in rest:
            open_schema = {key: _as_example(value) for key, value in schema.items() if key != "required"}
            return {"additionalProperties": False} | open_schema
        case dict():
            return {key: _as_example(value) for key, value in schema.items()}
    return schema
