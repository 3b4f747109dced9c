"""Signatures, checked with the library that receivers use."""

import base64
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.domain.webhook_secret import OVERLAP_S, WebhookSecret, signature_headers

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


def test_a_second_rotation_ends_the_oldest_secret_at_once() -> None:
    first = WebhookSecret.new(0)
    second = first.rotated(1)
    assert set(second.rotated(2).signing(3)).isdisjoint([first.current])
