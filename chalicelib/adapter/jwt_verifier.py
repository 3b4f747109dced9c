"""Bearer tokens, checked with PyJWT against a static key or a JWKS: the same code locally and on AWS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

import jwt
from jwt import PyJWKClient, PyJWKClientConnectionError, PyJWKSetError, PyJWTError

from chalicelib.domain.error import AuthUnavailable, Unauthenticated
from chalicelib.domain.payload import ANONYMOUS

#: How far the clocks of issuer and verifier may be apart (design, section 7).
LEEWAY_S = 30
#: A longer token is refused unread.
MAX_TOKEN_LENGTH = 8 * 1024
#: A JWKS is asked for again after this, or for an unknown key id, but not more often than each `_REFRESH_PAUSE_S`.
_JWKS_LIFESPAN_S = 300
_REFRESH_PAUSE_S = 30
_JWKS_TIMEOUT_S = 3
_MAX_SUBJECT_LENGTH = 255

#: An unverified token → the key to verify it with.
KeyOf = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtVerifier:
    """Knows who a token speaks for. The algorithms are ours to choose, never the token's."""

    key_of: KeyOf
    algorithms: Sequence[str]
    issuer: str
    audience: str

    def subject(self, token: str) -> str:
        """The token's `sub`. Raises `Unauthenticated` for any fault, `AuthUnavailable` where the keys cannot be had."""
        if len(token) > MAX_TOKEN_LENGTH:
            raise Unauthenticated
        try:
            claims = jwt.decode(
                token,
                self.key_of(token),
                algorithms=list(self.algorithms),
                issuer=self.issuer,
                audience=self.audience,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (PyJWKClientConnectionError, PyJWKSetError, JSONDecodeError) as error:
            # The issuer cannot be asked, or answers something that is no set of keys.
            raise AuthUnavailable from error
        except (PyJWTError, ValueError, TypeError) as error:
            raise Unauthenticated from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= _MAX_SUBJECT_LENGTH:
            raise Unauthenticated
        if not subject.isprintable() or not subject.strip() or subject == ANONYMOUS:
            raise Unauthenticated
        return subject


def static_key(key: str) -> KeyOf:
    """The same key for every token: a PEM public key, or the secret of HS256."""

    def key_of(_token: str) -> Any:
        return key

    return key_of


def jwks_key(url: str) -> KeyOf:
    """The key that the token names in its `kid`, from the issuer's JWKS."""
    client = PyJWKClient(url, lifespan=_JWKS_LIFESPAN_S, timeout=_JWKS_TIMEOUT_S, cooldown_duration=_REFRESH_PAUSE_S)

    def key_of(token: str) -> Any:
        return client.get_signing_key_from_jwt(token).key

    return key_of
