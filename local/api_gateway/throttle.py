"""Limits each token's requests per minute, as the web ACL does on AWS, and delays the refusals of a token."""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Callable

_WINDOW_S = 60
#: How long a refusal is held back, and the interval between one token's refusals, seconds. AWS refuses on machines of
#: its own. Here all callers share a processor, and a client that repeats a request at once would use most of it.
_HELD_S = 0.25
_APART_S = 0.05
#: No refusal is held back longer, seconds, because API Gateway gives up after 29.
_MAX_HELD_S = 20

Clock = Callable[[], float]


class TokenThrottle:
    """Counts the requests of each token in one-minute windows. Not thread-safe."""

    def __init__(self, requests: int, posts: int, clock: Clock = time.monotonic) -> None:
        self._limits = {"POST": posts, "": requests}
        self._clock = clock
        self._counts = Counter[tuple[str, bytes]]()
        self._next_refusal_at: dict[bytes, float] = {}
        self._window_ends = -math.inf

    def retry_after_s(self, method: str, authorization: str | None) -> int | None:
        """Count a request. Returns None if it may proceed, else the seconds until requests are accepted again.

        A request without a token may always proceed. Case and extra spaces do not make a different token, as in the web
        ACL (infra/cdk/web_acl.py).
        """
        if authorization is None:
            return None
        token = _token(authorization)
        kinds = {method, ""} & self._limits.keys()
        now = self._moved()
        self._counts.update((kind, token) for kind in kinds)
        if all(self._counts[kind, token] <= self._limits[kind] for kind in kinds):
            return None
        return math.ceil(self._window_ends - now)

    def hold_s(self, authorization: str | None) -> float:
        """How long to hold back a refusal, of this class or of the app."""
        if authorization is None:
            return 0.0
        token, now = _token(authorization), self._moved()
        refused_at = max(now + _HELD_S, self._next_refusal_at.get(token, 0) + _APART_S)
        self._next_refusal_at[token] = refused_at
        return min(refused_at - now, _MAX_HELD_S)

    def _moved(self) -> float:
        """The time. Forgets all tokens when a new window begins."""
        now = self._clock()
        if now >= self._window_ends:
            self._counts.clear()
            self._next_refusal_at.clear()
            self._window_ends = now + _WINDOW_S
        return now


def _token(authorization: str) -> bytes:
    return hashlib.sha256(" ".join(authorization.split()).lower().encode()).digest()
