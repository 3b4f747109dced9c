"""Writes the pieces of one job side by side. A stage starts as soon as the stages that it needs are finished."""

import asyncio
import logging
import math
from collections.abc import Coroutine, Sequence
from contextlib import aclosing
from functools import partial
from typing import cast

from foundation import log_context
from generator_service.error import DuplicateName, Internal, LoreError, OutOfTime
from generator_service.kind import Named, Output, Stage
from generator_service.llm.ask import Answer, Clock, Llm
from generator_service.llm.usage import Usage
from generator_service.writing.draft import Draft, Drafts
from generator_service.writing.event import Emit, Generated
from generator_service.writing.job import Job
from generator_service.writing.job_llm import JobLlm
from generator_service.writing.naming import distinct
from generator_service.writing.prompt import batch_ask, stages_ask
from generator_service.writing.reporter import Reporter
from generator_service.writing.reviewer import Reviewer

log = logging.getLogger(__name__)


class JobWriter:
    """One attempt at one job. If a piece fails, the others continue. Nothing keeps running after `write` returns."""

    def __init__(self, job: Job, llm: Llm, emit: Emit, *, clock: Clock, time_left_s: float) -> None:
        """`clock` is the LLM client's clock. After `time_left_s` (inf: never), deliver the finished pieces, if any."""
        self._job = job
        self._kind = job.kind
        self._clock = clock
        self._time_left_s = time_left_s
        self._drafts = Drafts(job)
        self._reviewer = Reviewer(job, self._drafts)
        self._reporter = Reporter(job, emit)
        self._llm = JobLlm(llm, job, self._reporter, deadline_at=clock() + time_left_s)
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(self) -> Generated:
        """Write what is missing. If no piece could be finished, raises the `LoreError` that best explains why."""
        self._reporter.start()
        await self._write_all()
        self._reporter.report_unassigned_cost()
        if lost := self._drafts.unsettled:
            log.error("Stages were cancelled by a bug", extra={"piece_indexes": [draft.index for draft in lost]})
            self._drafts.abandon(Internal())
        pieces, failures = self._drafts.pieces, self._drafts.failures
        if not pieces:
            raise deciding_error([failure.error for failure in failures])
        self._reporter.finalize()
        return Generated(self._kind.document(pieces[0]) if self._kind.document else pieces, failures)

    async def _write_all(self) -> None:
        timer = None
        try:
            async with self._group:
                self._start_first_stages()
                if math.isfinite(self._time_left_s):
                    timer = asyncio.get_running_loop().call_later(self._time_left_s, self._wrap_up)
        finally:
            if timer:
                timer.cancel()

    def _start_first_stages(self) -> None:
        shared: dict[str, list[Draft]] = {}
        for draft in self._drafts:
            for stages in draft.ready():
                if stages[0].together:
                    shared.setdefault(stages[0].key, []).append(draft)
                else:
                    self._start(self._write_stages(draft, stages))
        for key, drafts in shared.items():
            self._start(self._write_together(drafts, self._kind.stage[key]))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write_stages(self, draft: Draft, stages: Sequence[Stage]) -> None:
        """Write stages of one piece with one call. One that comes before a stage that it needs waits for it."""
        log_context.bind(piece_index=draft.index, stage=" ".join(stage.key for stage in stages))
        began_at, waiting = self._clock(), dict[str, Answer]()
        reviews = {stage.key: self._reviewer.review_of(draft, stage) for stage in stages}

        def take(key: str, answer: Answer) -> None:
            self._reviewer.note([answer])
            waiting[key] = answer
            for stage in stages:
                if stage.key in waiting and draft.has_needs_of(stage):
                    judged = self._reviewer.judge_again(draft, stage, waiting.pop(stage.key))
                    self._finish(draft, stage, judged, began_at)

        try:
            await self._llm.complete(stages_ask(self._job, stages, draft.index, draft.outputs, reviews), take)
        except LoreError as error:
            self._fail([draft], stages, error)

    async def _write_together(self, drafts: Sequence[Draft], stage: Stage) -> None:
        """Write a stage of several pieces with one call, or a few calls if names repeat."""
        log_context.bind(stage=f"{stage.key}s")
        missing, began_at = list(drafts), self._clock()
        error: LoreError = DuplicateName()
        taken = [*self._job.taken_names, *self._drafts.names(stage)]
        try:
            judge = partial(self._reviewer.judge_name, stage)
            async with aclosing(distinct(partial(self._propose, stage), len(missing), taken, judge)) as rounds:
                async for answers in rounds:
                    self._reviewer.note(answers)
                    for answer in answers:
                        self._finish(missing.pop(0), stage, answer, began_at)
        except LoreError as cause:
            error = cause
        if missing:
            self._fail(missing, [stage], error)

    async def _propose(
        self, stage: Stage, count: int, taken: Sequence[str], rejected: Sequence[Answer], initial: str | None = None
    ) -> Sequence[Named]:
        if rejected:
            self._reporter.add_cost(Usage(weak_answers=1))
        proposals: list[Named] = []
        ask = batch_ask(self._job, stage, count, taken, rejected, initial=initial)
        await self._llm.complete(ask, lambda key, answer: proposals.extend(getattr(answer.output, key)))
        return proposals

    def _finish(self, draft: Draft, stage: Stage, answer: Answer, began_at: float) -> None:
        draft.keep(stage, stage.override(cast(Output, answer.output), self._job.params))
        duration_ms = int((self._clock() - began_at) * 1000)
        remarks = self._reviewer.remarks(draft, answer)
        self._reporter.finish_stage(draft, stage, duration_ms=duration_ms, remarks=remarks)
        for stages in draft.ready():
            self._start(self._write_stages(draft, stages))

    def _fail(self, drafts: Sequence[Draft], stages: Sequence[Stage], error: LoreError) -> None:
        log.warning("Stage failed: %s", error.code, extra={"piece_indexes": [draft.index for draft in drafts]})
        for draft in drafts:
            draft.fail(stages, error)
        if error.stops_job and not self._llm.has_answered:
            self._stop(error)

    def _wrap_up(self) -> None:
        """Stop before the deadline if any piece is finished. If none is, keep writing until the deadline.

        The cost of the calls that are still pending is never known.
        """
        self._reporter.report_unassigned_cost()
        if self._drafts.pieces:
            self._stop(OutOfTime())

    def _stop(self, error: LoreError) -> None:
        self._drafts.abandon(error)
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()


def deciding_error(errors: Sequence[LoreError]) -> LoreError:
    """The error to report for the job: one that stops it, or else one that another attempt may avoid.

    If several ask for a delay, the one with the longest delay.
    """
    return max(errors, key=lambda e: (e.stops_job, e.transient, e.retryable, e.retry_after_s or 0.0))
