"""Wrong keys and used-up quotas, in the words of real servers."""

from dataclasses import replace

from tests.integration.provider.failure import final, passing, wrapped
from tests.integration.provider.reply import (
    answer,
    error,
    gemini_error,
    openai_error,
)

ACCOUNTS = [
    final("key-refused-in-a-200", "provider_auth", wrapped({"message": "User not found.", "code": 401})),
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
    passing(
        "allocated-quota",
        openai_error(
            429, "Allocated quota exceeded, please increase your quota limit.", code="Throttling.AllocationQuota"
        ),
    ),
    final(
        "object-error-of-a-key-in-a-200",
        "provider_auth",
        replace(answer({"object": "error", "message": "Unauthorized", "code": 401}), tokens=0),
    ),
    final(
        "no-credentials", "provider_auth", error(401, {"error": {"message": "No auth credentials found", "code": 401}})
    ),
    final(
        "incorrect-key-is-400",
        "provider_auth",
        error(
            400,
            {
                "code": "Client specified an invalid argument",
                "error": "Incorrect API key provided: sk***. You can obtain an API key from the console.",
            },
        ),
        most=2,
    ),
    final(
        "key-in-a-200-as-text",
        "provider_auth",
        wrapped({"message": "Incorrect API key provided", "code": "invalid_api_key"}),
    ),
    final(
        "quota-exceeded-by-type",
        "provider_quota",
        openai_error(
            429,
            "Your account is suspended, please check your plan and billing details",
            type="exceeded_current_quota_error",
        ),
    ),
    final(
        "balance-in-chinese",
        "provider_quota",
        error(429, {"error": {"code": "1113", "message": "余额不足或无可用资源包,请充值。"}}),
    ),
    final(
        "arrears",
        "provider_quota",
        openai_error(
            400, "Access denied, please make sure your account is in good standing.", code="Arrearage", type="Arrearage"
        ),
    ),
    final(
        "more-credits",
        "provider_quota",
        error(
            402,
            {
                "error": {
                    "message": "This request requires more credits, or fewer max_tokens. You requested up to 4096 "
                    "tokens, but can only afford 12.",
                    "code": 402,
                }
            },
        ),
    ),
]
