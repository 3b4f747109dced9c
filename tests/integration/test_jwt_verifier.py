"""The token matrix: who gets in, and above all who does not. Real keys, a real JWKS over HTTP."""

import base64
import hashlib
import hmac
import http.server
import itertools
import json
import re
import string
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from chalicelib.adapter import jwt_verifier
from chalicelib.adapter.jwt_verifier import LEEWAY_S, JwtVerifier, jwks_key, static_key
from chalicelib.domain.error import AuthUnavailable, Unauthenticated

ISSUER, AUDIENCE = "https://issuer.example", "loresmith"
SECRET = "a-secret-of-more-than-thirty-two-characters"


def rsa_key() -> RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY, OTHER_KEY = rsa_key(), rsa_key()
PUBLIC_PEM = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    all_claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": now + 86_400, "iat": now} | changed
    return {name: value for name, value in all_claims.items() if value is not None}


def token(key: Any = KEY, algorithm: str = "RS256", kid: str | None = "one", **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def verifier(key_of: Any = None, *algorithms: str) -> JwtVerifier:
    return JwtVerifier(
        key_of=key_of or static_key(PUBLIC_PEM), algorithms=algorithms or ["RS256"], issuer=ISSUER, audience=AUDIENCE
    )


class Issuer:
    """Publishes keys over HTTP and counts how often it is asked."""

    def __init__(self) -> None:
        self.keys = {"one": KEY}
        self.asked = 0
        self.status = 200
        #: Instead of the keys.
        self.body: bytes | None = None
        self.delay_s = 0.0
        #: While it is set, an answer comes drop by drop and never ends.
        self.dripping = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                time.sleep(outer.delay_s)
                body = outer.body or json.dumps({"keys": [outer._jwk(kid) for kid in outer.keys]}).encode()
                self.send_response(outer.status)
                self.end_headers()
                dripping = outer.dripping
                while dripping.is_set():
                    self.wfile.write(b" ")
                    time.sleep(0.2)
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def _jwk(self, kid: str) -> dict[str, Any]:
        jwk: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.keys[kid].public_key()))
        return jwk | {"kid": kid, "use": "sig", "alg": "RS256"}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    published = Issuer()
    yield published
    published.server.shutdown()
    published.server.server_close()


def test_a_good_token_speaks_for_its_subject(issuer: Issuer) -> None:
    assert verifier().subject(token()) == "alice"
    assert verifier(jwks_key(issuer.url)).subject(token()) == "alice"
    assert verifier(static_key(SECRET), "HS256").subject(token(SECRET, "HS256")) == "alice"


def test_elliptic_curves_work_too() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert verifier(static_key(pem.decode()), "ES256").subject(token(key, "ES256")) == "alice"


def test_a_key_that_is_too_short_is_trusted_by_nobody() -> None:
    """RFC 7518, 3.3: 2,048 bits."""
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = weak.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        signed = token(weak)
    refused(verifier(static_key(pem.decode())), signed)


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "application/at+JWT"])
def test_access_tokens_may_say_so(kind: str) -> None:
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
    "subject without end": token(sub="x" * 300),
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
    "subject of those who are not told apart": token(sub="anonymous"),
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


def test_the_keys_are_fetched_once_and_kept(issuer: Issuer) -> None:
    checked = verifier(jwks_key(issuer.url))
    for _ in range(20):
        checked.subject(token())
    assert issuer.asked == 1


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def refused(checked: JwtVerifier, bad: str) -> None:
    with pytest.raises(Unauthenticated):
        checked.subject(bad)


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
    """Rotation: both are published for a while, then the new one alone."""
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


def test_keys_that_are_known_stay_good_for_an_hour_while_the_issuer_is_down(issuer: Issuer) -> None:
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


def test_an_issuer_that_never_answered_is_an_outage_and_no_verdict() -> None:
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
]
NONSENSE += [
    b'{"keys": [{"kty": "oct", "k": "AAAA", "use": "enc", "kid": "one"}]}',
    b'{"keys": [{"kid": "one"}]}',
    b"\xff",
]


@pytest.mark.parametrize("body", NONSENSE)
def test_an_issuer_that_answers_nonsense_is_an_outage_and_no_verdict(issuer: Issuer, body: bytes) -> None:
    issuer.body = body
    with pytest.raises(AuthUnavailable):
        verifier(jwks_key(issuer.url)).subject(token())


def test_after_an_idle_hour_everybody_waits_for_the_keys(issuer: Issuer) -> None:
    """Those that there are may not be trusted any more, and the first request is not the only one."""
    clock = Clock()
    checked = verifier(jwks_key(issuer.url, clock))
    checked.subject(token())
    clock.now_s += 3_700
    issuer.delay_s = 0.3
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(checked.subject, [token()] * 8)) == {"alice"}
    assert issuer.asked == 2


def test_whose_key_is_known_does_not_wait_for_an_issuer_that_does_not_answer(issuer: Issuer) -> None:
    """One asks; the others go on with the keys that there are. And drop by drop is no answer."""
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


def test_an_answer_that_never_ends_is_given_up_and_asked_for_anew(
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


def jwk(key: RSAPrivateKey, **changed: Any) -> dict[str, Any]:
    """A key as some issuers publish it: no `kid`, no `alg`, no `use`."""
    published: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    del published["key_ops"]
    return published | changed


def curve_jwk() -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    return dict(json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())))


def publish(issuer: Issuer, *keys: Any) -> None:
    issuer.body = json.dumps({"keys": keys}).encode()


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


def test_a_token_without_kid_is_checked_with_the_only_key_even_if_that_has_a_kid(issuer: Issuer) -> None:
    publish(issuer, jwk(KEY, kid="one"), curve_jwk() | {"kid": "two"})
    assert verifier(jwks_key(issuer.url)).subject(token(kid=None)) == "alice"


@pytest.mark.parametrize("kid", [None, "one"])
def test_of_two_keys_without_kid_neither_is_guessed(issuer: Issuer, kid: str | None) -> None:
    """The token is refused, which is not an outage of the issuer."""
    publish(issuer, jwk(KEY), jwk(OTHER_KEY))
    refused(verifier(jwks_key(issuer.url)), token(kid=kid))


def test_a_key_with_the_tokens_kid_is_preferred_to_one_without_kid(issuer: Issuer) -> None:
    publish(issuer, jwk(OTHER_KEY), jwk(KEY, kid="one"))
    checked = verifier(jwks_key(issuer.url))
    assert checked.subject(token(kid="one")) == "alice"
    refused(checked, token(OTHER_KEY, kid="one"))


def test_of_two_key_types_with_one_kid_the_one_that_fits_is_used(issuer: Issuer) -> None:
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
