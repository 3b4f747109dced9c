"""Requests that a server rejects, in the words of real ones, and what it accepts instead."""

import json
from collections.abc import Callable
from typing import Any

from tests.provider.case import RELICS, Case, babbles, first, first_for, refuses, right
from tests.provider.question import Question
from tests.provider.reply import Reply, answer, completion, error, fastapi_error, gemini_error, openai_error, vllm_error
from tests.provider.server import Behaviour

When = Callable[[Question], bool]


def is_schema(question: Question) -> bool:
    return question.format == "json_schema"


def is_any_format(question: Question) -> bool:
    return "response_format" in question.body


def is_strict(question: Question) -> bool:
    return is_schema(question) and "strict" in question.body["response_format"]["json_schema"]


def has_system(question: Question) -> bool:
    return bool({"system", "developer"} & set(question.roles))


def sends_field(name: str) -> When:
    return lambda question: question.body.get(name) is not None


def has_keyword(*keywords: str) -> When:
    """Whether the schema of `response_format` has one of these words."""
    return lambda q: (
        is_schema(q)
        and any(
            f'"{keyword}"' in json.dumps(q.body["response_format"]["json_schema"]["schema"]) for keyword in keywords
        )
    )


def longer_than(limit: int) -> When:
    return lambda question: (question.limit or 0) > limit


def refused(name: str, when: When, reply: Reply, *, then: Behaviour = right, extra: int = 1, **more: Any) -> Case:
    """A rejection is remembered."""
    return Case(name=name, behave=refuses(when, reply, then), extra=extra, is_remembered=True, **more)


def _says_json(question: Question) -> bool:
    return question.format == "json_object" and "json" not in question.prompt.lower()


def _needs_thought(question: Question) -> Reply:
    """A model that thinks for 1,500 tokens before each answer, within the limit."""
    thought, text = 1500, json.dumps(question.value)
    body = completion(question, text, reasoning_content="They want a relic. " * 50)
    detail = {"completion_tokens_details": {"reasoning_tokens": thought}}
    if question.limit is not None and question.limit < thought + len(text) // 4:
        body = completion(question, "", finish_reason="length", reasoning_content="They want a relic. " * 50)
        body["usage"] |= detail | {"completion_tokens": question.limit}
        return answer(body)
    body["usage"] |= detail | {"completion_tokens": thought + len(text) // 4}
    return answer(body, question.value)


def _runaway(question: Question) -> Reply:
    """Far more than the limit permits."""
    return answer(completion(question, None) | {"choices": [_RUNAWAY_CHOICE]})


def _short_of_context(question: Question) -> bool:
    return len(question.prompt) > 16_000


_RUNAWAY_CHOICE = {
    "index": 0,
    "finish_reason": "length",
    "message": {"role": "assistant", "content": '{"description": "' + "The relic hums. " * 3125},
}
_CONTEXT = openai_error(
    400,
    "This model's maximum context length is 4096 tokens. However, your messages resulted in 13512 tokens. Please "
    "reduce the length of the messages.",
    code="context_length_exceeded",
    param="messages",
)
_ALTERNATE = vllm_error(400, "Conversation roles must alternate user/assistant/user/assistant/...")
_JSON_FAILED = openai_error(
    400,
    "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.",
    code="json_validate_failed",
    failed_generation='{"names": [{"name": "Marrow',
)
_NO_TYPE = openai_error(400, "This response_format type is unavailable now", code="invalid_request_error")
_NO_SYSTEM = vllm_error(400, "System role not supported")
_NO_MIN_ITEMS = openai_error(
    400,
    "Invalid schema for response_format 'relic_names': In context=('properties', 'names'), 'minItems' is not "
    "permitted.",
    param="response_format",
)
_RENAMED = openai_error(
    400,
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    param="max_tokens",
    code="unsupported_parameter",
)

REPORTED = [
    refused("no-json-schema", is_schema, _NO_TYPE),
    refused("fewer-keywords", has_keyword("minItems", "maxItems"), _NO_MIN_ITEMS),
    refused("no-system-role", has_system, _NO_SYSTEM),
    Case(
        name="roles-must-alternate",
        behave=refuses(lambda q: not q.alternates, _ALTERNATE, first(babbles(""))),
    ),
    Case(
        name="context-too-long",
        behave=refuses(_short_of_context, _CONTEXT, first_for("description", _runaway)),
    ),
    Case(name="schema-failed-at-the-provider", behave=first(_JSON_FAILED)),
    refused(
        "extra-fields-not-permitted",
        is_any_format,
        fastapi_error("response_format", message="extra fields not permitted"),
    ),
    refused("max-tokens-renamed", sends_field("max_tokens"), _RENAMED),
    refused(
        "max-completion-tokens-unknown",
        sends_field("max_completion_tokens"),
        openai_error(400, "Unrecognized request argument supplied: max_completion_tokens"),
    ),
    refused(
        "temperature-fixed",
        sends_field("temperature"),
        openai_error(
            400,
            "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is "
            "supported.",
            param="temperature",
            code="unsupported_value",
        ),
        settings={"LLM_TEMPERATURE": "0.7"},
    ),
]

#: response_format
FORMATS = [
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
        "strict-not-permitted",
        is_strict,
        fastapi_error("response_format", "json_schema", "strict"),
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
        "must-say-json",
        lambda q: is_schema(q) or _says_json(q),
        openai_error(
            400,
            "<400> InternalError.Algo.InvalidParameter: 'messages' must contain the word 'json' in some form, to use "
            "'response_format' of type 'json_object'.",
        ),
    ),
    refused(
        "grammar-not-parsed",
        has_keyword("minItems", "minimum", "$defs", "additionalProperties"),
        error(400, {"error": {"code": 400, "message": "failed to parse grammar", "type": "invalid_request_error"}}),
        extra=2,
    ),
    refused(
        "no-schema-and-no-object",
        is_any_format,
        error(400, {"error": "'response_format.type' must be 'text'"}),
        extra=3,
    ),
]

