"""When a notification that was not delivered is sent again."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.retry import Jitter

#: Seconds between the attempts, about 28 hours in all (Standard Webhooks, "Deliverability and reliability").
DEFAULT_S = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
#: Each delay is longer by up to this share, so that a receiver that was down does not get everything at once.
_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class WebhookSchedule:
    #: The first entry follows the first attempt.
    delays_s: Sequence[float] = DEFAULT_S

    def delay_s(self, number: int, jitter: Jitter) -> float | None:
        """How long to wait after attempt `number` (from 0); None if it was the last one."""
        if number >= len(self.delays_s):
            return None
        return self.delays_s[number] * jitter(1.0, 1.0 + _SPREAD)

    @property
    def longest_s(self) -> float:
        """A receiver may ask for a longer delay than the schedule's, but not for one longer than this."""
        return max(self.delays_s, default=0.0)
