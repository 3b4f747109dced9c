"""Decides whether to call the provider again after an error, and how long to wait first."""

import math
from collections.abc import Callable

from generator_service.error import LoreError, ProviderError, ProviderLoading
from generator_service.llm.ask import Clock, Patience, Sleep
from generator_service.llm.options import ProviderOptions

#: Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015), seconds.
BACKOFF_BASE_S = 0.5
BACKOFF_CAP_S = 8.0
#: How long to wait before the next call to a server that says it is loading its model, seconds.
LOADING_POLL_S = 2.0


class Retrying:
    """The attempts to get one answer."""

    def __init__(
        self, options: ProviderOptions, patience: Patience, *, clock: Clock, sleep: Sleep, random: Callable[[], float]
    ) -> None:
        """`random` returns numbers from 0 to 1."""
        self._options = options
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._attempt = 1
        self._loading_until = math.inf

    @property
    def is_last_attempt(self) -> bool:
        return self._attempt >= self._options.max_attempts

    def discount_attempt(self) -> None:
        """Do not count the current attempt, because this process's other calls kept the provider busy."""
        self._attempt -= 1

    async def back_off(self, error: LoreError) -> None:
        """Wait until the next attempt. Raises `error` if none is left, if one would not help, or if it is too late.

        Waiting for a model to load uses up no attempts until `load_timeout_s` has passed.
        """
        if not isinstance(error, ProviderError) or not error.retryable or self.is_last_attempt:
            raise error
        self._loading_until = min(self._loading_until, self._clock() + self._options.load_timeout_s)
        delay_s = self._delay_s(error)
        if isinstance(error, ProviderLoading):
            self._patience.on_loading()
        if self._clock() + delay_s > self._patience.deadline_at:
            raise error
        self._patience.on_wait(delay_s)
        await self._sleep(delay_s)
        self._attempt += not isinstance(error, ProviderLoading) or self._clock() > self._loading_until

    def _delay_s(self, error: ProviderError) -> float:
        if isinstance(error, ProviderLoading):
            return LOADING_POLL_S
        if error.retry_after_s is not None:
            return error.retry_after_s + self._random() * BACKOFF_BASE_S
        return self._random() * min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2.0 ** (max(self._attempt, 1) - 1))
