"""A provider's error response, in whatever format it comes."""

import contextlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from foundation.json_value import Json

#: The part of a pydantic error that quotes the request, in Python or JSON notation.
_INPUT = re.compile(r"""['"]input['"]: .*""", re.DOTALL)
#: Only this much of an error body is read.
_MAX_CHARACTERS = 8_000
_STATUS = re.compile(r"[1-5]\d\d")
#: For an error that does not state its cause.
_UNKNOWN_STATUS = 500


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error response."""

    #: The HTTP status, or the one named in the body if the HTTP status is 200.
    status: int
    #: The body in lower case, for searches.
    words: str = ""
    #: How long the provider asks us to wait, seconds.
    retry_after_s: float | None = None
    request_id: str | None = None
    #: The original body, for the log.
    text: str = ""


def any_of(*patterns: str) -> re.Pattern[str]:
    """A pattern that matches any of these patterns."""
    return re.compile("|".join(patterns))


def complaint_of(response: httpx2.Response) -> Complaint:
    """The error in a response whose status is not 2xx. Its body must have been read."""
    return Complaint(
        status=response.status_code,
        words=_searchable(response.text),
        retry_after_s=retry_after_s(response.headers, datetime.now(UTC)),
        request_id=response.headers.get("x-request-id"),
        text=response.text[:_MAX_CHARACTERS],
    )


def complaint_in(error: Json) -> Complaint:
    """The error in a response with HTTP status 200."""
    detail = error.get("error", error) if isinstance(error, dict) else error
    named = [detail.get(key) for key in ("code", "status", "status_code", "type")] if isinstance(detail, dict) else []
    statuses = (int(str(name)) for name in named if _STATUS.fullmatch(str(name)))
    text = json.dumps(error, ensure_ascii=False, default=str)
    words = _searchable(text)
    return Complaint(next(statuses, None) or _status_in(words), words, text=text[:_MAX_CHARACTERS])


def _status_in(words: str) -> int:
    """The status for an error code in words."""
    for pattern, status in _STATUSES_IN_WORDS:
        if pattern.search(words):
            return status
    return _UNKNOWN_STATUS


_STATUSES_IN_WORDS = (
    (re.compile(r"invalid_api_key|authentication_?error|unauthorized|invalid[ _]api[ _]key"), 401),
    (re.compile(r"insufficient_quota|insufficient balance|payment_?required"), 402),
    (re.compile(r"rate_?limit|too_?many_?requests|resource_exhausted"), 429),
    (re.compile(r"overloaded|unavailable"), 503),
    (re.compile(r"not_found|does not exist"), 404),
    (re.compile(r"invalid_request|badrequest|bad request|invalid_argument"), 400),
)


def _searchable(text: str) -> str:
    """The text in lower case, without the parts of the prompt that the server quotes."""
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(_without_input(json.loads(text)), ensure_ascii=False)
    return text[:_MAX_CHARACTERS].lower()


def _without_input(node: Json) -> Json:
    if isinstance(node, dict):
        return {key: _without_input(value) for key, value in node.items() if key not in ("input", "failed_generation")}
    if isinstance(node, list):
        return [_without_input(value) for value in node]
    return _INPUT.sub("", node) if isinstance(node, str) else node


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the provider asks us to wait: `retry-after-ms` (OpenAI's own), else `Retry-After` (RFC 9110, 10.2.3).

    In seconds. None if it names no delay, or not a valid one.
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
