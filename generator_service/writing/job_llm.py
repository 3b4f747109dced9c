"""The LLM as one job uses it."""

import logging

from generator_service.error import Internal, InvalidOutput, LoreError
from generator_service.llm.ask import Answer, Ask, Deliver, Llm, Patience
from generator_service.llm.usage import Usage
from generator_service.writing.job import Job
from generator_service.writing.reporter import Reporter

log = logging.getLogger(__name__)


class JobLlm:
    """Asks within the job's deadline and its budget for unusable answers, and reports what each call costs."""

    def __init__(self, llm: Llm, job: Job, reporter: Reporter, *, deadline_at: float) -> None:
        """`deadline_at` is on the clock of `llm`."""
        self._llm = llm
        self._reporter = reporter
        self._unusable_answers = job.unusable_answers
        self._max_unusable_answers = job.max_unusable_answers
        self._patience = Patience(
            deadline_at, reporter.report_wait, reporter.report_loading, self._may_pay_for_unusable_answer
        )
        #: Whether the LLM has answered any call of this attempt, usably or not.
        self.has_answered = False

    async def complete(self, ask: Ask, deliver: Deliver) -> None:
        """See `ask.Llm`. Raises `LoreError`, and `Internal` for a bug: the other pieces must not fail because of it."""
        if not self._may_pay_for_unusable_answer():
            raise InvalidOutput("The job has used up its budget for unusable answers.")

        def on_part(key: str, answer: Answer) -> None:
            self.has_answered = True
            deliver(key, answer)

        try:
            await self._llm.complete(ask, self._patience, self._spend, on_part)
        except LoreError:
            raise
        except Exception as bug:
            log.exception("LLM call failed because of a bug in the generator")
            raise Internal from bug

    def _may_pay_for_unusable_answer(self) -> bool:
        return self._unusable_answers < self._max_unusable_answers

    def _spend(self, usage: Usage) -> None:
        self._unusable_answers += usage.unusable_answers
        self.has_answered |= usage.completion_tokens > 0 or usage.unusable_answers > 0
        self._reporter.add_cost(usage)
