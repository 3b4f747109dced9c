"""Writes the pieces of one job: side by side, each stage as soon as what it needs is there."""

import asyncio
import logging
import math
from collections.abc import Coroutine, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

from foundation import log_context
from generator_service.draft import Draft
from generator_service.error import DuplicateName, Internal, InvalidOutput, LoreError, ProviderTimeout
from generator_service.event import (
    FINALIZING_PERCENT,
    Emit,
    Finished,
    Progressed,
    Spent,
    StageFinished,
    percent,
)
from generator_service.job import Job
from generator_service.kind import Output, Stage
from generator_service.llm.ask import Answer, Ask, Clock, Llm, M, Patience
from generator_service.llm.usage import Usage
from generator_service.naming import distinct
from generator_service.prompt import batch_ask, stage_ask

log = logging.getLogger(__name__)

#: Shorter waits are not worth a word to the person who waits.
TOLD_WAIT_S = 2.0
WAITING_MESSAGE = "The writer is busy, trying again..."
LOADING_MESSAGE = "Waiting for the language model, which may still be loading..."


class Writing:
    """One attempt at one job. A failing piece leaves the others alone; nothing outlives `run`."""

    def __init__(self, job: Job, llm: Llm, emit: Emit, *, clock: Clock, time_left_s: float) -> None:
        """`clock` is the LLM client's. After `time_left_s` (inf: never) what is whole has to do."""
        self._job = job
        self._kind = job.kind
        self._llm = llm
        self._emit = emit
        self._time_left_s = time_left_s
        self._clock = clock
        self._patience = Patience(
            clock() + time_left_s, self._tell_of_wait, self._tell_of_loading, self._may_pay_for_unusable_answer
        )
        self._unusable_answers = job.unusable_answers
        self._drafts = [Draft(job.kind, item, job.finished.get(item, {})) for item in range(job.params.count)]
        self._done = sum(len(draft.outputs) for draft in self._drafts)
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()
        self._has_told_of_wait = False
        #: Whether the LLM has answered any call of this attempt.
        self._has_answer = False
        #: Spent since a stage was reported: the next one takes it along.
        self._owed = Usage()

    async def run(self) -> Finished:
        """Write what is missing. Raises the most telling `LoreError` where no piece could be made whole."""
        self._emit(Progressed(self._percent(), f"Generating {self._kind.plural}..."))
        await self._write_all()
        self._settle_debt()
        self._abandon(Internal())
        failures = [draft.failure for draft in self._drafts if draft.failure]
        pieces = [draft.piece for draft in self._drafts if draft.is_whole]
        if not pieces:
            raise most_telling([failure.error for failure in failures])
        self._emit(Progressed(FINALIZING_PERCENT, f"Finalizing {self._kind.plural}..."))
        return Finished(self._kind.document(pieces[0]) if self._kind.document else pieces, failures)

    async def _write_all(self) -> None:
        timer = None
        try:
            async with self._group:
                self._start_all()
                if math.isfinite(self._time_left_s):
                    timer = asyncio.get_running_loop().call_later(self._time_left_s, self._wrap_up)
        finally:
            if timer:
                timer.cancel()

    def _start_all(self) -> None:
        waiting: dict[str, list[Draft]] = {}
        for draft in self._drafts:
            for stage in draft.ready():
                if stage.together:
                    waiting.setdefault(stage.key, []).append(draft)
                else:
                    self._start(self._write(draft, stage))
        for key, drafts in waiting.items():
            self._start(self._write_together(drafts, self._kind.stage[key]))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, draft: Draft, stage: Stage) -> None:
        log_context.bind(item=draft.item, stage=stage.key)
        began_at = self._clock()
        try:
            answer = await self._complete(stage_ask(self._kind, stage, self._job.params, draft.item, draft.outputs))
        except LoreError as error:
            self._fail([draft], stage, error)
        else:
            self._finish(draft, stage, answer, began_at)

    async def _write_together(self, drafts: Sequence[Draft], stage: Stage) -> None:
        log_context.bind(stage=f"{stage.key}s")
        missing, began_at = list(drafts), self._clock()
        error: LoreError = DuplicateName()
        try:
            async with aclosing(distinct(partial(self._propose, stage), len(missing), self._taken(stage))) as rounds:
                async for outputs in rounds:
                    for output in outputs:
                        self._finish(missing.pop(0), stage, Answer(output), began_at)
        except LoreError as cause:
            error = cause
        if missing:
            self._fail(missing, stage, error)

    async def _propose(
        self, stage: Stage, count: int, taken: Sequence[str], initial: str | None = None
    ) -> Sequence[Any]:
        answer = await self._complete(batch_ask(self._kind, stage, self._job.params, count, taken, initial=initial))
        proposals: Sequence[Any] = getattr(answer.output, f"{stage.key}s")
        return proposals

    async def _complete(self, ask: Ask[M]) -> Answer[M]:
        if not self._may_pay_for_unusable_answer():
            raise InvalidOutput("The job has had too many answers that cannot be used.")
        try:
            answer = await self._llm.complete(ask, self._patience, self._spend)
        except LoreError:
            raise
        except Exception as fault:
            # The edge of one call: a fault of ours must not take the other pieces down.
            log.exception("Call failed by a fault of ours")
            raise Internal from fault
        return answer

    def _taken(self, stage: Stage) -> list[str]:
        written = [draft.outputs[stage.key].fields()["name"] for draft in self._drafts if stage.key in draft.outputs]
        return [*self._job.params.avoid, *written]

    def _finish(self, draft: Draft, stage: Stage, answer: Answer[Any], began_at: float) -> None:
        output: Output = stage.settle(answer.output, self._job.params)
        draft.keep(stage, output)
        self._done += 1
        self._has_answer = True
        self._has_told_of_wait = False
        progress = Progressed(self._percent(), stage.message)
        duration_ms = int((self._clock() - began_at) * 1000)
        self._emit(
            StageFinished(
                draft.item,
                stage.key,
                output,
                draft.piece,
                progress,
                usage=self._owed,
                duration_ms=duration_ms,
                adjusted=answer.adjusted,
            )
        )
        self._owed = Usage()
        for next_stage in draft.ready():
            self._start(self._write(draft, next_stage))

    def _fail(self, drafts: Sequence[Draft], stage: Stage, error: LoreError) -> None:
        log.warning("Stage failed: %s", error.code, extra={"pieces": [draft.item for draft in drafts]})
        for draft in drafts:
            draft.fail(stage, error)
        if error.stops_job and not self._has_answer:
            self._stop(error)

    def _wrap_up(self) -> None:
        """Deliver what is whole while there is time; with nothing whole, the deadline may as well come.

        Calls that are still under way then have no known cost.
        """
        self._settle_debt()
        if any(draft.is_whole for draft in self._drafts):
            self._stop(ProviderTimeout())

    def _stop(self, error: LoreError) -> None:
        self._abandon(error)
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()

    def _abandon(self, error: LoreError) -> None:
        """What is neither whole nor failed has failed by this; with all tasks over, there is nothing of the kind."""
        for draft in self._drafts:
            if not draft.is_whole:
                draft.abandon(error)

    def _may_pay_for_unusable_answer(self) -> bool:
        return self._unusable_answers < self._job.max_unusable_answers

    def _spend(self, usage: Usage) -> None:
        self._unusable_answers += usage.unusable_answers
        self._has_answer |= usage.completion_tokens > 0 or usage.unusable_answers > 0
        self._owed += usage

    def _settle_debt(self) -> None:
        """Report what was spent on calls that finished no stage."""
        if self._owed != Usage():
            self._emit(Spent(self._owed))
            self._owed = Usage()

    def _tell_of_wait(self, delay_s: float) -> None:
        """Once until something is finished again: many calls wait at the same time."""
        if delay_s >= TOLD_WAIT_S and not self._has_told_of_wait:
            self._has_told_of_wait = True
            self._emit(Progressed(self._percent(), WAITING_MESSAGE))

    def _tell_of_loading(self) -> None:
        if not self._has_told_of_wait:
            self._has_told_of_wait = True
            self._emit(Progressed(self._percent(), LOADING_MESSAGE))

    def _percent(self) -> int:
        return percent(self._done, self._job.total)


def most_telling(errors: Sequence[LoreError]) -> LoreError:
    """The error that decides what becomes of the job: what stops it, else what another attempt may get over.

    Of several that ask to wait, the one that asks for the longest.
    """
    return max(errors, key=lambda e: (e.stops_job, e.transient, e.retryable, e.retry_after_s or 0.0))
