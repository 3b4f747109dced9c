"""Errors, in the words of real servers: what is final, what is temporary, and whose fault it is."""

from dataclasses import replace
from typing import Any

from tests.provider.case import Case, always, babbles, first, shows
from tests.provider.question import Question
from tests.provider.reply import Reply, answer, completion, error, gemini_error, openai_error, vllm_error
from tests.provider.server import Behaviour

#: What the generator's log must name for the operators.
MODEL = ("OPENAI_MODEL", "gpt-4o-mini")
ADDRESS = ("OPENAI_BASE_URL",)


def final(name: str, code: str, reply: Reply | Behaviour, *, most: int = 1, logs: tuple[str, ...] = ()) -> Case:
    """Every request gets this; the first one decides."""
    behave = always(reply) if isinstance(reply, Reply) else reply
    return Case(name=name, behave=behave, ends=(code,), most=most, logs=logs)


def passing(name: str, *replies: Reply | Behaviour) -> Case:
    """The first requests get these, and the job completes."""
    return Case(name=name, behave=first(*replies), extra=len(replies))


def wrapped(fault: Any) -> Reply:
    """An error in the body of a 200."""
    return replace(answer({"error": fault}), tokens=0)


def no_choice(**fields: Any) -> Behaviour:
    """A completion without content."""

    def behave(question: Question) -> Reply:
        return replace(answer(completion(question, None) | fields), tokens=0)

    return behave


def _failed_choice(question: Question) -> Reply:
    body = completion(question, "", finish_reason="error")
    body["choices"][0]["error"] = {"code": 502, "message": "Upstream error from Chutes: no response"}
    return replace(answer(body), tokens=0)


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
_TPM = openai_error(
    413,
    "Request too large for model `llama-3.3-70b-versatile` in organization `org_01` service tier `on_demand` on tokens "
    "per minute (TPM): Limit 12000, Requested 14137, please reduce your message size and try again.",
    type="tokens",
    code="rate_limit_exceeded",
)
_NO_DEPLOYMENT = error(
    404,
    {
        "error": {
            "code": "DeploymentNotFound",
            "message": "The API deployment for this resource does not exist. If you created the deployment within the "
            "last 5 minutes, please wait a moment and try again.",
        }
    },
)
_PAGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Please wait</body></html>"
_DATE = "Wed, 21 Oct 2015 07:28:00 GMT"

