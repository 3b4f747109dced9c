"""Webhooks are verified as Standard Webhooks specifies: held against the reference implementation, both ways."""

import base64
import hmac
import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import standardwebhooks

from loresmith import InvalidWebhook, verify_webhook
from tests.unit.client.scripted_api import JOB_ID, job

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ....").decode()
OTHER = "whsec_" + base64.b64encode(b"another secret").decode()
SENT_AT = 1_900_000_000
DATA = job(
    "completed", 9, result=[{"name": "Lämp", "description": "", "type": "relic", "language": "en", "details": {}}]
)
BODY = json.dumps({"type": "job.completed", "timestamp": "2030-03-17T17:46:40Z", "data": DATA}, ensure_ascii=False)


def headers(secret: str = SECRET, body: str = BODY, **changed: str) -> dict[str, str]:
    """As the reference implementation signs."""
    at = datetime.fromtimestamp(SENT_AT, tz=UTC)
    signature = standardwebhooks.Webhook(secret).sign("msg_1", at, body)
    signed = {"Webhook-Id": "msg_1", "Webhook-Timestamp": str(SENT_AT), "Webhook-Signature": signature}
    return {name: value for name, value in (signed | changed).items() if value}


def verified(secret: Any = SECRET, body: str | bytes = BODY, now_s: float = SENT_AT, **changed: str) -> Any:
    return verify_webhook(body, headers(**changed), secret, now_s=lambda: now_s)


def test_an_event_signed_by_the_reference_implementation_is_accepted() -> None:
    event = verified(body=BODY.encode())
    assert (event.id, event.type, event.job.id, event.job.status) == ("msg_1", "job.completed", JOB_ID, "completed")
    assert event.job.result[0].name == "Lämp"
    assert event.timestamp == datetime(2030, 3, 17, 17, 46, 40, tzinfo=UTC)


class Reference(standardwebhooks.Webhook):
    """The reference implementation, which reads the real clock, with the time of these tests."""

    def _Webhook__verify_timestamp(self, _header: str) -> datetime:  # as Python calls a private method
        return datetime.fromtimestamp(SENT_AT, tz=UTC)


@pytest.mark.parametrize("change", ["", " "])
def test_the_reference_implementation_agrees_on_what_is_accepted(change: str) -> None:
    """On any bodies, unchanged or not."""
    for number in range(50):
        body = json.dumps({"type": "x", "timestamp": "2030-03-17T17:46:40Z", "data": "é" * number})
        given = {name.lower(): value for name, value in headers(body=body).items()}
        received = body + change
        expected = _accepts(partial(Reference(SECRET).verify, received, given))
        assert expected is (change == "")
        assert _accepts(partial(verify_webhook, received, given, SECRET, now_s=lambda: SENT_AT)) is expected


def _accepts(verify: Any) -> bool:
    try:
        verify()
    except (InvalidWebhook, standardwebhooks.WebhookVerificationError):
        return False
    return True


def test_one_of_several_signatures_is_enough() -> None:
    """While a secret is being replaced, the API signs with both."""
    both = " ".join([headers(OTHER)["Webhook-Signature"], headers(SECRET)["Webhook-Signature"], "v1a,x"])
    changed: dict[str, Any] = {"Webhook-Signature": both}
    assert verified(**changed).type == "job.completed"


def test_one_of_several_secrets_is_enough() -> None:
    assert verified([OTHER, SECRET]).type == "job.completed"


def test_a_secret_may_be_given_without_its_prefix() -> None:
    assert verified(SECRET.removeprefix("whsec_")).type == "job.completed"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"secret": OTHER}, "signature"),
        ({"secret": []}, "signature"),
        ({"body": BODY + " "}, "signature"),
        ({"body": BODY.replace("completed", "cancelled")}, "signature"),
        ({"Webhook-Id": "msg_2"}, "signature"),
        ({"Webhook-Timestamp": str(SENT_AT + 1)}, "signature"),
        ({"Webhook-Signature": "v2,abc v1"}, "signature"),
        ({"Webhook-Signature": "v1,ünicode"}, "signature"),
        ({"now_s": SENT_AT + 301}, "too old"),
        ({"now_s": SENT_AT - 301}, "clock"),
        ({"Webhook-Timestamp": "yesterday"}, "number"),
        ({"Webhook-Timestamp": "1e9"}, "number"),
        ({"Webhook-Timestamp": "-1"}, "number"),
        ({"Webhook-Timestamp": "9" * 5000}, "number"),
        ({"Webhook-Id": ""}, "webhook-id is missing"),
        ({"Webhook-Signature": ""}, "webhook-signature is missing"),
        ({"Webhook-Timestamp": ""}, "webhook-timestamp is missing"),
        ({"secret": "not base64!"}, "secret"),
    ],
)
def test_what_cannot_be_trusted_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidWebhook, match=message):
        verified(**given)


def test_the_error_does_not_show_the_secret() -> None:
    with pytest.raises(InvalidWebhook) as refused:
        verified("whsec_hunter2!")
    assert "hunter2" not in repr(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("now_s", [SENT_AT + 300, SENT_AT - 300])
def test_the_time_may_differ_by_the_tolerance(now_s: float) -> None:
    assert verified(now_s=now_s).type == "job.completed"


@pytest.mark.parametrize("body", ["", "[]", "{", '{"type": 1}', '"text"'])
def test_a_signed_body_that_is_no_event_is_refused(body: str) -> None:
    with pytest.raises(InvalidWebhook, match="event"):
        verify_webhook(body, headers(body=body), SECRET, now_s=lambda: SENT_AT)


@pytest.mark.parametrize("omitted", [True, False])
def test_an_event_says_whether_the_result_was_left_out(omitted: bool) -> None:
    data = job("completed") | {"result_omitted": omitted}
    body = json.dumps({"type": "job.completed", "timestamp": "2030-03-17T17:46:40Z", "data": data})
    assert verify_webhook(body, headers(body=body), SECRET, now_s=lambda: SENT_AT).result_omitted is omitted


def test_an_event_that_is_not_about_a_job_can_be_read() -> None:
    body = json.dumps({"type": "ping", "timestamp": "2030-03-17T17:46:40Z", "data": {"hello": 1}})
    event = verify_webhook(body, headers(body=body), SECRET, now_s=lambda: SENT_AT)
    assert event.data == {"hello": 1}
    with pytest.raises(InvalidWebhook):
        _ = event.job


@pytest.mark.parametrize("secret", ["", "whsec_", [SECRET, ""]])
def test_an_empty_secret_is_refused_since_anybody_could_sign_with_it(secret: Any) -> None:
    """It comes from a variable that is not set."""
    signature = base64.b64encode(hmac.digest(b"", f"msg_1.{SENT_AT}.{BODY}".encode(), "sha256")).decode()
    with pytest.raises(InvalidWebhook, match="secret is not valid"):
        verify_webhook(BODY, headers() | {"Webhook-Signature": f"v1,{signature}"}, secret, now_s=lambda: SENT_AT)


@pytest.mark.parametrize("name", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_a_header_that_is_no_text_is_refused(name: str) -> None:
    """aiohttp decodes such bytes to surrogates, which cannot be encoded."""
    with pytest.raises(InvalidWebhook):
        verify_webhook(BODY, headers() | {name: "v1,\udc80"}, SECRET, now_s=lambda: SENT_AT)
