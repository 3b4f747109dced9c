"""What the web ACL does in front of a deployed stage: so many requests a minute of one token, and then 429."""

import hashlib
import math
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW_S = 60
#: A refusal is held back this long, and those of one token follow each other at this distance, seconds. AWS refuses on
#: machines of its own; here all callers share one processor, and those who ask again at once, however cheap the answer,
#: would have most of it.
_HELD_S = 0.25
_APART_S = 0.05
#: But none longer than this, seconds: API Gateway gives up after 29.
_HELD_AT_MOST_S = 20


@dataclass(frozen=True, slots=True)
class Refusal:
    #: Until there is room again.
    retry_after_s: int
    #: How long to hold it back.
    hold_s: float


class TokenThrottle:
    """Counts what each token asks for, from minute to minute. Safe for threads."""

    def __init__(self, requests: int, posts: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = {"POST": posts, "": requests}
        self._clock = clock
        self._lock = threading.Lock()
        self._counts = Counter[tuple[str, bytes]]()
        self._next_refusal_at: dict[bytes, float] = {}
        self._window_ends = -math.inf

    def refusal(self, method: str, authorization: str | None) -> Refusal | None:
        """None for a request that may come in, as all without a token may.

        As for the web ACL (infra/cdk/web_acl.py), neither case nor more spaces make another token of it.
        """
        if authorization is None:
            return None
        token = hashlib.sha256(" ".join(authorization.split()).lower().encode()).digest()
        kinds = {method, ""} & self._limits.keys()
        with self._lock:
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
            return Refusal(math.ceil(self._window_ends - now), min(refused_at - now, _HELD_AT_MOST_S))
