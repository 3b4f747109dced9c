"""Checks bearer tokens with PyJWT against a static key or a JWKS: the same code locally and on AWS."""

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any

import jwt
from jwt import InvalidAudienceError, InvalidKeyError, InvalidTokenError, PyJWK, PyJWKClient, PyJWKSetError, PyJWTError

from chalicelib.domain.error import AuthUnavailable, Unauthenticated
from chalicelib.domain.payload import ANONYMOUS

#: How far apart the clocks of issuer and verifier may be.
LEEWAY_S = 30
#: A longer token is refused without being parsed.
MAX_TOKEN_LENGTH = 8 * 1024
#: The JWKS is fetched again after `_LIFESPAN_S`, or for an unknown key id, but at most once per `_REFRESH_PAUSE_S`, and
#: once per `_RETRY_PAUSE_S` after a failure. The keys of the last successful fetch stay valid for `_STALE_S`.
_LIFESPAN_S = 300
_REFRESH_PAUSE_S = 30
_RETRY_PAUSE_S = 5
_STALE_S = 3600
_JWKS_TIMEOUT_S = 3
#: A fetch that has not ended after this is abandoned, and a new one starts.
_GIVEN_UP_S = 30
#: The allowed `typ` in the header of an access token (RFC 7519, RFC 9068).
_TYPES = frozenset({"jwt", "at+jwt"})
#: Some issuers say in `_PURPOSE_CLAIMS` what a token is for. These are the values in access tokens; ID, refresh and
#: logout tokens, signed with the same key, have other values.
_ACCESS = frozenset({"access", "access_token", "bearer", "jwt", "at+jwt"})
_PURPOSE_CLAIMS = ("token_use", "typ", "token_type")
_MAX_SUBJECT_LENGTH = 255

log = logging.getLogger(__name__)

#: An unverified token → the key to verify it with. Raises `Unauthenticated`, `AuthUnavailable`.
KeyOf = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtVerifier:
    """Finds out whose token it is. This verifier decides which algorithms are allowed, never the token.

    `audience_claim` is the claim that must contain the `audience`: "aud", or "client_id" or "azp" for issuers whose
    access tokens only name the client they were issued to.
    """

    key_of: KeyOf
    algorithms: Sequence[str]
    issuer: str
    audience: str
    audience_claim: str = "aud"

    def subject(self, token: str) -> str:
        """The token's `sub`. Raises `Unauthenticated` for any fault, `AuthUnavailable` without the issuer's keys."""
        # Limits count each spelling of a token separately, so only one is valid. PyJWT would also accept padding.
        if len(token) > MAX_TOKEN_LENGTH or "=" in token:
            raise Unauthenticated
        try:
            subject: str = self._claims(token)["sub"]
        except (PyJWTError, ValueError, TypeError) as error:
            # The caller is not told why, but the operator who sets JWT_* needs it. The reason never quotes the token.
            log.info("Token refused: %s", error)
            raise Unauthenticated from error
        return subject

    def _claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that passes every check. Raises `PyJWTError`, `ValueError`, `TypeError`."""
        checks_aud = self.audience_claim == "aud"
        options: Any = {
            "require": ["exp", "iss", "sub", self.audience_claim],
            "verify_aud": checks_aud,
            "enforce_minimum_key_length": True,
        }
        decoded = jwt.decode_complete(
            token,
            self.key_of(token),
            algorithms=list(self.algorithms),
            issuer=self.issuer,
            audience=self.audience if checks_aud else None,
            leeway=LEEWAY_S,
            options=options,
        )
        claims: Mapping[str, Any] = decoded["payload"]
        if not checks_aud:
            self._check_client(claims)
        _check_purpose(decoded["header"], claims)
        _check_times(claims)
        _check_subject(claims["sub"])
        return claims

    def _check_client(self, claims: Mapping[str, Any]) -> None:
        if claims[self.audience_claim] != self.audience:
            raise InvalidAudienceError(f"{self.audience_claim} is not JWT_AUDIENCE")
        # With `client_id`, Cognito sends an `aud` only if the token is for a resource server, which must then be this
        # one. With `azp`, `aud` is ignored: Keycloak's is "account" for every client.
        if self.audience_claim == "client_id" and self.audience not in _listed(claims.get("aud", self.audience)):
            raise InvalidAudienceError("aud is present but is not JWT_AUDIENCE")


def static_key(key: str) -> KeyOf:
    """The same key for every token: a PEM public key, or the secret of HS256."""

    def key_of(_token: str) -> Any:
        return key

    return key_of


def jwks_key(url: str, clock: Callable[[], float] = time.monotonic) -> KeyOf:
    """The key in the issuer's JWKS that the token names in its `kid`; without a `kid`, the only key that fits."""
    return _Jwks(url, clock).key_of


