"""The token matrix: which tokens are accepted, and above all which are not. Keys and HTTP are real."""

import base64
import hashlib
import hmac
import json
import string
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chalicelib.adapter.jwt_verifier import LEEWAY_S, jwks_key, static_key
from chalicelib.domain.error import Unauthenticated
from tests.integration.jwks_server import Issuer
from tests.integration.signed_token import (
    KEY,
    OTHER_KEY,
    PUBLIC_PEM,
    SECRET,
    claims,
    refused,
    token,
    verifier,
)


def test_a_good_token_speaks_for_its_subject(issuer: Issuer) -> None:
    assert verifier().subject(token()) == "alice"
    assert verifier(jwks_key(issuer.url)).subject(token()) == "alice"
    assert verifier(static_key(SECRET), "HS256").subject(token(SECRET, "HS256")) == "alice"


def test_elliptic_curves_work_too() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert verifier(static_key(pem.decode()), "ES256").subject(token(key, "ES256")) == "alice"


def test_a_key_that_is_too_short_is_not_trusted() -> None:
    """RFC 7518, 3.3: 2,048 bits."""
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = weak.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        signed = token(weak)
    refused(verifier(static_key(pem.decode())), signed)


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "application/at+JWT"])
def test_an_access_token_may_name_its_type(kind: str) -> None:
    assert verifier().subject(jwt.encode(claims(), KEY, algorithm="RS256", headers={"typ": kind})) == "alice"


def unsigned(header: dict[str, Any], signature: bytes = b"") -> str:
    """A token put together by hand, as an attacker would."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    return ".".join([part(json.dumps(header).encode()), part(json.dumps(claims()).encode()), part(signature)])


def confused() -> str:
    """Signed with the public key as if it were a shared secret (algorithm confusion)."""
    body = unsigned({"alg": "HS256", "typ": "JWT"}).rsplit(".", 1)[0]
    signature = hmac.new(PUBLIC_PEM.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def respelled() -> str:
    """The same signature in bits: the last character of 256 bytes in base64 has four that are not used."""
    good, alphabet = token(), string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    return good[:-1] + alphabet[alphabet.index(good[-1]) + 1]


BAD_TOKENS = {
    "another spelling of a good one": respelled(),
    "characters that base64 skips": token() + "!!",
    "padding": token() + "==",
    "signed with another key": token(OTHER_KEY),
    "alg none": unsigned({"alg": "none", "typ": "JWT"}),
    "alg None in other case": unsigned({"alg": "nOnE"}),
    "signature left out": unsigned({"alg": "RS256", "kid": "one"}),
    "algorithm confusion": confused(),
    "algorithm that is not configured": token(KEY, "RS512"),
    "expired": token(exp=int(time.time()) - LEEWAY_S - 5),
    "not yet valid": token(nbf=int(time.time()) + LEEWAY_S + 86_400),
    "never expires": token(exp=None),
    "another audience": token(aud="somebody-else"),
    "no audience": token(aud=None),
    "another issuer": token(iss="https://evil.example"),
    "no issuer": token(iss=None),
    "no subject": token(sub=None),
    "empty subject": token(sub=""),
    "subject too long": token(sub="x" * 300),
    "blank subject": token(sub="   "),
    "expiry as text": token(exp="99999999999"),
    "a logout token": jwt.encode(claims(), KEY, algorithm="RS256", headers={"kid": "one", "typ": "logout+jwt"}),
    "own key in the header": jwt.encode(
        claims(), OTHER_KEY, algorithm="RS256", headers={"jwk": {"kty": "RSA"}, "kid": "one"}
    ),
    "key address in the header": jwt.encode(
        claims(), OTHER_KEY, algorithm="RS256", headers={"jku": "http://127.0.0.1:1/evil", "kid": "one"}
    ),
    "kid that is a path": token(OTHER_KEY, kid="../../../dev/null"),
    "kid that is a query": token(OTHER_KEY, kid="' OR 1=1 --"),
    "subject with control characters": token(sub="alice\n"),
    "the subject of anonymous callers": token(sub="anonymous"),
    "huge": token(padding="x" * 100_000),
    "nonsense": "nonsense",
    "two dots": "..",
    "not ASCII": "é.è.ê",
    "empty": "",
}


@pytest.mark.parametrize("bad", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
@pytest.mark.parametrize("source", ["static", "jwks"])
def test_a_bad_token_is_refused(bad: str, source: str, issuer: Issuer) -> None:
    key_of = static_key(PUBLIC_PEM) if source == "static" else jwks_key(issuer.url)
    with pytest.raises(Unauthenticated) as refused:
        verifier(key_of).subject(bad)
    assert str(refused.value) == Unauthenticated.failure.sentence


def test_clocks_may_differ_by_the_leeway() -> None:
    now = int(time.time())
    assert verifier().subject(token(exp=now - LEEWAY_S + 10)) == "alice"
    assert verifier().subject(token(nbf=now + LEEWAY_S - 10)) == "alice"
