"""How long to wait before restarting a dead process."""

#: A process that lived this long counts as healthy, seconds.
_HEALTHY_S = 5.0
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 10.0


class RestartBackoff:
    """The delays of one process: none after a healthy life; while lives stay short, 0.5 s, doubled up to 10 s."""

    def __init__(self) -> None:
        self._short_lives = 0

    def delay_s(self, lived_s: float) -> float:
        """Seconds to wait after a life of `lived_s`. A single short life causes no delay: it may have been killed."""
        self._short_lives = 0 if lived_s >= _HEALTHY_S else self._short_lives + 1
        if self._short_lives <= 1:
            return 0.0
        return float(min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2 ** (self._short_lives - 2)))
