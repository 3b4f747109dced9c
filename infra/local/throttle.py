"""What the web ACL does in front of a deployed stage: so many requests a minute of one token, and then 429."""

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

#: A refusal is held back this long, seconds. AWS refuses on machines of its own; here all callers share one processor,
#: and those who ask again at once, however cheap the answer, would have most of it.
_HELD_S = 0.25


class TokenThrottle:
    """Counts what each token asks for within the last minute. Safe for threads."""

    def __init__(self, requests_per_minute: int) -> None:
        self._limit = RateLimitItemPerMinute(requests_per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admits(self, authorization: str | None) -> bool:
        """Whether a request with this header may come in; those that may not do not count. Without a token all may.

        As for the web ACL (infra/cdk/web_acl.py), neither case nor more spaces make another token of it.
        """
        if authorization is None:
            return True
        return self._limiter.hit(self._limit, " ".join(authorization.split()).lower())

    def hold(self) -> None:
        """Wait before a refusal is answered."""
        time.sleep(_HELD_S)
