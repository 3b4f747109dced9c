"""Advice after a failed first job: the setting to check, by the job's error code."""

#: For a server at a quarter of the usual speed. Change these together, because each limits the one before it
#: (docs/settings.md#durations).
SLOW_SERVER = {
    "LLM_TIMEOUT_S": 120,
    "RPC_DEADLINE_S": 540,
    "JOB_DEADLINE_S": 600,
    "WORKER_TIMEOUT_S": 660,
    "QUEUE_VISIBILITY_S": 900,
    "LLM_MAX_CONCURRENCY": 1,
}

_SLOW = (
    "If the server is slow, raise these together: "
    + " ".join(f"{name}={value}" for name, value in SLOW_SERVER.items())
    + " (the last for a server that answers one call at a time)."
)
_FORM = "Try another OPENAI_MODEL, or set LLM_RESPONSE_FORMAT (docs/providers.md)."

_BY_CODE = {
    "provider_auth": "Check OPENAI_API_KEY: it must be a key for the address in OPENAI_BASE_URL.",
    "provider_quota": "Check the credit and limits of the account that OPENAI_API_KEY belongs to.",
    "provider_bad_request": (
        "Check OPENAI_MODEL and OPENAI_BASE_URL first, then LLM_RESPONSE_FORMAT, LLM_SYSTEM_ROLE, LLM_LIMIT_PARAMETER "
        "and LLM_EXTRA_BODY (docs/providers.md)."
    ),
    "provider_rate_limited": "Lower LLM_MAX_CONCURRENCY, or raise the account's limit with the provider.",
    "provider_unavailable": "Check that a server answers at OPENAI_BASE_URL, and look at its own log.",
    "provider_timeout": f"{_SLOW} If it loads its model first, raise LLM_LOAD_TIMEOUT_S.",
    "timeout": _SLOW,
    "truncated": "If the model thinks before it answers, set LLM_REASONING_TOKENS, or LLM_REASONING_EFFORT=low.",
    "invalid_output": _FORM,
    "duplicate_name": _FORM,
    "refused": "The model or its filter refuses to write this. Try another OPENAI_MODEL.",
}


def advice(error_code: str | None) -> str | None:
    """The advice for this code, on one line; None for errors that no provider setting can fix."""
    return _BY_CODE.get(error_code or "")
