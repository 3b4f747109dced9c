"""Request bodies: media types, encodings, and errors for what is not JSON."""

import gzip
import json

import pytest

from chalicelib.api import endpoint
from tests.unit.chalicelib.http_call import answer, request, submission
from tests.unit.chalicelib.system import System


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[1, NaN]", b'{"count": 3}'])
async def test_cancel_and_retry_do_not_look_at_the_body(body: bytes) -> None:
    system = System()
    job = await system.submitted()
    cancelled = await answer(system, endpoint.cancel_job, request(body), job_id=job.id)
    retried = await answer(system, endpoint.retry_job, request(body), job_id=job.id)
    assert (cancelled.status, retried.status) == (202, 202)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("application/json", 202),
        ("application/json; charset=utf-8", 202),
        ("application/json;charset=utf8", 202),
        ('Application/JSON ; Charset="UTF-8"', 202),
        ("application/json; charset=iso-8859-1", 202),
        ("", 202),
        ("text/plain", 415),
        ("text/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json-patch+json", 415),
    ],
)
async def test_only_json_is_accepted_with_any_parameters(given: str, status: int) -> None:
    """JSON is UTF-8 (RFC 8259, 11); some clients habitually send another charset."""
    body = json.dumps(submission(theme="No\u00ebl"), ensure_ascii=False).encode()
    response = await answer(System(), endpoint.submit_job, request(body, content_type=given))
    assert response.status == status


@pytest.mark.parametrize(("coding", "status"), [("gzip", 415), ("br", 415), ("GZIP, br", 415), ("identity", 202)])
async def test_a_compressed_body_gets_415_with_the_reason(coding: str, status: int) -> None:
    body = json.dumps(submission()).encode()
    sent = body if coding == "identity" else gzip.compress(body)
    response = await answer(System(), endpoint.submit_job, request(sent, content_encoding=coding))
    assert response.status == status
    if status == 415:
        assert "compressed" in response.body["detail"]
        assert response.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\xef\xbb\xbf" * 2, b"\xef\xbb\xbf\r\n ", b" \t\n"])
@pytest.mark.parametrize("after", [b"", b"\r\n", b" \n\n"])
async def test_a_byte_order_mark_and_white_space_around_json_are_accepted(before: bytes, after: bytes) -> None:
    """Windows editors and shells write them."""
    body = before + json.dumps(submission()).encode() + after
    assert (await answer(System(), endpoint.submit_job, request(body))).status == 202


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "must not be empty"),
        (b"\xef\xbb\xbf", "must not be empty"),
        ("{}".encode("utf-16"), "looks like UTF-16"),
        ("{}".encode("utf-16-le"), "looks like UTF-16"),
        ("{}".encode("utf-32"), "looks like UTF-32"),
        (b'{"theme": "No\xebl"}', "byte 14 is not"),
        (b"[" * 50_000, "nested deeper than 32 levels"),
        (b"9" * 5_000, "more than 1000 digits"),
        (gzip.compress(b"{}", mtime=0), "must be UTF-8"),
    ],
)
async def test_the_error_for_a_body_that_is_not_json_says_what_is_wrong(body: bytes, said: str) -> None:
    response = await answer(System(), endpoint.submit_job, request(body))
    (fault,) = response.body["errors"]
    assert (response.status, fault["field"]) == (400, "")
    assert said in fault["message"]
    assert "decode using" not in fault["message"]
