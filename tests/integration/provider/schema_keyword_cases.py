"""Servers that reject parts of the schema in `response_format`, in the words of real ones."""

from tests.integration.provider.rejection import has_keyword, is_schema, is_strict, refused
from tests.integration.provider.reply import error, fastapi_error, gemini_error, openai_error, vllm_error

_NO_MIN_ITEMS = openai_error(
    400,
    "Invalid schema for response_format 'relic_names': In context=('properties', 'names'), 'minItems' is not "
    "permitted.",
    param="response_format",
)


SCHEMA_KEYWORDS = [
    refused("fewer-keywords", has_keyword("minItems", "maxItems"), _NO_MIN_ITEMS),
    refused(
        "strict-not-permitted",
        is_strict,
        fastapi_error("response_format", "json_schema", "strict"),
    ),
    refused(
        "unsupported-schema-fields",
        has_keyword("minItems", "maxItems"),
        error(
            400,
            {
                "message": "Unsupported JSON schema fields: {'minItems', 'maxItems'}",
                "type": "invalid_request_error",
                "param": "response_format",
                "code": "wrong_api_format",
            },
        ),
    ),
    refused(
        "min-items-not-supported",
        has_keyword("minItems"),
        openai_error(
            400, "invalid schema for response format: response_format/json_schema/names: minItems is not supported"
        ),
    ),
    refused(
        "unknown-name-additional-properties",
        has_keyword("additionalProperties"),
        gemini_error(
            400,
            'Invalid JSON payload received. Unknown name "additionalProperties" at '
            "'generation_config.response_schema': Cannot find field.",
            "INVALID_ARGUMENT",
        ),
        extra=2,
    ),
    refused(
        "grammar-not-parsed",
        has_keyword("minItems", "minimum", "$defs", "additionalProperties"),
        error(400, {"error": {"code": 400, "message": "failed to parse grammar", "type": "invalid_request_error"}}),
        extra=2,
    ),
    refused(
        "references-not-resolved",
        has_keyword("$ref", "$defs"),
        openai_error(
            400, "Invalid schema for response_format 'relic_names': '$ref' is not permitted.", param="response_format"
        ),
        extra=2,
    ),
    refused(
        "grammar-fails-inside",
        is_schema,
        vllm_error(500, "failed to load model vocabulary required for format", "InternalServerError"),
        extra=6,
    ),
]
