"""How long to wait before something that has died is started again."""

#: A life this long counts as healthy.
_HEALTHY_S = 5.0
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 10.0


class RestartBackoff:
    """At once after a healthy life; 0.5 s, doubled up to 10 s, while one short life follows another."""

    def __init__(self) -> None:
        self._short_lives = 0

    def delay_s(self, lived_s: float) -> float:
        """Seconds to wait after a life of `lived_s`. A first short life is forgiven: that one may have been killed."""
        self._short_lives = 0 if lived_s >= _HEALTHY_S else self._short_lives + 1
        if self._short_lives <= 1:
            return 0.0
        return float(min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2 ** (self._short_lives - 2)))
