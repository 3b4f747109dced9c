"""Servers that reject `response_format`, in the words of real ones."""

from tests.integration.provider.case import Case, first, right
from tests.integration.provider.question import Question
from tests.integration.provider.rejection import is_any_format, is_schema, refused
from tests.integration.provider.reply import Reply, error, fastapi_error, openai_error, vllm_error


def _says_json(question: Question) -> bool:
    return question.format == "json_object" and "json" not in question.prompt.lower()


_JSON_FAILED = openai_error(
    400,
    "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.",
    code="json_validate_failed",
    failed_generation='{"names": [{"name": "Marrow',
)


NO_TYPE = openai_error(400, "This response_format type is unavailable now", code="invalid_request_error")


def _echoing(question: Question) -> Reply:
    """The complaint quotes the whole request, with every other parameter in it."""
    if not is_schema(question):
        return right(question)
    fault = {"type": "value_error", "loc": ("body",), "msg": "response_format json_schema is unknown"}
    return vllm_error(400, str([fault | {"input": question.body}]))


FORMATS = [
    refused("no-json-schema", is_schema, NO_TYPE),
    Case(name="schema-failed-at-the-provider", behave=first(_JSON_FAILED)),
    refused(
        "extra-fields-not-permitted",
        is_any_format,
        fastapi_error("response_format", message="extra fields not permitted"),
    ),
    refused(
        "unknown-variant",
        is_schema,
        error(
            422,
            "Failed to deserialize the JSON body into the target type: response_format: unknown variant `json_schema`, "
            "expected `text` or `json_object` at line 1 column 100",
        ),
    ),
    refused(
        "model-lacks-format",
        is_schema,
        openai_error(
            400,
            "This model does not support response format `json_schema`. See supported models at "
            "https://console.groq.com/docs/structured-outputs#supported-models",
        ),
    ),
    refused(
        "leave-it-unset",
        is_any_format,
        error(
            400,
            {
                "code": "Client specified an invalid argument",
                "error": "The response_format parameter is unsupported at the moment. Leave it unset.",
            },
        ),
        extra=2,
    ),
    refused(
        "only-text",
        is_any_format,
        error(
            400,
            {
                "message": "type: Input should be 'text'",
                "type": "invalid_request_error",
                "param": "validation_error",
                "code": "wrong_api_format",
            },
        ),
        extra=3,
    ),
    refused(
        "old-api-version",
        is_schema,
        openai_error(
            400, "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later"
        ),
    ),
    refused(
        "no-endpoints",
        is_schema,
        error(
            404,
            {
                "error": {
                    "message": "No endpoints found that can handle the requested parameters. To learn more about "
                    "provider routing, visit: https://openrouter.ai/docs/provider-routing",
                    "code": 404,
                }
            },
        ),
    ),
    refused(
        "gateway-knows-no-format",
        is_any_format,
        openai_error(
            400,
            "litellm.UnsupportedParamsError: palm does not support parameters: ['response_format'], for model=x. To "
            "drop these, set `litellm.drop_params=True`",
            code="400",
            type="None",
        ),
        extra=2,
    ),
    refused(
        "must-say-json",
        lambda q: is_schema(q) or _says_json(q),
        openai_error(
            400,
            "<400> InternalError.Algo.InvalidParameter: 'messages' must contain the word 'json' in some form, to use "
            "'response_format' of type 'json_object'.",
        ),
    ),
    refused(
        "no-schema-and-no-object",
        is_any_format,
        error(400, {"error": "'response_format.type' must be 'text'"}),
        extra=3,
    ),
    refused(
        "literal-error",
        is_schema,
        vllm_error(
            400,
            "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or "
            "'json_object'\", 'input': 'json_schema', 'ctx': {'expected': \"'text' or 'json_object'\"}}]",
        ),
    ),
    Case(name="whole-request-echoed", behave=_echoing, is_remembered=True),
    refused(
        "provider-returned-error",
        is_schema,
        error(
            400,
            {
                "error": {
                    "message": "Provider returned error",
                    "code": 400,
                    "metadata": {
                        "raw": '{"error":{"message":"This response_format type is unavailable now"}}',
                        "provider_name": "DeepSeek",
                    },
                }
            },
        ),
    ),
    refused(
        "parameter-in-chinese",
        is_schema,
        error(400, {"error": {"code": "1214", "message": "response_format.type 参数非法"}}),
    ),
    refused(
        "json-schema-model",
        is_schema,
        error(
            400,
            {
                "success": False,
                "result": {},
                "errors": [{"message": "AiError: This model doesn't support JSON Schema.", "code": 5025}],
            },
        ),
    ),
    refused(
        "at-body-response-format",
        is_any_format,
        error(
            400,
            {
                "error": {
                    "message": "[\"At body -> response_format -> ResponseFormatText -> type: Input should be 'text'\"]",
                    "code": 400,
                }
            },
        ),
        extra=3,
    ),
    refused("bad-request-and-no-word", is_schema, error(400, {"error": {"message": "Bad Request"}}), extra=4),
    refused("no-body-at-all", is_schema, error(400, None), extra=4),
    refused("extra-not-allowed-in-vllm", is_any_format, fastapi_error("response_format"), extra=3),
]
