"""When the issuer's keys are fetched, and how long they are trusted."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from chalicelib.adapter import jwt_verifier
from chalicelib.adapter.jwt_verifier import jwks_key
from chalicelib.domain.error import AuthUnavailable
from tests.integration.jwks_server import Clock, Issuer, jwk, publish
from tests.integration.signed_token import KEY, OTHER_KEY, refused, token, verifier


def test_the_keys_are_fetched_once_and_kept(issuer: Issuer) -> None:
    checked = verifier(jwks_key(issuer.url))
    for _ in range(20):
        checked.subject(token())
    assert issuer.asked == 1


def test_forged_key_ids_do_not_make_us_hammer_the_issuer(issuer: Issuer) -> None:
    checked = verifier(jwks_key(issuer.url))
    checked.subject(token())
    for n in range(20):
        refused(checked, token(OTHER_KEY, kid=f"forged-{n}"))
    assert issuer.asked == 1


def test_forged_key_ids_do_not_make_us_hammer_an_issuer_that_is_down(issuer: Issuer) -> None:
    clock = Clock()
    checked = verifier(jwks_key(issuer.url, clock))
    checked.subject(token())
    issuer.status = 500
    clock.now_s += 60
    for n in range(20):
        refused(checked, token(OTHER_KEY, kid=f"forged-{n}"))
    assert issuer.asked == 2


def test_a_new_key_of_the_issuer_is_found_by_a_verifier_that_knows_the_old_one(issuer: Issuer) -> None:
    """Rotation: both are published for a while, then only the new one."""
    clock = Clock()
    checked = verifier(jwks_key(issuer.url, clock))
    checked.subject(token())
    issuer.keys = {"one": KEY, "two": OTHER_KEY}
    clock.now_s += 31
    assert checked.subject(token(OTHER_KEY, kid="two")) == "alice"
    assert checked.subject(token()) == "alice"
    issuer.keys = {"two": OTHER_KEY}
    clock.now_s += 301
    refused(checked, token())
    assert checked.subject(token(OTHER_KEY, kid="two")) == "alice"


def test_a_new_key_without_a_kid_is_found_within_half_a_minute(issuer: Issuer) -> None:
    """Nothing in the token shows that the key has changed, so such keys are fetched more often."""
    clock = Clock()
    publish(issuer, jwk(KEY))
    checked = verifier(jwks_key(issuer.url, clock))
    assert checked.subject(token(kid=None)) == "alice"
    publish(issuer, jwk(OTHER_KEY))
    clock.now_s += 31
    assert checked.subject(token(OTHER_KEY, kid=None)) == "alice"
    refused(checked, token(kid=None))
    assert issuer.asked == 2


def test_known_keys_stay_valid_for_an_hour_while_the_issuer_is_down(issuer: Issuer) -> None:
    clock = Clock()
    checked = verifier(jwks_key(issuer.url, clock))
    checked.subject(token())
    issuer.status = 500
    clock.now_s += 3_500
    assert checked.subject(token()) == "alice"
    clock.now_s += 200
    with pytest.raises(AuthUnavailable):
        checked.subject(token())
    issuer.status = 200
    clock.now_s += 6
    assert checked.subject(token()) == "alice"


def test_an_issuer_that_never_answered_is_an_outage_and_not_a_refusal() -> None:
    with pytest.raises(AuthUnavailable):
        verifier(jwks_key("http://127.0.0.1:1/jwks.json")).subject(token())


NONSENSE = [
    b"<html>",
    b"{}",
    b"[]",
    b"null",
    b'{"keys": []}',
    b'{"keys": [null]}',
    b'{"keys": {"a": 1}}',
    b"[" * 100_000,
    b'{"keys": [{"kty": "oct", "k": "AAAA", "use": "enc", "kid": "one"}]}',
    b'{"keys": [{"kid": "one"}]}',
    b"\xff",
]


@pytest.mark.parametrize("body", NONSENSE)
def test_an_issuer_that_answers_nonsense_is_an_outage_and_not_a_refusal(issuer: Issuer, body: bytes) -> None:
    issuer.body = body
    with pytest.raises(AuthUnavailable):
        verifier(jwks_key(issuer.url)).subject(token())


def test_after_an_idle_hour_every_request_waits_for_the_keys(issuer: Issuer) -> None:
    """The old keys may not be trusted any more, and several requests need the new ones at once."""
    clock = Clock()
    checked = verifier(jwks_key(issuer.url, clock))
    checked.subject(token())
    clock.now_s += 3_700
    issuer.delay_s = 0.3
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(checked.subject, [token()] * 8)) == {"alice"}
    assert issuer.asked == 2


def test_a_token_with_a_known_key_does_not_wait_for_an_issuer_that_does_not_answer(issuer: Issuer) -> None:
    """One request asks; the others use the known keys. An answer that comes drop by drop counts as none."""
    clock = Clock()
    checked = verifier(jwks_key(issuer.url, clock))
    checked.subject(token())
    issuer.dripping.set()
    clock.now_s += 400
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(checked.subject, token()) for _ in range(8)]
        first = [done.result() for done in itertools.islice(as_completed(asked), 7)]
        assert not all(one.done() for one in asked)
        assert {*first, *(one.result() for one in asked)} == {"alice"}
    issuer.dripping.clear()
    clock.now_s += 6
    assert checked.subject(token()) == "alice"


def test_an_answer_that_never_ends_is_given_up_and_requested_again(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    checked = verifier(jwks_key(issuer.url, clock))
    checked.subject(token())
    issuer.dripping.set()
    clock.now_s += 3_700
    monkeypatch.setattr(jwt_verifier, "_JWKS_TIMEOUT_S", 0.1)
    with pytest.raises(AuthUnavailable):
        checked.subject(token())
    issuer.dripping, dripped = threading.Event(), issuer.dripping
    try:
        monkeypatch.setattr(jwt_verifier, "_JWKS_TIMEOUT_S", 3)
        clock.now_s += 31
        assert checked.subject(token()) == "alice"
    finally:
        dripped.clear()
