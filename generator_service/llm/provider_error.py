"""Maps the provider's complaints to the generator's errors."""

import re

import aiohttp
import httpx2

from generator_service.error import (
    InvalidOutput,
    LoreError,
    ProviderAuth,
    ProviderBadRequest,
    ProviderError,
    ProviderLoading,
    ProviderQuota,
    ProviderRateLimited,
    ProviderTimeout,
    ProviderUnavailable,
    Refused,
)
from generator_service.llm.complaint import Complaint, any_of

_ANY_4XX = range(400, 500)

#: Texts that are more precise than the status: (statuses, text, error). The first match counts.
_BY_WORDS: tuple[tuple[range | frozenset[int], re.Pattern[str], type[LoreError]], ...] = (
    (
        _ANY_4XX,
        any_of(
            r"insufficient_(user_)?quota|insufficient (balance|credit|funds)|credit balance|run out of credits",
            r"billing_(hard_limit|not_active)|exceeded_current_quota|arrearage|payment required|余额不足|欠费",
        ),
        ProviderQuota,
    ),
    (
        frozenset({400, 403, 413, 422, 429}),
        any_of(r"rate_limit_exceeded|rate limit (reached|exceeded)|tokens per (minute|day)|\btpm\b"),
        ProviderRateLimited,
    ),
    (
        # OpenAI and Azure (content_filter, invalid_prompt), OpenRouter (moderation, flagged), DeepSeek ("Content Exists
        # Risk"), DashScope (data_inspection_failed), Moonshot ("high risk"), Google (PROHIBITED_CONTENT), Bedrock.
        frozenset({400, 403, 406, 421, 422, 451}),
        any_of(
            r"content_filter\\?[\"']|content_?policy_?violation",
            r"invalid_prompt|data_?inspection_?failed|responsible ?ai",
            r"content (exists risk|management policy|policy|safety)|prohibited[ _]content|requires moderation",
            r"safety_check|敏感|违规|不安全",
            r"(content|prompt|input|output|request|message|text)s?\b[^.]{0,60}"
            r"(flagged|inappropriate|unsafe|high risk|sensitive|violat|moderation|guardrail|blocked|filtered)",
            r"(flagged|rejected|blocked|filtered|violat\w+)[^.]{0,60}"
            r"(moderation|guardrail|safety|usage polic|content polic|guideline|content filter)",
            r"(blocked|intervened)[^.]{0,20}guardrail|guardrail[^.]{0,20}(blocked|intervened)",
        ),
        Refused,
    ),
    (
        frozenset({500}),
        any_of(r"[\"']content_filter\\?[\"']|content_?policy_?violation|data_?inspection_?failed"),
        Refused,
    ),
    (
        _ANY_4XX,
        any_of(
            r"json_validate_failed|failed to (generate|validate) json|failed_generation|output_parse_failed",
            r"could not (be )?pars\w+ .{0,20}(output|response)",
        ),
        InvalidOutput,
    ),
    (
        frozenset({400}),
        any_of(r"api[ _-]?key.{0,20}(not valid|invalid|expired)|(invalid|incorrect|wrong)[ _]api[ _]key"),
        ProviderAuth,
    ),
    # Azure, in the first minutes of a deployment.
    (frozenset({404}), any_of("deploymentnotfound"), ProviderUnavailable),
    # A local server that is loading the model from disk.
    (
        frozenset({400, 404, 409, 423, 425, 500, 502, 503}),
        any_of(
            r"(?<!error )(?<!failed )(?<!unable )loading (the )?model(?!: )",
            r"model .{0,80}\b(is|still|currently) loading",
            r"estimated_time|model .{0,40}not (yet )?ready",
        ),
        ProviderLoading,
    ),
)
#: Other 4xx and redirects are `ProviderBadRequest`; other statuses from 500 on are `ProviderUnavailable`.
_BY_STATUS: dict[int, type[ProviderError]] = {
    401: ProviderAuth,
    402: ProviderQuota,
    403: ProviderAuth,
    407: ProviderAuth,
    408: ProviderTimeout,
    409: ProviderUnavailable,
    # Statuses of gateways and some providers: 424 is a failed dependency (vLLM behind a router), 425 "too early",
    # 498 an expired Hugging Face token or exhausted flex capacity at Groq, 499 a connection that a proxy closed.
    423: ProviderUnavailable,
    424: ProviderUnavailable,
    425: ProviderUnavailable,
    429: ProviderRateLimited,
    498: ProviderUnavailable,
    499: ProviderUnavailable,
}
#: Statuses that say that the provider is overloaded.
BUSY_STATUSES = frozenset({429, 503, 529})
#: Statuses with a Retry-After that applies to the whole account, so that every call has to wait.
PAUSING_STATUSES = frozenset({429, 503})


def translate(complaint: Complaint) -> LoreError:
    """The generator's error for a complaint."""
    default = ProviderUnavailable if complaint.status >= 500 else ProviderBadRequest
    kind = _by_words(complaint) or _BY_STATUS.get(complaint.status, default)
    if kind is InvalidOutput:
        return InvalidOutput("It was not valid JSON.")
    return kind(retry_after_s=complaint.retry_after_s if kind.failure.retryable else None)


def of_connection(error: BaseException | None) -> ProviderError:
    """The generator's error for a call that got no response. `error` is that of the HTTP client.

    The client takes every broken connection of aiohttp for a timeout, so aiohttp's own error decides.
    """
    cause = error.__cause__ if error else None
    is_broken = isinstance(cause, aiohttp.ClientError) and not isinstance(cause, TimeoutError)
    return ProviderTimeout() if isinstance(error, httpx2.TimeoutException) and not is_broken else ProviderUnavailable()


def hint_of(complaint: Complaint) -> str | None:
    """Which setting to check, for the log. None if no setting is the likely cause."""
    if 300 <= complaint.status < 400:
        return "The address redirects elsewhere. Set OPENAI_BASE_URL to the address of the API."
    if complaint.status in (400, 404) and _UNKNOWN_MODEL.search(complaint.words):
        return "The provider does not know the model. Check OPENAI_MODEL."
    if complaint.status in (404, 405):
        return "The address does not serve chat completions. Check OPENAI_BASE_URL: it usually ends with /v1."
    if complaint.status in (401, 403, 407):
        return "The provider does not accept the key. Check OPENAI_API_KEY."
    return None


_UNKNOWN_MODEL = any_of(
    r"model\b[^.]{0,80}?(not[ _]found|not exist|unknown|not (a )?valid|not available|decommissioned|deprecated)",
    r"model\b[^.]{0,80}?no longer|(?<!this )model\b[^.]{0,40}?not supported|(unknown|invalid|no such)[ _]model",
    "model_not_found|no endpoints|not a valid model",
)
#: Phrases that look like moderation but are about the account, the network or a parameter.
_NOT_ABOUT_TEXT = any_of(
    r"\bwaf\b|firewall|cloudflare|network security|unusual activity|account (has been|is|was)|response_format",
    r"(unknown|unsupported|unrecognized) (param|field|arg)",
)


def _by_words(complaint: Complaint) -> type[LoreError] | None:
    for statuses, words, kind in _BY_WORDS:
        if complaint.status in statuses and words.search(complaint.words):
            return None if kind is Refused and _NOT_ABOUT_TEXT.search(complaint.words) else kind
    return None
