"""Receivers that have kept this process waiting. For a moment, it sends them nothing, so that others need not wait."""

import asyncio

#: How long, seconds.
_PAUSE_S = 20.0
#: How many are remembered.
_MOST = 1000


class SlowReceivers:
    pause_s = _PAUSE_S

    def __init__(self) -> None:
        #: (owner, origin) → until when, on the loop's clock. One owner must not hold up others with the same receiver.
        self._until: dict[tuple[str, str], float] = {}

    def note(self, owner: str, origin: str) -> None:
        """The receiver has not answered in time."""
        now = asyncio.get_running_loop().time()
        if len(self._until) >= _MOST:
            self._until = {known: until for known, until in self._until.items() if until > now}
        self._until[owner, origin] = now + _PAUSE_S

    def is_slow(self, owner: str, origin: str) -> bool:
        return self._until.get((owner, origin), 0.0) > asyncio.get_running_loop().time()
