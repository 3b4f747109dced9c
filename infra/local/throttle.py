"""What the web ACL does in front of a deployed stage: so many requests a minute of one token, and then 429."""

import hashlib
import math
import threading
import time
from collections import Counter
from collections.abc import Callable

_WINDOW_S = 60
#: A refusal is held back this long, seconds. AWS refuses on machines of its own; here all callers share one processor,
#: and those who ask again at once, however cheap the answer, would have most of it.
_HELD_S = 0.25


class TokenThrottle:
    """Counts what each token asks for, from minute to minute. Safe for threads."""

    def __init__(self, requests: int, posts: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = {"POST": posts, "": requests}
        self._clock = clock
        self._lock = threading.Lock()
        self._counts = Counter[tuple[str, bytes]]()
        self._window_ends = -math.inf

    def refuses(self, method: str, authorization: str | None) -> int | None:
        """None for a request that may come in, as all without a token may; else in how many seconds there is room.

        As for the web ACL (infra/cdk/web_acl.py), neither case nor more spaces make another token of it.
        """
        if authorization is None:
            return None
        token = hashlib.sha256(" ".join(authorization.split()).lower().encode()).digest()
        with self._lock:
            now = self._clock()
            if now >= self._window_ends:
                self._counts.clear()
                self._window_ends = now + _WINDOW_S
            kinds = {method, ""} & self._limits.keys()
            self._counts.update((kind, token) for kind in kinds)
            is_over = any(self._counts[kind, token] > self._limits[kind] for kind in kinds)
            return math.ceil(self._window_ends - now) if is_over else None

    def hold(self) -> None:
        """Wait before a refusal is answered."""
        time.sleep(_HELD_S)
