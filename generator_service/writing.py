"""Writes the pieces of one job: side by side, each stage as soon as what it needs is there."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import aclosing
from typing import Any

from generator_service import logs
from generator_service.draft import Draft
from generator_service.error import DuplicateName, LoreError, ProviderTimeout
from generator_service.event import (
    FINALIZING_PERCENT,
    STARTED_PERCENT,
    Emit,
    Finished,
    ItemFailure,
    Progressed,
    StageFinished,
    percent,
)
from generator_service.job import Job
from generator_service.kind import Output, Stage
from generator_service.llm.ask import Ask, Llm, Patience
from generator_service.llm.usage import Usage
from generator_service.naming import batch_schema, distinct
from generator_service.prompt import batch_messages, stage_messages

log = logging.getLogger(__name__)

#: Shorter waits are not worth a word to the person who waits.
TOLD_WAIT_S = 2.0
WAITING_MESSAGE = "The writer is busy, trying again..."


class Writing:
    """One attempt at one job. A failing piece leaves the others alone; nothing outlives `run`."""

    def __init__(self, job: Job, llm: Llm, emit: Emit, *, deadline_at: float, wrap_up_s: float) -> None:
        """`deadline_at` is on the LLM client's clock; `wrap_up_s` from now, what is whole has to do (inf: never)."""
        self._job = job
        self._kind = job.kind
        self._llm = llm
        self._emit = emit
        self._patience = Patience(deadline_at, self._tell_of_wait)
        self._wrap_up_s = wrap_up_s
        self._drafts = [Draft(job.kind, item, job.finished.get(item, {})) for item in range(job.params.count)]
        self._done = sum(len(draft.outputs) for draft in self._drafts)
        self._tasks: set[asyncio.Task[None]] = set()
        self._group = asyncio.TaskGroup()
        self._has_told_of_wait = False
        #: Spent on calls that finished no stage; the next finished one takes it along.
        self._owed = Usage()
        self._spent = Usage()

    async def run(self) -> Finished:
        """Write what is missing. Raises the most telling `LoreError` where no piece could be made whole."""
        self._emit(Progressed(self._percent, f"Generating {self._kind.plural}..."))
        await self._write_all()
        failures = [draft.failure for draft in self._drafts if draft.failure and not draft.is_whole]
        whole = [draft.piece for draft in self._drafts if draft.is_whole]
        self._log_end(whole, failures)
        if not whole:
            raise most_telling([failure.error for failure in failures])
        self._emit(Progressed(FINALIZING_PERCENT, f"Finalizing {self._kind.plural}..."))
        return Finished(self._kind.document(whole[0]) if self._kind.document else whole, failures)

    async def _write_all(self) -> None:
        timer = None
        async with self._group:
            self._start_all()
            if self._wrap_up_s < float("inf"):
                timer = asyncio.get_running_loop().call_later(max(0.0, self._wrap_up_s), self._wrap_up)
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
