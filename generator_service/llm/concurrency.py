"""How many calls a provider handles at once, as its answers show."""

from generator_service.llm.ask import Clock

#: After this long without a refusal, each round of answers doubles the limit instead of raising it by one, seconds.
CALM_S = 30.0
#: A round is as many answers as calls may be pending, but at least this many. The limit grows once per round.
_MIN_ROUND = 4


class ConcurrencyLimit:
    """Starts at 1, goes to the maximum once the provider has answered, and then follows the provider's load."""

    def __init__(self, maximum: int, clock: Clock) -> None:
        self._maximum = maximum
        self._clock = clock
        self._limit = 1.0
        self._answers = 0
        self._refused_at = clock()

    @property
    def calls(self) -> int:
        """How many calls may be pending."""
        return int(self._limit)

    def open(self) -> None:
        """Allow the maximum."""
        self._limit = float(self._maximum)

    def allow_one_more(self) -> None:
        self._limit = min(float(self._maximum), self._limit + 1)

    def shrink_to(self, calls: int) -> None:
        """Lower the limit to this many calls, because more overload the provider. One call is always allowed."""
        self._limit = max(1.0, min(self._limit, float(calls)))
        self._refused_at = self._clock()
        self._answers = 0

    def count_answer(self) -> None:
        """Count an answer that came in time. The limit grows once per round."""
        self._answers += 1
        if self._limit >= self._maximum or self._answers < max(self._limit, _MIN_ROUND):
            return
        self._answers = 0
        is_calm = self._clock() - self._refused_at > CALM_S
        self._limit = min(float(self._maximum), self._limit * 2 if is_calm else self._limit + 1)
