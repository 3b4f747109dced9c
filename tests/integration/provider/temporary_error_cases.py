"""Errors that are overcome by trying again, and what happens if they last."""

from dataclasses import replace

from tests.integration.provider.failure import final, no_choice, passing, wrapped
from tests.integration.provider.question import Question
from tests.integration.provider.reply import (
    Reply,
    answer,
    completion,
    error,
    openai_error,
    vllm_error,
)


def _failed_choice(question: Question) -> Reply:
    body = completion(question, "", finish_reason="error")
    body["choices"][0]["error"] = {"code": 502, "message": "Upstream error from Chutes: no response"}
    return replace(answer(body), tokens=0)


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


TEMPORARY = [
    passing("rate-limit-in-a-200", wrapped({"message": "Provider returned error", "code": 429})),
    passing("dependency-failed", error(424, {"error": "Request failed during generation", "error_type": "generation"})),
    passing("closed-by-client", error(499, {"error": {"message": "The operation was cancelled.", "code": 499}})),
    passing("deployment-too-new", _NO_DEPLOYMENT),
    passing("tokens-per-minute", _TPM),
    passing("timeout-at-the-edge", error(524, "<html><body>error code: 524</body></html>")),
    passing(
        "overloaded", error(529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    ),
    passing("rate-limit-without-body", error(429, None)),
    passing("retry-after-as-a-date", error(429, {"error": {"message": "Slow down"}}, retry_after=_DATE)),
    passing("page-in-a-200", replace(answer(_PAGE.encode(), content_type="text/html"), tokens=0)),
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
    passing(
        "rate-limit-in-chinese",
        error(429, {"error": {"code": "1302", "message": "您的账户已达到速率限制"}}),
    ),
    passing(
        "engine-overloaded",
        openai_error(429, "The engine is currently overloaded, please try again later", type="engine_overloaded_error"),
    ),
    passing("still-loading", error(503, {"error": "Model x is currently loading", "estimated_time": 0.4})),
    passing("unknown-5xx", error(520, "<html>Web server is returning an unknown error</html>"), error(599, None)),
    passing("status-in-a-200", replace(answer({"status": 503, "detail": "upstream connect error"}), tokens=0)),
    passing(
        "base-resp",
        replace(answer({"base_resp": {"status_code": 1002, "status_msg": "rate limit"}, "choices": None}), tokens=0),
    ),
    passing("null-in-a-200", replace(answer(b"null"), tokens=0)),
    passing(
        "list-in-a-200",
        replace(
            answer([{"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}]), tokens=0
        ),
    ),
    passing("message-null", no_choice(choices=[{"index": 0, "finish_reason": None, "message": None}])),
    passing(
        "rate-limit-code-in-a-200",
        wrapped({"message": "Rate limit exceeded: free-models-per-min", "code": "rate_limit_exceeded"}),
    ),
]
