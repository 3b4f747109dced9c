"""Bearer tokens, checked with PyJWT against a static key or a JWKS: the same code locally and on AWS."""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any

import jwt
from jwt import PyJWK, PyJWKClient, PyJWTError

from chalicelib.domain.error import AuthUnavailable, Unauthenticated
from chalicelib.domain.payload import ANONYMOUS

#: How far the clocks of issuer and verifier may be apart (design, section 7).
LEEWAY_S = 30
#: A longer token is refused unread.
MAX_TOKEN_LENGTH = 8 * 1024
#: A JWKS is asked for again after `_LIFESPAN_S`, or for an unknown key id, but never more often than each
#: `_REFRESH_PAUSE_S`, and each `_RETRY_PAUSE_S` where it could not be had. What was had last stays good for `_STALE_S`.
_LIFESPAN_S = 300
_REFRESH_PAUSE_S = 30
_RETRY_PAUSE_S = 5
_STALE_S = 3600
_JWKS_TIMEOUT_S = 3
#: An answer that has not ended after this is asked for anew.
_GIVEN_UP_S = 30
#: What a token may call itself (RFC 7519, RFC 9068); logout tokens and others of the issuer's are no access tokens.
_TYPES = frozenset({"jwt", "at+jwt"})
_OPTIONS: Any = {"require": ["exp", "iss", "aud", "sub"], "enforce_minimum_key_length": True}
_MAX_SUBJECT_LENGTH = 255

log = logging.getLogger(__name__)

#: An unverified token → the key to verify it with. Raises `Unauthenticated`, `AuthUnavailable`.
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
        # A token has one spelling, or each would have limits of its own; of other ones PyJWT lets padding pass.
        if len(token) > MAX_TOKEN_LENGTH or "=" in token:
            raise Unauthenticated
        try:
            decoded = jwt.decode_complete(
                token,
                self.key_of(token),
                algorithms=list(self.algorithms),
                issuer=self.issuer,
                audience=self.audience,
                leeway=LEEWAY_S,
                options=_OPTIONS,
            )
        except (PyJWTError, ValueError, TypeError) as error:
            raise Unauthenticated from error
        claims = decoded["payload"]
        if not _is_well_formed(decoded["header"], claims):
            raise Unauthenticated
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


def jwks_key(url: str, clock: Callable[[], float] = time.monotonic) -> KeyOf:
    """The key that the token names in its `kid`, from the issuer's JWKS."""
    return _Jwks(url, clock).key_of


class _Jwks:
    """The issuer's keys, kept. Neither forged key ids nor an issuer that is down make us ask more often."""

    def __init__(self, url: str, clock: Callable[[], float]) -> None:
        self._client = PyJWKClient(url, cache_jwk_set=False, timeout=_JWKS_TIMEOUT_S)
        self._clock = clock
        self._keys: Mapping[str, PyJWK] = {}
        self._had_at = self._failed_at = self._asked_at = -math.inf
        self._lock = Lock()
        self._answer: Future[list[PyJWK]] | None = None

    def key_of(self, token: str) -> Any:
        kid = jwt.get_unverified_header(token).get("kid")
        # Whose key is known, and still good, does not wait for somebody who is asking for the keys already.
        is_good = kid in self._keys and self._age_s <= _STALE_S
        if self._is_due(kid) and self._lock.acquire(blocking=not is_good):
            try:
                if self._is_due(kid):
                    self._refresh()
            finally:
                self._lock.release()
        if self._age_s > _STALE_S:
            raise AuthUnavailable
        if not isinstance(kid, str) or kid not in self._keys:
            raise Unauthenticated
        return self._keys[kid].key

    @property
    def _age_s(self) -> float:
        return self._clock() - self._had_at

    def _is_due(self, kid: Any) -> bool:
        lasts_s = _LIFESPAN_S if kid in self._keys else _REFRESH_PAUSE_S
        return self._age_s > lasts_s and self._clock() - self._failed_at > _RETRY_PAUSE_S

    def _refresh(self) -> None:
        try:
            self._keys = {str(key.key_id): key for key in self._asked()}
            self._had_at = self._clock()
        except Exception:
            # Whatever the issuer answers instead of keys, it says nothing about the token.
            log.exception("The issuer's keys cannot be had")
            self._failed_at = self._clock()

    def _asked(self) -> list[PyJWK]:
        """The keys that the issuer gives now. Raises `TimeoutError` where it has not done so in time, drop by drop."""
        if self._answer is None or self._clock() - self._asked_at > _GIVEN_UP_S:
            self._answer, self._asked_at = Future[list[PyJWK]](), self._clock()
            Thread(target=_resolve, args=(self._answer, self._client.get_signing_keys), daemon=True).start()
        answer = self._answer
        try:
            return answer.result(_JWKS_TIMEOUT_S)
        finally:
            # One that comes late is there at the next look.
            self._answer = None if answer.done() else answer


def _resolve(answer: "Future[list[PyJWK]]", ask: Callable[[], list[PyJWK]]) -> None:
    try:
        answer.set_result(ask())
    except Exception as error:  # noqa: BLE001 - raised where it is waited for
        answer.set_exception(error)


def _is_well_formed(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """What PyJWT lets pass: times as text, and tokens that were not made for calling an API."""
    kind = str(header.get("typ", "JWT")).lower().removeprefix("application/")
    times = (claims[name] for name in ("exp", "nbf", "iat") if name in claims)
    return kind in _TYPES and all(isinstance(at, int | float) and not isinstance(at, bool) for at in times)