class _Jwks:
    """A cache of the issuer's keys. Neither forged key ids nor an outage of the issuer cause more requests to it."""

    def __init__(self, url: str, clock: Callable[[], float]) -> None:
        self._client = PyJWKClient(url, cache_jwk_set=False, timeout=_JWKS_TIMEOUT_S)
        self._clock = clock
        self._keys: Sequence[PyJWK] = ()
        self._fetched_at = self._failed_at = self._began_at = -math.inf
        self._lock = Lock()
        self._pending: Future[list[PyJWK]] | None = None

    def key_of(self, token: str) -> Any:
        header = jwt.get_unverified_header(token)
        # A request whose key is known and still valid does not wait for another request that is fetching the keys.
        is_valid = self._fitting(header) is not None and self._age_s <= _STALE_S
        if self._is_due(header) and self._lock.acquire(blocking=not is_valid):
            try:
                if self._is_due(header):
                    self._refresh()
            finally:
                self._lock.release()
        if self._age_s > _STALE_S:
            raise AuthUnavailable
        if (key := self._fitting(header)) is None:
            raise InvalidKeyError("the issuer's JWKS has no key for this token, or several and the token names none")
        return key.key

    def _fitting(self, header: Mapping[str, Any]) -> PyJWK | None:
        """The key that the token names. Without a `kid` in token or key, a key fits if it is the only one for `alg`."""
        kid, usable = header.get("kid"), [key for key in self._keys if key.algorithm_name == header.get("alg")]
        if named := [key for key in usable if _is_named(key, kid)]:
            return named[0]
        candidates = [key for key in usable if not key.key_id] if kid else usable
        return candidates[0] if len(candidates) == 1 else None

    @property
    def _age_s(self) -> float:
        return self._clock() - self._fetched_at

    def _is_due(self, header: Mapping[str, Any]) -> bool:
        """Whether to fetch the keys again. A key with a `kid` is kept longer: its successor will have another `kid`."""
        key = self._fitting(header)
        lasts_s = _LIFESPAN_S if key and _is_named(key, header.get("kid")) else _REFRESH_PAUSE_S
        return self._age_s > lasts_s and self._clock() - self._failed_at > _RETRY_PAUSE_S

    def _refresh(self) -> None:
        try:
            self._keys = self._fetch()
            self._fetched_at = self._clock()
        except Exception:
            # An answer without usable keys says nothing about the token.
            log.exception("The issuer's keys could not be fetched")
            self._failed_at = self._clock()

    def _fetch(self) -> list[PyJWK]:
        """Fetch the keys. Raises `TimeoutError` if the whole answer is too slow: the client only limits each read."""
        if self._pending is None or self._clock() - self._began_at > _GIVEN_UP_S:
            self._pending, self._began_at = Future[list[PyJWK]](), self._clock()
            Thread(target=_resolve, args=(self._pending, self._download), daemon=True).start()
        answer = self._pending
        try:
            return answer.result(_JWKS_TIMEOUT_S)
        finally:
            # The next call uses an answer that comes late.
            self._pending = None if answer.done() else answer

    def _download(self) -> list[PyJWK]:
        """The issuer's usable keys. Raises PyJWT's and other errors, also if there are no such keys."""
        if keys := list(_usable(self._client.fetch_data()["keys"])):
            return keys
        raise PyJWKSetError("the JWKS has no signature key of a known type")


def _is_named(key: PyJWK, kid: Any) -> bool:
    return bool(key.key_id) and str(key.key_id) == kid


def _usable(published: Sequence[Any]) -> Iterator[PyJWK]:
    """The signature keys, except broken ones and those of an unknown type."""
    for data in published:
        try:
            if (data.get("use") or "sig") == "sig" and "verify" in (data.get("key_ops") or ["verify"]):
                yield PyJWK(data)
        except Exception as error:  # noqa: BLE001 - a broken key must not affect the others
            log.warning("A key in the issuer's JWKS cannot be used: %s", type(error).__name__)


def _resolve(answer: "Future[list[PyJWK]]", download: Callable[[], list[PyJWK]]) -> None:
    try:
        answer.set_result(download())
    except Exception as error:  # noqa: BLE001 - raised in the thread that waits for it
        answer.set_exception(error)


def _check_purpose(header: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
    kind = str(header.get("typ", "JWT")).lower().removeprefix("application/")
    if kind not in _TYPES:
        raise InvalidTokenError("the header's typ does not have an access token's value")
    for name in _PURPOSE_CLAIMS:
        if str(claims.get(name) or "access").lower() not in _ACCESS:
            raise InvalidTokenError(f"{name} does not have an access token's value")


def _check_times(claims: Mapping[str, Any]) -> None:
    """Refuse times that are not numbers. PyJWT would also accept text."""
    for name in ("exp", "nbf", "iat"):
        if not isinstance(at := claims.get(name, 0), int | float) or isinstance(at, bool):
            raise InvalidTokenError(f"{name} is not a number")


def _check_subject(subject: Any) -> None:
    if not isinstance(subject, str) or not 1 <= len(subject) <= _MAX_SUBJECT_LENGTH:
        raise InvalidTokenError(f"sub is not a text of 1 to {_MAX_SUBJECT_LENGTH} characters")
    if not subject.isprintable() or not subject.strip() or subject == ANONYMOUS:
        raise InvalidTokenError("sub is blank, reserved or has control characters")


def _listed(audience: Any) -> Sequence[Any]:
    return audience if isinstance(audience, list) else [audience]
