"""Signatures, checked with the library that receivers use."""

import base64
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.domain.error import NotAllowedNow
from chalicelib.domain.webhook_secret import MOST_REPLACED, OVERLAP_S, WebhookSecret, signature_headers

BODY = '{"type":"job.completed","data":{"message":"Fertig – ✓"}}'.encode()


def headers(signing: list[str], body: bytes = BODY) -> dict[str, str]:
    return signature_headers(signing, "msg_1", int(time.time()), body)


def test_a_receiver_verifies_what_was_signed() -> None:
    secret = WebhookSecret.new(0)
    assert Webhook(secret.current).verify(BODY, headers([secret.current])) == {
        "type": "job.completed",
        "data": {"message": "Fertig – ✓"},
    }


@pytest.mark.parametrize("changed", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_a_receiver_notices_whatever_was_changed(changed: str) -> None:
    secret = WebhookSecret.new(0)
    sent, body = headers([secret.current]), BODY
    match changed:
        case "body":
            body = BODY.replace(b"completed", b"cancelled")
        case "secret":
            secret = WebhookSecret.new(0)
        case "webhook-id":
            sent |= {"webhook-id": "msg_2"}
        case _:
            sent |= {"webhook-timestamp": str(int(sent["webhook-timestamp"]) + 1)}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret.current).verify(body, sent)


def test_the_signature_is_that_of_the_specifications_example() -> None:
    """https://github.com/standard-webhooks/standard-webhooks, spec, "Signature scheme"; made with its library."""
    secret = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    signed = Webhook(secret).sign("msg_1", datetime.fromtimestamp(1_614_265_330, UTC), '{"test": 2432232314}')
    made = signature_headers([secret], "msg_1", 1_614_265_330, b'{"test": 2432232314}')
    assert made["webhook-signature"] == signed


def test_a_secret_has_the_form_that_the_libraries_expect() -> None:
    secret = WebhookSecret.new(0).current
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_after_a_rotation_both_secrets_sign_for_a_day_and_then_only_the_new_one() -> None:
    old = WebhookSecret.new(0)
    new = old.rotated(1_000)
    until = 1_000 + OVERLAP_S * 1000
    assert new.previous_signs_until == until
    for secret in (old.current, new.current):
        Webhook(secret).verify(BODY, headers([*new.signing(until - 1)]))
    with pytest.raises(WebhookVerificationError):
        Webhook(old.current).verify(BODY, headers([*new.signing(until)]))
    Webhook(new.current).verify(BODY, headers([*new.signing(until)]))


def test_another_rotation_does_not_end_the_oldest_secret_before_its_day_is_over() -> None:
    """The answer to the one before may have been lost, and then the receivers have the oldest."""
    first = WebhookSecret.new(0)
    second = first.rotated(1_000)
    third = second.rotated(2_000)
    day_ms = OVERLAP_S * 1000
    assert third.signing(day_ms + 999) == [third.current, second.current, first.current]
    assert third.signing(day_ms + 1_000) == [third.current, second.current]
    assert third.signing(day_ms + 2_000) == [third.current]
    assert third.rotated(day_ms + 1_000).signing(day_ms + 1_000)[1:] == [third.current, second.current]


def test_the_same_request_makes_one_secret() -> None:
    first = WebhookSecret.new(0, "one")
    second = first.rotated(1, "two")
    assert first.rotated(1, "one") is first
    assert second.rotated(2, "two") is second
    assert WebhookSecret.new(0).rotated(1).current != first.current


def test_a_secret_that_has_leaked_is_ended_at_once() -> None:
    leaked = WebhookSecret.new(0).rotated(1)
    assert len(leaked.rotated(2, ends_previous=True).signing(2)) == 1


def test_there_are_never_so_many_secrets_that_a_header_gets_too_long() -> None:
    secret = WebhookSecret.new(0)
    for now_ms in range(1, MOST_REPLACED + 1):
        secret = secret.rotated(now_ms)
    assert len(secret.signing(9)) == MOST_REPLACED + 1
    with pytest.raises(NotAllowedNow, match="end_previous=true"):
        secret.rotated(9)
    assert len(secret.rotated(9, ends_previous=True).signing(9)) == 1
    later_ms = OVERLAP_S * 1000 + 1
    assert len(secret.rotated(later_ms).signing(later_ms)) == MOST_REPLACED + 1
