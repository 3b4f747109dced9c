"""The LLM as one job uses it."""

import logging
from dataclasses import replace

from pydantic import BaseModel

from generator_service.error import Internal, InvalidOutput, LoreError
from generator_service.llm.ask import Answer, Ask, Deliver, Llm, Patience
from generator_service.llm.usage import Usage
from generator_service.writing.job import Job
from generator_service.writing.reporter import Reporter
from generator_service.writing.token_budget import Reservation, TokenBudget, estimated_usage, expected_usage

log = logging.getLogger(__name__)


class JobLlm:
    """Asks within the job's deadline and its budgets for tokens and for unusable answers. Reports what calls cost."""

    def __init__(self, llm: Llm, job: Job, reporter: Reporter, *, deadline_at: float) -> None:
        """`deadline_at` is on the clock of `llm`."""
        self._llm = llm
        self._reporter = reporter
        self._unusable_answers = job.unusable_answers
        self._max_unusable_answers = job.max_unusable_answers
        self._budget = TokenBudget(job.token_budget)
        self._patience = Patience(deadline_at, reporter.report_wait, reporter.report_loading)
        #: Whether the LLM has answered any call of this attempt, usably or not.
        self.has_answered = False

    async def complete(self, ask: Ask, deliver: Deliver) -> None:
        """See `ask.Llm`. Raises `LoreError`, and `Internal` for a bug: the other pieces must not fail because of it."""
        if not self._may_pay_for_unusable_answer():
            raise InvalidOutput("The job has used up its budget for unusable answers.")
        expected, outputs = expected_usage(ask), list[BaseModel]()

        def on_part(key: str, answer: Answer) -> None:
            self.has_answered = True
            outputs.append(answer.output)
            deliver(key, answer)

        with self._budget.reserve(expected.tokens) as reservation:
            try:
                await self._complete(ask, expected, reservation, on_part)
            finally:
                if outputs and reservation.is_held and not reservation.is_counted:
                    self._spend(estimated_usage(ask, outputs), reservation)

    async def _complete(self, ask: Ask, expected: Usage, reservation: Reservation, deliver: Deliver) -> None:
        def spend(usage: Usage) -> None:
            reservation.is_counted |= usage.tokens > 0
            is_uncounted = (usage.unusable_answers or usage.weak_answers) and reservation.is_held
            self._spend(usage + expected if is_uncounted else usage, reservation)

        def may_repair() -> bool:
            return self._may_pay_for_unusable_answer() and reservation.hold()

        try:
            await self._llm.complete(ask, replace(self._patience, may_repair=may_repair), spend, deliver)
        except LoreError:
            raise
        except Exception as bug:
            log.exception("LLM call failed because of a bug in the generator")
            raise Internal from bug

    def _may_pay_for_unusable_answer(self) -> bool:
        return self._unusable_answers < self._max_unusable_answers

    def _spend(self, usage: Usage, reservation: Reservation) -> None:
        reservation.pay(usage.tokens)
        self._unusable_answers += usage.unusable_answers
        self.has_answered |= usage.completion_tokens > 0 or usage.unusable_answers > 0
        self._reporter.add_cost(usage)
