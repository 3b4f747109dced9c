"""The one table from the provider's errors to ours."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import openai

from generator_service.error import (
    LoreError,
    ProviderAuth,
    ProviderBadRequest,
    ProviderError,
    ProviderQuota,
    ProviderRateLimited,
    ProviderTimeout,
    ProviderUnavailable,
    Refused,
)

#: `error.code` in the body, which says more than the status: OpenAI sends "no credit" as a 429.
_BY_CODE: dict[str, type[LoreError]] = {
    "insufficient_quota": ProviderQuota,
    "billing_hard_limit_reached": ProviderQuota,
    "billing_not_active": ProviderQuota,
    "content_filter": Refused,
    "content_policy_violation": Refused,
}
#: Other 4xx are `ProviderBadRequest`, everything from 500 on is `ProviderUnavailable`.
_BY_STATUS: dict[int, type[ProviderError]] = {
    401: ProviderAuth,
    402: ProviderQuota,
    403: ProviderAuth,
    408: ProviderTimeout,
    409: ProviderUnavailable,
    429: ProviderRateLimited,
}
#: Statuses whose Retry-After concerns the whole account, so that every call has to wait.
PAUSING_STATUSES = frozenset({429, 503})


def translate(error: openai.OpenAIError) -> LoreError:
    """Our error for one of the SDK's."""
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, openai.APITimeoutError):
        return ProviderTimeout()
    return ProviderUnavailable()


def _of_status(error: openai.APIStatusError) -> LoreError:
    status = error.status_code
    default = ProviderUnavailable if status >= 500 else ProviderBadRequest
    kind = _BY_CODE.get(error.code or "") or _BY_STATUS.get(status, default)
    delay_s = retry_after_s(error.response.headers, datetime.now(UTC)) if kind.retryable else None
    return kind(retry_after_s=delay_s)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the provider asks to wait: `retry-after-ms` (OpenAI's own), else `Retry-After` (RFC 9110, 10.2.3).

    None where it names none, or nothing that makes sense.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    return seconds if seconds is not None or value is None else _seconds_until(value, now)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None


def _seconds_until(value: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
