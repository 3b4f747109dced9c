"""Reports to the caller how a job is going and what it costs."""

from collections.abc import Iterable

from generator_service.kind import Stage
from generator_service.llm.usage import Usage
from generator_service.writing.draft import Draft
from generator_service.writing.event import (
    ADJUSTED,
    FINALIZING_PERCENT,
    Emit,
    Progressed,
    Remark,
    Spent,
    StageFinished,
    percent,
)
from generator_service.writing.job import Job

#: Shorter waits are not reported.
MIN_REPORTED_WAIT_S = 2.0
REWRITING_MESSAGE = "Rewriting..."
FINALIZING_MESSAGE = "Finalizing..."
WAITING_MESSAGE = "The language model is busy, trying again..."
LOADING_MESSAGE = "Waiting for the language model, which may still be loading..."


class Reporter:
    """Emits the events of one attempt. Progress never goes back, and each cost is reported exactly once."""

    def __init__(self, job: Job, emit: Emit) -> None:
        self._job = job
        self._emit = emit
        self._done = job.finished_stages
        #: Many calls wait at the same time, so a wait is reported only once until the next stage is finished.
        self._has_reported_wait = False
        #: Cost that no event has reported yet. The next finished stage reports it.
        self._unreported = Usage()

    def start(self) -> None:
        self._report(REWRITING_MESSAGE if self._job.rewriting else f"Generating {self._job.kind.plural}...")

    def finish_stage(self, draft: Draft, stage: Stage, *, duration_ms: int, remarks: Iterable[Remark]) -> None:
        """`draft` already contains the stage. Its first stage also reports the job's notes."""
        self._done += 1
        self._has_reported_wait = False
        usage, self._unreported = self._unreported, Usage()
        notes = [Remark(ADJUSTED, note) for note in self._job.notes] if len(draft.outputs) == 1 else []
        self._emit(
            StageFinished(
                draft.index,
                stage.key,
                draft.outputs[stage.key],
                draft.piece,
                self._percent,
                stage.message,
                usage,
                duration_ms,
                (*notes, *remarks),
            )
        )

    def finalize(self) -> None:
        message = FINALIZING_MESSAGE if self._job.rewriting else f"Finalizing {self._job.kind.plural}..."
        self._emit(Progressed(FINALIZING_PERCENT, message))

    def add_cost(self, usage: Usage) -> None:
        self._unreported += usage

    def report_unassigned_cost(self) -> None:
        """Report the cost of calls that finished no stage."""
        if self._unreported != Usage():
            self._emit(Spent(self._unreported))
            self._unreported = Usage()

    def report_wait(self, delay_s: float) -> None:
        """Report that the LLM client waits before it tries again."""
        if delay_s >= MIN_REPORTED_WAIT_S:
            self._report_once(WAITING_MESSAGE)

    def report_loading(self) -> None:
        """Report that the server may be loading the model."""
        self._report_once(LOADING_MESSAGE)

    def _report_once(self, message: str) -> None:
        if not self._has_reported_wait:
            self._has_reported_wait = True
            self._report(message)

    def _report(self, message: str) -> None:
        self._emit(Progressed(self._percent, message))

    @property
    def _percent(self) -> int:
        return percent(self._done, self._job.total_stages)
