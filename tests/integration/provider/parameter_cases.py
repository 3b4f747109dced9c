"""Servers that reject a limit or another parameter, in the words of real ones."""

import json
import math

from tests.integration.provider.case import RELICS, Case, first_for, refuses, right
from tests.integration.provider.question import Question
from tests.integration.provider.rejection import longer_than, refused, sends_field
from tests.integration.provider.reply import (
    Reply,
    answer,
    completion,
    error,
    fastapi_error,
    gemini_error,
    openai_error,
    vllm_error,
)


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


def _small_context(question: Question) -> Reply:
    """A model with 2,048 tokens for prompt and answer. The prompt has 0.6 tokens per byte."""
    size, prompt, limit = 2048, math.ceil(len(question.prompt.encode()) * 0.6), question.limit or 0
    if prompt + limit <= size:
        return right(question)
    return vllm_error(
        400,
        f"'max_tokens' or 'max_completion_tokens' is too large: {limit}. This model's maximum context length is {size} "
        f"tokens and your request has {prompt} input tokens ({limit} > {size} - {prompt}). (parameter=max_tokens, "
        f"value={limit})",
    )


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


_NO_STREAM_OPTIONS = error(400, {"error": {"message": "property 'stream_options' is unsupported"}})
_NO_STREAM = openai_error(
    400, "Unsupported value: 'stream' does not support true with this model.", param="stream", code="unsupported_value"
)


RENAMED = openai_error(
    400,
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    param="max_tokens",
    code="unsupported_parameter",
)


PARAMETERS = [
    Case(
        name="context-too-long",
        behave=refuses(_short_of_context, _CONTEXT, first_for("description", _runaway)),
    ),
    refused("max-tokens-renamed", sends_field("max_tokens"), RENAMED),
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
    Case(name="limit-beyond-the-context", behave=_small_context, extra=2, is_remembered=True),
    *(
        # The calls of both pieces are rejected before one of them has found out.
        refused(name, sends_field(field), reply, extra=2)
        for name, field, reply in (
            ("stream-options-forbidden", "stream_options", fastapi_error("stream_options")),
            ("include-usage-forbidden", "stream_options", fastapi_error("stream_options", "include_usage")),
            ("stream-options-unsupported", "stream_options", _NO_STREAM_OPTIONS),
            ("stream-unsupported", "stream", _NO_STREAM),
            ("stream-rejected-without-a-word", "stream", error(400, {"error": {"message": "Bad Request"}})),
        )
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
    refused(
        "range-of-max-tokens",
        longer_than(700),
        openai_error(400, "<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 700]"),
        extra=2,
    ),
    refused(
        "less-than-or-equal",
        longer_than(800),
        openai_error(
            400,
            "`max_completion_tokens` must be less than or equal to `800`, the maximum value for "
            "`max_completion_tokens` is less than the `context_window` for this model",
        ),
        extra=2,
    ),
    refused(
        "parameters-by-name",
        sends_field("max_completion_tokens"),
        error(400, {"message": "property 'max_completion_tokens' is unsupported", "type": "invalid_request_error"}),
    ),
    refused(
        "temperature-deprecated",
        sends_field("temperature"),
        openai_error(400, "`temperature` is deprecated for this model."),
        settings={"LLM_TEMPERATURE": "0.7"},
    ),
    refused(
        "effort-value",
        sends_field("reasoning_effort"),
        openai_error(
            400,
            "Unsupported value: 'reasoning_effort' does not support 'low' with this model.",
            param="reasoning_effort",
        ),
        settings={"LLM_REASONING_EFFORT": "low"},
    ),
]
