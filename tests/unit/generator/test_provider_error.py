"""Each complaint of a provider becomes one of the generator's errors."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from generator_service.error import ProviderLoading
from generator_service.llm.complaint import Complaint, complaint_of, retry_after_s
from generator_service.llm.provider_error import hint_of, of_connection, translate

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
REQUEST = httpx2.Request("POST", "http://llm.invalid/v1/chat/completions")


def complaint(status: int, body: Any = None, **headers: str) -> Complaint:
    text = body if isinstance(body, str) else json.dumps(body or {"error": {"message": "provider text"}})
    response = httpx2.Response(status, headers=headers, text=text, request=REQUEST)
    return complaint_of(response)


@pytest.mark.parametrize(
    ("status", "expected", "retryable"),
    [
        (307, "provider_bad_request", False),
        (400, "provider_bad_request", False),
        (401, "provider_auth", False),
        (402, "provider_quota", False),
        (403, "provider_auth", False),
        (404, "provider_bad_request", False),
        (408, "provider_timeout", True),
        (409, "provider_unavailable", True),
        (413, "provider_bad_request", False),
        (422, "provider_bad_request", False),
        (424, "provider_unavailable", True),
        (425, "provider_unavailable", True),
        (429, "provider_rate_limited", True),
        (498, "provider_unavailable", True),
        (499, "provider_unavailable", True),
        (500, "provider_unavailable", True),
        (503, "provider_unavailable", True),
        (524, "provider_unavailable", True),
        (529, "provider_unavailable", True),
    ],
)
def test_each_status_has_one_meaning(status: int, expected: str, retryable: bool) -> None:
    error = translate(complaint(status))
    assert (error.code, error.retryable) == (expected, retryable)
    assert "provider text" not in error.message


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        (429, '{"error": {"code": "insufficient_quota"}}', "provider_quota"),
        (403, '{"error": {"code": "insufficient_user_quota"}}', "provider_quota"),
        (400, "Your credit balance is too low", "provider_quota"),
        (402, "Insufficient Balance", "provider_quota"),
        (400, '{"error": {"code": "content_filter"}}', "refused"),
        (
            400,
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy",
            "refused",
        ),
        (400, '{"error": {"code": "invalid_prompt"}}', "refused"),
        (400, "Content Exists Risk", "refused"),
        (400, '{"code": "data_inspection_failed"}', "refused"),
        (403, "openai/gpt requires moderation. Your input was flagged for violence", "refused"),
        (400, "The request was rejected because it was considered high risk", "refused"),
        (400, "PROHIBITED_CONTENT", "refused"),
        (500, '{"error": {"code": "content_filter"}}', "refused"),
        (500, "moderation service timed out", "provider_unavailable"),
        (500, "content_filter backend unavailable", "provider_unavailable"),
        (403, "Your account has been flagged for unusual activity", "provider_auth"),
        (403, "request blocked by network security policy (WAF)", "provider_auth"),
        (400, "Unknown parameter: 'moderation'", "provider_bad_request"),
        (400, "Invalid value for response_format: content policy", "provider_bad_request"),
        (413, "Request too large for model on tokens per minute (TPM): Limit 6000", "provider_rate_limited"),
        (400, '{"error": {"code": "rate_limit_exceeded"}}', "provider_rate_limited"),
        (400, "API key not valid. Please pass a valid API key.", "provider_auth"),
        (400, '{"error": {"code": "json_validate_failed"}}', "invalid_output"),
        (404, '{"error": {"code": "DeploymentNotFound"}}', "provider_unavailable"),
        (503, '{"error": {"message": "Loading model", "type": "unavailable_error"}}', "provider_unavailable"),
        (503, '{"error": "Model m is currently loading", "estimated_time": 20.0}', "provider_unavailable"),
        (500, "llama runner process has terminated: error loading model", "provider_unavailable"),
        (404, "model 'lore' not found, try pulling it first", "provider_bad_request"),
        (404, '{"error": {"code": "model_not_found"}}', "provider_bad_request"),
        (401, "Incorrect API key provided", "provider_auth"),
    ],
)
def test_a_precise_text_counts_more_than_the_status(status: int, words: str, expected: str) -> None:
    assert translate(complaint(status, words)).code == expected


def test_a_quotation_of_the_request_is_ignored() -> None:
    """FastAPI's 422 quotes the rejected input, so it may contain any word of the prompt."""
    body = {"detail": [{"loc": ["body", "x"], "msg": "Extra", "input": "moderation flagged content_filter"}]}
    assert translate(complaint(422, body)).code == "provider_bad_request"
    assert "flagged" not in complaint(422, body).words


def test_a_timeout_and_a_lost_connection_are_different_errors() -> None:
    assert of_connection(httpx2.ConnectTimeout("no answer")).code == "provider_timeout"
    assert of_connection(httpx2.ConnectError("refused")).code == "provider_unavailable"


def test_the_requested_delay_is_kept_if_retrying_makes_sense() -> None:
    assert translate(complaint(429, **{"retry-after": "7"})).retry_after_s == 7
    assert (
        translate(complaint(429, {"error": {"code": "insufficient_quota"}}, **{"retry-after": "7"})).retry_after_s
        is None
    )


@pytest.mark.parametrize(
    ("status", "words", "setting"),
    [
        (404, "model 'lore' not found, try pulling it first", "OPENAI_MODEL"),
        (400, '{"error": {"message": "lore is not a valid model ID"}}', "OPENAI_MODEL"),
        (404, "page not found", "OPENAI_BASE_URL"),
        (405, "", "OPENAI_BASE_URL"),
        (301, "", "OPENAI_BASE_URL"),
        (401, "", "OPENAI_API_KEY"),
    ],
)
def test_the_log_names_the_setting_to_check(status: int, words: str, setting: str) -> None:
    assert setting in (hint_of(complaint(status, words)) or "")


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
def test_retry_after_is_read_in_every_form(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after_s(headers, NOW) == expected


def test_a_model_that_cannot_be_loaded_is_not_waited_for() -> None:
    broken = complaint(500, "llama runner process has terminated: error loading model: unable to load model")
    assert not isinstance(translate(broken), ProviderLoading)
    assert isinstance(translate(complaint(503, "Loading model")), ProviderLoading)


def test_the_log_has_the_original_text_of_the_provider() -> None:
    """A key in lower case would not be recognised and masked."""
    assert complaint(401, "Received API Key = sk-Proj-AbC").text == "Received API Key = sk-Proj-AbC"
