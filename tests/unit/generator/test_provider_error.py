"""The provider's errors as ours."""

from datetime import UTC, datetime

import httpx2
import openai
import pytest

from generator_service.llm.provider_error import retry_after_s, translate

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
REQUEST = httpx2.Request("POST", "http://llm.invalid/v1/chat/completions")


def status_error(status: int, code: str | None = None, **headers: str) -> openai.APIStatusError:
    response = httpx2.Response(status, headers=headers, request=REQUEST)
    return openai.APIStatusError("provider text", response=response, body={"code": code} if code else None)


@pytest.mark.parametrize(
    ("status", "code", "expected", "retryable"),
    [
        (400, None, "provider_bad_request", False),
        (401, None, "provider_auth", False),
        (402, None, "provider_quota", False),
        (403, None, "provider_auth", False),
        (404, "model_not_found", "provider_bad_request", False),
        (408, None, "provider_timeout", True),
        (409, None, "provider_unavailable", True),
        (422, None, "provider_bad_request", False),
        (429, "rate_limit_exceeded", "provider_rate_limited", True),
        (429, "insufficient_quota", "provider_quota", False),
        (400, "content_filter", "refused", False),
        (500, None, "provider_unavailable", True),
        (503, None, "provider_unavailable", True),
        (529, None, "provider_unavailable", True),
    ],
)
def test_each_status_has_one_meaning(status: int, code: str | None, expected: str, retryable: bool) -> None:
    error = translate(status_error(status, code))
    assert (error.code, error.retryable) == (expected, retryable)
    assert "provider text" not in error.message


def test_no_answer_is_told_apart_from_no_connection() -> None:
    assert translate(openai.APITimeoutError(REQUEST)).code == "provider_timeout"
    assert translate(openai.APIConnectionError(request=REQUEST)).code == "provider_unavailable"


def test_the_asked_for_delay_is_kept_where_trying_again_makes_sense() -> None:
    assert translate(status_error(429, **{"retry-after": "7"})).retry_after_s == 7
    assert translate(status_error(429, "insufficient_quota", **{"retry-after": "7"})).retry_after_s is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:59 +999999999999999999"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after_in_every_form(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after_s(headers, NOW) == expected
