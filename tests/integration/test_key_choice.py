"""Which of the issuer's keys checks a token."""

import re
from typing import Any

import pytest

from chalicelib.adapter.jwt_verifier import jwks_key
from tests.integration.jwks_server import Issuer, curve_jwk, jwk, publish
from tests.integration.signed_token import KEY, OTHER_KEY, refused, token, verifier


@pytest.mark.parametrize("kid", [None, "one"], ids=["token without kid", "token with kid"])
@pytest.mark.parametrize(
    "others",
    [[], [curve_jwk()], [{"kty": "AKP", "alg": "ML-DSA-44", "pub": "x"}], [jwk(OTHER_KEY, use="enc")]],
    ids=["alone", "beside a curve", "beside an unknown type", "beside one for encryption"],
)
def test_the_only_key_that_fits_needs_no_kid(issuer: Issuer, kid: str | None, others: list[Any]) -> None:
    publish(issuer, *others, jwk(KEY))
    checked = verifier(jwks_key(issuer.url))
    assert checked.subject(token(kid=kid)) == "alice"
    refused(checked, token(OTHER_KEY, kid=kid))


def test_a_token_without_kid_is_checked_with_the_only_key_even_if_that_key_has_a_kid(issuer: Issuer) -> None:
    publish(issuer, jwk(KEY, kid="one"), curve_jwk() | {"kid": "two"})
    assert verifier(jwks_key(issuer.url)).subject(token(kid=None)) == "alice"


@pytest.mark.parametrize("kid", [None, "one"])
def test_neither_of_two_keys_without_kid_is_guessed(issuer: Issuer, kid: str | None) -> None:
    """The token is refused, which is not an outage of the issuer."""
    publish(issuer, jwk(KEY), jwk(OTHER_KEY))
    refused(verifier(jwks_key(issuer.url)), token(kid=kid))


def test_a_key_with_the_tokens_kid_is_preferred_to_one_without_kid(issuer: Issuer) -> None:
    publish(issuer, jwk(OTHER_KEY), jwk(KEY, kid="one"))
    checked = verifier(jwks_key(issuer.url))
    assert checked.subject(token(kid="one")) == "alice"
    refused(checked, token(OTHER_KEY, kid="one"))


def test_if_two_key_types_share_a_kid_the_one_that_fits_is_used(issuer: Issuer) -> None:
    """RFC 7517, 4.5 allows it."""
    publish(issuer, jwk(KEY, kid="one"), curve_jwk() | {"kid": "one"})
    assert verifier(jwks_key(issuer.url)).subject(token()) == "alice"


UNUSABLE = [
    {"kty": "RSA", "kid": "two"},
    {"kty": "RSA", "kid": "two", "n": 5, "e": []},
    {"kty": ["RSA"], "kid": "two"},
    {"kty": "RSA", "kid": "two", "alg": {"a": 1}},
    {"kty": "EC", "crv": "P-999", "kid": "two"},
    jwk(OTHER_KEY, kid="two", use="enc", alg="RSA-OAEP"),
    jwk(OTHER_KEY, kid="two", key_ops=["encrypt"]),
    jwk(OTHER_KEY, kid="two", key_ops=7),
    {"kty": "oct", "k": "AAAA", "kid": "two"},
    {"kty": "unheard-of", "kid": "two"},
    None,
    "key",
    [],
]


@pytest.mark.parametrize("unusable", UNUSABLE, ids=lambda key: re.sub(r"'n': '[\w-]+'", "a modulus", str(key)))
def test_an_unusable_key_does_not_affect_the_others(issuer: Issuer, unusable: Any) -> None:
    publish(issuer, unusable, jwk(KEY, kid="one"))
    checked = verifier(jwks_key(issuer.url))
    assert checked.subject(token()) == "alice"
    refused(checked, token(OTHER_KEY, kid="two"))


@pytest.mark.parametrize("absent", [{"use": None}, {"key_ops": None}, {"alg": None}, {"kid": ""}])
def test_a_field_that_is_null_or_empty_counts_as_absent(issuer: Issuer, absent: dict[str, Any]) -> None:
    publish(issuer, jwk(KEY, kid="one") | absent)
    assert verifier(jwks_key(issuer.url)).subject(token()) == "alice"
