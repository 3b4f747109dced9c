"""The LLM's provider: how long answers take, and its limits."""

import math
from dataclasses import dataclass
from random import Random

#: A bucket holds what its limit permits in this time. Azure checks its limits over 1 to 10 s.
_BURST_S = 10.0


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a call takes: log-normal. `spread` 0 gives the median every time."""

    median_s: float
    spread: float

    @property
    def mean_s(self) -> float:
        return self.median_s * math.exp(self.spread**2 / 2)

    def draw(self, random: Random) -> float:
        return self.median_s * math.exp(random.gauss(0, self.spread)) if self.spread else self.median_s


@dataclass(frozen=True, slots=True)
class ProviderLimits:
    """Of one account and model. Infinite if there is no limit."""

    name: str
    requests_per_minute: float
    tokens_per_minute: float


class _Bucket:
    def __init__(self, per_minute: float) -> None:
        self._per_s = per_minute / 60
        self._size = self._per_s * _BURST_S
        self._level = self._size
        self._at_s = 0.0

    def missing_s(self, amount: float, now_s: float) -> float:
        """How long until the amount is there; 0 if it is there now."""
        if math.isinf(self._per_s):
            return 0.0
        self._level = min(self._size, self._level + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        return max(0.0, (min(amount, self._size) - self._level) / self._per_s)

    def take(self, amount: float) -> None:
        if not math.isinf(self._per_s):
            self._level -= amount


class Provider:
    """Counts requests and tokens in two buckets, which refill steadily."""

    def __init__(self, limits: ProviderLimits, tokens_per_call: float) -> None:
        self._requests = _Bucket(limits.requests_per_minute)
        self._tokens = _Bucket(limits.tokens_per_minute)
        self._tokens_per_call = tokens_per_call
        self.refused = 0

    def ask(self, now_s: float) -> float:
        """Make a call. Returns 0 if it is accepted, else Retry-After, in whole seconds as the header has it."""
        wanted = ((self._requests, 1.0), (self._tokens, self._tokens_per_call))
        if (missing_s := max(bucket.missing_s(amount, now_s) for bucket, amount in wanted)) > 0:
            self.refused += 1
            return float(math.ceil(missing_s))
        for bucket, amount in wanted:
            bucket.take(amount)
        return 0.0
