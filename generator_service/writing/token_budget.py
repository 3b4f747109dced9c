"""The token budget of one attempt at a job.

The expected cost of a call is reserved before the call and replaced by its real cost after it. A call that might
exceed the budget does not start. So an attempt exceeds its budget only if running calls cost more than expected. The
completion of each call is at most its output limit (llm/output_limit.py), plus the thinking tokens of the model.
"""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from generator_service.error import BudgetExhausted
from generator_service.llm.ask import Ask
from generator_service.llm.output_limit import output_limit
from generator_service.llm.usage import Usage, estimated_tokens

#: An output limit is this many times the usual answer: it allows 6 tokens for a word, and English needs 1.5.
_LIMIT_PER_EXPECTED = 4


def expected_usage(ask: Ask) -> Usage:
    """The tokens that one call for this question usually costs."""
    limits = [output_limit(part.schema, part.max_words) for part in ask.parts]
    return Usage(prompt_tokens=_prompt_tokens(ask), completion_tokens=sum(limits) // _LIMIT_PER_EXPECTED)


def estimated_usage(ask: Ask, outputs: Iterable[BaseModel]) -> Usage:
    """The tokens of an answered call that the provider has not counted."""
    written = sum(estimated_tokens(output.model_dump_json()) for output in outputs)
    return Usage(prompt_tokens=_prompt_tokens(ask), completion_tokens=written)


def _prompt_tokens(ask: Ask) -> int:
    return sum(estimated_tokens(message["content"]) for message in ask.messages)


class Reservation:
    """The tokens that are held for one call."""

    def __init__(self, budget: "TokenBudget", tokens: int) -> None:
        self._budget = budget
        self._tokens = tokens
        self._held = 0
        #: Whether the provider has told the tokens of a call.
        self.is_counted = False

    def hold(self) -> bool:
        """Hold the expected cost of a call; False if there is not enough."""
        self.release()
        if self._tokens > self._budget.left:
            return False
        self._budget.left -= self._tokens
        self._held = self._tokens
        return True

    @property
    def is_held(self) -> bool:
        """Whether no call since `hold` has reported its cost."""
        return self._held > 0

    def pay(self, tokens: int) -> None:
        """Replace what is held with the real cost of a call. Failed and uncounted calls report 0 tokens."""
        if tokens:
            self.release()
            self._budget.left -= tokens

    def release(self) -> None:
        self._budget.left += self._held
        self._held = 0


class TokenBudget:
    def __init__(self, tokens: int | None) -> None:
        """`tokens`: None for no limit."""
        #: What is neither spent nor held. Below 0 if calls have cost more than expected.
        self.left: float = math.inf if tokens is None else tokens

    @contextmanager
    def reserve(self, tokens: int) -> Iterator[Reservation]:
        """Hold the expected cost of a call while the block runs. Raises `BudgetExhausted` if there is not enough."""
        reservation = Reservation(self, tokens)
        if not reservation.hold():
            raise BudgetExhausted
        try:
            yield reservation
        finally:
            reservation.release()
