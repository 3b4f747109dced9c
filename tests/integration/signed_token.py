"""Keys, tokens signed with them, and verifiers that expect them."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from chalicelib.adapter.jwt_verifier import JwtVerifier, static_key
from chalicelib.domain.error import Unauthenticated

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


def refused(checked: JwtVerifier, bad: str) -> None:
    with pytest.raises(Unauthenticated):
        checked.subject(bad)
