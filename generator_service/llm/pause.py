"""A pause that the provider asked for. No call starts during it."""

from generator_service.error import ProviderError
from generator_service.llm.ask import Clock, Patience, Sleep


class Pause:
    """Holds back all calls of the process."""

    def __init__(self, clock: Clock, sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._until = 0.0
        self._reason: type[ProviderError] = ProviderError

    @property
    def left_s(self) -> float:
        """Seconds until its end; 0 if it is over."""
        return max(0.0, self._until - self._clock())

    @property
    def is_over(self) -> bool:
        return self._until <= self._clock()

    def start(self, delay_s: float, reason: type[ProviderError]) -> None:
        """Start no call for this long. A shorter pause never shortens a longer one."""
        until = self._clock() + delay_s
        if until > self._until:
            self._until = until
            self._reason = reason

    async def wait_out(self, patience: Patience) -> None:
        """Wait until the pause is over. Raises its reason at once if it ends after the patience's deadline."""
        while (delay_s := self._until - self._clock()) > 0:
            if self._until > patience.deadline_at:
                raise self._reason(retry_after_s=delay_s)
            patience.on_wait(delay_s)
            await self._sleep(delay_s)
