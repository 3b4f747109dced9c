"""Remembers which owners have a full window of submissions, so that refusing them again costs next to nothing."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain.quota import UNLIMITED, QuotaExceeded, Standing

#: `Standing` rounds the time until the window moves up to whole seconds. It may move this much earlier.
_ROUNDED_UP_S = 1
#: The most owners that a process remembers.
_MOST_OWNERS = 10_000

#: Seconds since 1970. It must run on while Lambda has frozen the process; a monotonic clock may stop.
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Full:
    standing: Standing
    from_s: float
    until_s: float


class FullWindows:
    """What this process knows of full windows. A window stays full until its oldest submission leaves it: submissions
    are only ever added, by any process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._full: dict[str, _Full] = {}

    def now_s(self) -> float:
        return self._clock()

    def remember(self, owner: str, standing: Standing, asked_at_s: float) -> None:
        """`standing` was the answer to a question at `asked_at_s`. Does nothing if it has submissions left."""
        until_s = asked_at_s + standing.window_moves_in_s - _ROUNDED_UP_S
        if standing.submissions_left == 0 and until_s > asked_at_s:
            if len(self._full) >= _MOST_OWNERS:
                self._full.clear()
            # The other quotas are left out: a job may end at any moment.
            quota = replace(UNLIMITED, max_submissions=standing.quota.max_submissions, window_s=standing.quota.window_s)
            self._full[owner] = _Full(replace(standing, quota=quota), asked_at_s, until_s)

    def check(self, owner: str) -> None:
        """Raises `QuotaExceeded` if the owner's window is certainly full."""
        full = self._full.get(owner)
        if full is None:
            return
        now_s = self._clock()
        if not full.from_s <= now_s < full.until_s:
            del self._full[owner]
            return
        moves_in_s = math.ceil(full.until_s - now_s) + _ROUNDED_UP_S
        raise QuotaExceeded(replace(full.standing, window_moves_in_s=moves_in_s), tokens=0)
