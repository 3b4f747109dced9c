"""Requests that a provider refuses because of their content, in the words of real ones."""

from tests.integration.provider.case import shows
from tests.integration.provider.failure import final, no_choice, wrapped
from tests.integration.provider.reply import error, openai_error

_FLAGGED = error(
    403,
    {
        "error": {
            "message": "openai/gpt-4o requires moderation. Your input was flagged",
            "code": 403,
            "metadata": {"reasons": ["violence"], "flagged_input": "noir", "provider_name": "OpenAI"},
        }
    },
)


REFUSALS = [
    final("moderation", "refused", _FLAGGED),
    final(
        "invalid-prompt",
        "refused",
        openai_error(
            400,
            "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with "
            "a different prompt.",
            code="invalid_prompt",
        ),
    ),
    final("content-exists-risk", "refused", openai_error(400, "Content Exists Risk", code="invalid_request_error")),
    final(
        "azure-content-filter",
        "refused",
        error(
            400,
            {
                "error": {
                    "message": "The response was filtered due to the prompt triggering Azure OpenAI's content "
                    "management policy. Please modify your prompt and retry.",
                    "type": None,
                    "param": "prompt",
                    "code": "content_filter",
                    "status": 400,
                    "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}},
                }
            },
        ),
    ),
    final(
        "data-inspection",
        "refused",
        error(
            400,
            {
                "error": {
                    "code": "data_inspection_failed",
                    "param": None,
                    "message": "Input data may contain inappropriate content.",
                    "type": "data_inspection_failed",
                },
                "id": "chatcmpl-1",
            },
        ),
    ),
    final(
        "usage-guidelines",
        "refused",
        error(
            403,
            {
                "code": "The caller does not have permission to execute the specified operation",
                "error": "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_DATA_LEAKAGE",
            },
        ),
    ),
    final(
        "high-risk",
        "refused",
        openai_error(400, "The request was rejected because it was considered high risk", type="content_filter"),
    ),
    final(
        "moderation-in-a-200",
        "refused",
        wrapped(
            {
                "code": 403,
                "message": "x requires moderation. Your input was flagged",
                "metadata": {"reasons": ["sexual"]},
            }
        ),
    ),
    final(
        "prohibited-content",
        "refused",
        no_choice(
            choices=[
                {"index": 0, "finish_reason": "content_filter: PROHIBITED_CONTENT", "message": {"role": "assistant"}}
            ]
        ),
    ),
    final("filtered-answer", "refused", shows(lambda _: {"content": None}, "content_filter")),
    final("refusal-field", "refused", shows(lambda _: {"content": None, "refusal": "I can't help with that."})),
    final(
        "sensitive-in-chinese",
        "refused",
        error(400, {"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容"}}),
    ),
    final(
        "policy-of-a-gateway",
        "refused",
        openai_error(400, "litellm.ContentPolicyViolationError: The prompt was blocked.", code="400"),
    ),
    final(
        "safety-system",
        "refused",
        openai_error(
            400, "Your request was rejected as a result of our safety system.", code="content_policy_violation"
        ),
    ),
    final("guardrail", "refused", shows(lambda _: {"content": "Blocked."}, "guardrail_intervened")),
    final("finish-refusal", "refused", shows(lambda _: {"content": ""}, "refusal")),
    final(
        "finish-safety",
        "refused",
        no_choice(choices=[{"index": 0, "finish_reason": "SAFETY", "message": {"role": "assistant", "content": None}}]),
    ),
    final("filter-in-a-200", "refused", wrapped({"code": "content_filter", "message": "The response was filtered."})),
]