#: The roles of messages.
ROLES = [
    refused(
        "system-unsupported-value",
        has_system,
        openai_error(
            400,
            "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
            param="messages[0].role",
            code="unsupported_value",
        ),
    ),
    refused(
        "no-developer-instruction",
        has_system,
        gemini_error(400, "Developer instruction is not enabled for models/gemma-3-27b-it", "INVALID_ARGUMENT"),
    ),
    refused("alternation-without-system", has_system, _ALTERNATE),
    Case(
        name="no-empty-assistant",
        behave=refuses(
            lambda q: "assistant" in q.roles and not q.alternates,
            openai_error(400, "Assistant message must have either content or tool_calls, but not none."),
            first(babbles(None)),
        ),
    ),
    Case(
        name="no-blank-text",
        behave=refuses(
            lambda q: not q.alternates,
            openai_error(400, "messages: text content blocks must contain non-whitespace text"),
            first(babbles(" \n\n ")),
        ),
    ),
]

#: Limits and other parameters.
PARAMETERS = [
    refused(
        "max-completion-tokens-forbidden",
        sends_field("max_completion_tokens"),
        error(
            422,
            {
                "object": "error",
                "message": {
                    "detail": [
                        {
                            "type": "extra_forbidden",
                            "loc": ["body", "max_completion_tokens"],
                            "msg": "Extra inputs are not permitted",
                            "input": 32000,
                        }
                    ]
                },
                "type": "invalid_request_error",
                "param": None,
                "code": None,
            },
        ),
    ),
    refused(
        "max-completion-tokens-unknown-name",
        sends_field("max_completion_tokens"),
        gemini_error(
            400,
            'Invalid JSON payload received. Unknown name "max_completion_tokens": Cannot find field.',
            "INVALID_ARGUMENT",
        ),
    ),
    refused(
        "limit-too-large",
        longer_than(600),
        openai_error(
            400,
            "max_tokens is too large: 4096. This model supports at most 600 completion tokens, whereas you "
            "provided 4096.",
            param="max_tokens",
            code="invalid_value",
        ),
        extra=2,
    ),
    refused(
        "limit-beyond-the-context",
        longer_than(600),
        vllm_error(
            400,
            "'max_tokens' or 'max_completion_tokens' is too large: 1024. This model's maximum context length is 2048 "
            "tokens and your request has 1448 input tokens (1024 > 2048 - 1448). (parameter=max_tokens, value=1024)",
        ),
        extra=2,
    ),
    refused(
        "reasoning-effort-unknown",
        sends_field("reasoning_effort"),
        openai_error(400, "Unrecognized request argument supplied: reasoning_effort"),
        settings={"LLM_REASONING_EFFORT": "low"},
    ),
    refused(
        "reasoning-effort-unsupported",
        sends_field("reasoning_effort"),
        openai_error(
            400,
            "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
            code="unsupported_parameter",
        ),
        settings={"LLM_REASONING_EFFORT": "low"},
    ),
    Case(name="thinking-within-the-limit", behave=_needs_thought, work=RELICS, extra=2, is_remembered=True),
]

#: More than one thing at once.
TOGETHER = [
    refused(
        "nothing-is-taken",
        is_any_format,
        openai_error(400, "Unrecognized request argument supplied: response_format"),
        then=refuses(
            has_system,
            _NO_SYSTEM,
            refuses(sends_field("max_completion_tokens"), fastapi_error("max_completion_tokens")),
        ),
        extra=5,
    ),
    refused(
        "schema-then-role-then-limit",
        sends_field("max_tokens"),
        _RENAMED,
        then=refuses(is_schema, _NO_TYPE, refuses(has_system, _NO_SYSTEM)),
        extra=3,
    ),
]
KIN = [*FORMATS, *ROLES, *PARAMETERS, *TOGETHER]