REPORTED = [
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
    final("key-refused-in-a-200", "provider_auth", wrapped({"message": "User not found.", "code": 401})),
    passing("rate-limit-in-a-200", wrapped({"message": "Provider returned error", "code": 429})),
    passing("dependency-failed", error(424, {"error": "Request failed during generation", "error_type": "generation"})),
    passing("closed-by-client", error(499, {"error": {"message": "The operation was cancelled.", "code": 499}})),
    passing("deployment-too-new", _NO_DEPLOYMENT),
    passing("tokens-per-minute", _TPM),
    final(
        "model-not-pulled",
        "provider_bad_request",
        error(404, {"error": {"message": 'model "gpt-4o-mini" not found, try pulling it first', "type": "api_error"}}),
        logs=MODEL,
    ),
    passing("timeout-at-the-edge", error(524, "<html><body>error code: 524</body></html>")),
    passing(
        "overloaded", error(529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    ),
    passing("rate-limit-without-body", error(429, None)),
    passing("retry-after-as-a-date", error(429, {"error": {"message": "Slow down"}}, retry_after=_DATE)),
    passing("page-in-a-200", replace(answer(_PAGE.encode(), content_type="text/html"), tokens=0)),
]

REFUSALS = [
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
]

ACCOUNTS = [
    final(
        "key-wrong",
        "provider_auth",
        openai_error(401, "Incorrect API key provided: sk-a-v***-key.", code="invalid_api_key"),
    ),
    final(
        "key-not-valid",
        "provider_auth",
        gemini_error(
            400,
            "API key not valid. Please pass a valid API key.",
            "INVALID_ARGUMENT",
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"},
        ),
    ),
    final("key-may-not", "provider_auth", error(403, {"error": {"message": "Forbidden", "code": "forbidden"}})),
    final(
        "no-quota",
        "provider_quota",
        openai_error(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            code="insufficient_quota",
        ),
    ),
    final("no-balance", "provider_quota", openai_error(402, "Insufficient Balance", type="unknown_error")),
    final(
        "credit-too-low",
        "provider_quota",
        openai_error(400, "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."),
    ),
    final("no-credit-in-a-200", "provider_quota", wrapped({"message": "Insufficient credits", "code": 402})),
    passing(
        "quota-of-a-minute",
        gemini_error(
            429,
            "You exceeded your current quota, please check your plan and billing details. Please retry in 0.2s.",
            "RESOURCE_EXHAUSTED",
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.2s"},
        ),
    ),
]

MODELS = [
    final(
        "model-does-not-exist",
        "provider_bad_request",
        openai_error(
            404, "The model `gpt-4o-mini` does not exist or you do not have access to it.", code="model_not_found"
        ),
        logs=MODEL,
    ),
    final(
        "model-not-exist",
        "provider_bad_request",
        openai_error(400, "Model Not Exist", code="invalid_request_error"),
        most=2,
        logs=MODEL,
    ),
    final(
        "model-invalid",
        "provider_bad_request",
        error(
            400, {"object": "error", "message": "Invalid model: gpt-4o-mini", "type": "invalid_model", "code": "1500"}
        ),
        most=2,
        logs=MODEL,
    ),
    final("redirect", "provider_bad_request", error(307, None, location="/api/v1/chat/completions"), logs=ADDRESS),
    final("wrong-path", "provider_bad_request", error(404, {"detail": "Not Found"}), logs=ADDRESS),
    final(
        "wrong-server", "provider_bad_request", error(405, "<html><body>405 Not Allowed</body></html>"), logs=ADDRESS
    ),
]

PASSING = [
    passing("error-as-text-in-a-200", wrapped("model is busy, try again")),
    passing("choices-null-in-a-200", no_choice(choices=None, error={"message": "Too Many Requests", "code": 429})),
    passing("no-choices", no_choice(choices=[])),
    passing("choice-that-failed", _failed_choice),
    passing("empty-body", replace(answer(b""), tokens=0)),
    passing("body-cut-off", replace(answer(b'{"id": "1", "choices": [{"index": 0, "mess'), tokens=0)),
    passing(
        "object-error-in-a-200",
        replace(answer({"object": "error", "message": "server overloaded", "code": 50001}), tokens=0),
    ),
    passing("too-early", error(425, {"error": {"message": "Too Early"}})),
    passing("capacity-exceeded", openai_error(498, "flex tier capacity exceeded", code="capacity_exceeded")),
    passing("bad-gateway", error(502, "<html><head><title>502 Bad Gateway</title></head></html>")),
    passing("gateway-timeout", error(504, "<html><head><title>504 Gateway Time-out</title></head></html>")),
    passing(
        "queue-full",
        openai_error(503, "server busy, please try again.  maximum pending requests exceeded", type="api_error"),
    ),
    passing("web-server-down", error(521, "error code: 521")),
    passing("request-timeout", error(408, None)),
    passing("conflict", error(409, {"error": {"message": "The request conflicted with another request."}})),
    passing("internal-error", vllm_error(500, "Internal server error", "InternalServerError")),
    passing("two-errors-in-a-row", error(500, None), error(503, None)),
]

#: An endless rate limit, which only shows in a separate attempt.
RATE = [
    final(
        "rate-limited-for-good",
        "provider_rate_limited",
        error(429, {"error": {"message": "Rate limit reached"}}),
        most=4,
    ),
    final("tokens-per-minute-for-good", "provider_rate_limited", _TPM, most=4),
    final(
        "rate-limited-in-a-200-for-good",
        "provider_rate_limited",
        wrapped({"message": "slow down", "code": 429}),
        most=4,
    ),
    final("broken-for-good", "provider_unavailable", error(500, {"error": {"message": "boom"}}), most=5),
]
KIN = [*REFUSALS, *ACCOUNTS, *MODELS, *PASSING, *RATE]

#: Final errors, for the whole system.
_FINAL = ("moderation", "key-refused-in-a-200", "model-not-pulled", "content-exists-risk")
FOR_PEOPLE = [case for case in REPORTED if case.name in _FINAL]

#: A refusal in plain words: reported as a refusal or as an unusable answer.
IN_WORDS = Case(
    name="refusal-in-words",
    behave=babbles("I'm sorry, but I can't help with that request."),
    ends=("refused", "invalid_output"),
    most=2,
)
