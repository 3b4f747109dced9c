"""Limits each token's requests per minute, as the web ACL does on AWS. Further requests get 429."""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW_S = 60
#: How long a refusal is held back, and the interval between one token's refusals, seconds. AWS refuses on machines of
#: its own. Here all callers share a processor, and a client that repeats a request at once would use most of it.
_HELD_S = 0.25
_APART_S = 0.05
#: No refusal is held back longer, seconds, because API Gateway gives up after 29.
_MAX_HELD_S = 20


@dataclass(frozen=True, slots=True)
class Refusal:
    #: How long until requests are accepted again.
    retry_after_s: int
    #: How long to hold this answer back.
    hold_s: float


class TokenThrottle:
    """Counts the requests of each token in one-minute windows. Not thread-safe."""

    def __init__(self, requests: int, posts: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = {"POST": posts, "": requests}
        self._clock = clock
        self._counts = Counter[tuple[str, bytes]]()
        self._next_refusal_at: dict[bytes, float] = {}
        self._window_ends = -math.inf

    def refusal(self, method: str, authorization: str | None) -> Refusal | None:
        """Count a request. Returns None if it may proceed. A request without a token always may.

        Case and extra spaces do not make a different token, as in the web ACL (infra/cdk/web_acl.py).
        """
        if authorization is None:
            return None
        token = hashlib.sha256(" ".join(authorization.split()).lower().encode()).digest()
        kinds = {method, ""} & self._limits.keys()
        now = self._clock()
        if now >= self._window_ends:
            self._counts.clear()
            self._next_refusal_at.clear()
            self._window_ends = now + _WINDOW_S
        self._counts.update((kind, token) for kind in kinds)
        if all(self._counts[kind, token] <= self._limits[kind] for kind in kinds):
            return None
        refused_at = max(now + _HELD_S, self._next_refusal_at.get(token, 0) + _APART_S)
        self._next_refusal_at[token] = refused_at
        return Refusal(math.ceil(self._window_ends - now), min(refused_at - now, _MAX_HELD_S))
