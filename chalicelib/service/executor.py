"""One attempt at a job: claim it, let the generator write it, deliver the result, store how the attempt ended."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import assert_never

from chalicelib import correlation
from chalicelib.domain import change
from chalicelib.domain.attempt import Attempt
from chalicelib.domain.change import Change
from chalicelib.domain.error import (
    GenerationFailed,
    JobConflict,
    LibraryUnavailable,
    QueueUnavailable,
    StoreUnavailable,
)
from chalicelib.domain.job import Checkpoint, Job, PieceWarning
from chalicelib.domain.job_type import JOB_TYPES, Delivery
from chalicelib.domain.lifecycle import TERMINAL, Status
from chalicelib.domain.outcome import Cancelled, Failed, LeaseLost, Outcome, RetryLater, Succeeded
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.retry import Jitter, after_failure, timed_out
from chalicelib.domain.timing import Timing
from chalicelib.port.generator import (
    Generated,
    GenerationEvent,
    GenerationRequest,
    Generator,
    Progressed,
    Spent,
    StageFinished,
)
from chalicelib.port.job_queue import JobQueue
from chalicelib.port.job_store import JobStore
from chalicelib.port.meter import Meter
from chalicelib.port.quota_ledger import QuotaLedger
from chalicelib.service.archive import Archive
from chalicelib.service.claiming import Claiming
from chalicelib.service.estimating import Estimating
from chalicelib.service.lease import LeaseKeeper
from chalicelib.service.notifying import Notifying
from chalicelib.service.pacing import paced
from chalicelib.service.patience import answered_within, until_answered
from foundation.job_failure import ENDED_WITHOUT_RESULT
from foundation.json_value import Json

log = logging.getLogger(__name__)

#: Turns what was generated into the job's result.
Deliver = Callable[[Job, Json], Awaitable[Json]]


class Executor:
    def __init__(
        self,
        *,
        jobs: JobStore,
        quotas: QuotaLedger,
        queue: JobQueue,
        generator: Generator,
        deliveries: Mapping[Delivery, Deliver],
        claiming: Claiming,
        leases: LeaseKeeper,
        estimating: Estimating,
        archive: Archive,
        notifying: Notifying,
        timing: Timing,
        meter: Meter,
        jitter: Jitter,
    ) -> None:
        self._jobs = jobs
        self._quotas = quotas
        self._queue = queue
        self._generator = generator
        self._deliveries = deliveries
        self._claiming = claiming
        self._leases = leases
        self._estimating = estimating
        self._archive = archive
        self._notifying = notifying
        self._timing = timing
        self._meter = meter
        self._jitter = jitter

    async def run(self, queued: QueuedJob) -> None:
        """Do what a message asks for. Returns when the message may be deleted.

        Raises `StoreUnavailable` or `LibraryUnavailable` if the message must be delivered again.
        """
        attempt = await self._claiming.claim(queued)
        if attempt is None:
            return
        correlation.begin_job(attempt.job)
        log.info("Attempt started", extra={"finished_stages": len(attempt.finished)})
        outcome = await self._leases.guard(attempt.job.id, attempt.token, self._carry_out(attempt))
        log.info("Attempt ended: %s", type(outcome).__name__)
        await self._settle(attempt, outcome)

    async def _carry_out(self, attempt: Attempt) -> Outcome:
        job = attempt.job
        deadline_at = asyncio.get_running_loop().time() + job.remaining_s
        try:
            async with asyncio.timeout_at(deadline_at):
                generated, warnings = await self._generate(attempt)
                deliver = self._deliveries[JOB_TYPES[job.type].delivery]
                return Succeeded(await deliver(attempt.job, generated.result), warnings)
        except TimeoutError:
            return timed_out()
        except GenerationFailed as error:
            log.warning("Attempt failed: %s", error.code)
            failure = error
        except LibraryUnavailable:
            log.exception("What was written could not be saved")
            failure = GenerationFailed("not_saved")
        except JobConflict as conflict:
            return Cancelled() if conflict.status == Status.CANCELLED else LeaseLost()
        remaining_s = deadline_at - asyncio.get_running_loop().time()
        return after_failure(failure, job, remaining_s, self._timing, self._jitter)

    async def _generate(self, attempt: Attempt) -> tuple[Generated, list[PieceWarning]]:
        """Follow the generator's stream, and store each stage as soon as it is finished."""
        job = attempt.job
        warnings = [warning for checkpoint in attempt.finished for warning in checkpoint.warnings]
        events = self._generator.generate(_request(job, attempt.finished, self._timing))
        stages = aclosing(paced(events, self._timing.progress_interval_s))
        async with stages as stream, self._notifying.following(job) as advanced:
            async for arrived in stream:
                for event in arrived:
                    match event:
                        case StageFinished(checkpoint, duration_ms=duration_ms):
                            self._meter.stage_finished(job, duration_ms)
                            attempt.note_writer(event.model, event.prompt_version)
                            warnings += checkpoint.warnings
                        case Spent(usage):
                            attempt.spent += usage
                await self._store(attempt, arrived)
                advanced()
                if isinstance(event := arrived[-1], Generated):
                    gone = {warning.item for warning in event.missing}
                    return event, [*event.missing, *(warning for warning in warnings if warning.item not in gone)]
        raise GenerationFailed("internal", ENDED_WITHOUT_RESULT, retryable=True)

    async def _store(self, attempt: Attempt, arrived: Sequence[GenerationEvent]) -> None:
        """Store progress and stages that arrived together in as few writes as possible.

        Paid work must not be lost, so this waits for the store until the attempt's deadline.
        """
        steps = [step for event in arrived if (step := _step(attempt.token, event)) is not None]
        for progress in change.in_few_writes(steps):
            await until_answered(partial(self._jobs.record, attempt.job.id, progress))

    async def _settle(self, attempt: Attempt, outcome: Outcome) -> None:
        match outcome:
            case Succeeded(result, warnings):
                await self._end(attempt, change.complete(attempt.token, result, warnings))
            case Failed(code, error, retryable):
                await self._end(attempt, change.fail(attempt.token, code, error, retryable=retryable))
            case RetryLater():
                await self._release(attempt, outcome)
            case Cancelled():
                await self._archive.archive_now(attempt.job.id)
            case LeaseLost():
                pass
            case _:
                assert_never(outcome)

    async def _release(self, attempt: Attempt, later: RetryLater) -> None:
        """Give up the lease and queue the next attempt."""
        job, delay_s = attempt.job, later.delay_s
        release = change.release(
            attempt.token,
            later.message,
            delay_s,
            uses_attempt=later.uses_attempt,
            resets_deadline=later.resets_deadline,
        )
        if not await self._end(attempt, release) and not await self._is_released(job):
            return
        self._meter.released(job)
        # Before the message is sent: the worker that receives it gets a slot of its own, which a later release would
        # take away. One try is enough, since a slot also expires.
        with contextlib.suppress(StoreUnavailable):
            await self._quotas.release_run_slot(job.owner, job.id)
        try:
            await self._queue.send(job, delay_s)
        except QueueUnavailable:
            log.warning("Next attempt could not be queued; recovery will queue it")

    async def _end(self, attempt: Attempt, ending: Change) -> bool:
        """Store how the attempt ended, and its cost; False if the job is no longer this worker's."""
        billed = change.billed(ending, attempt.spent)
        try:
            ended = await answered_within(
                self._timing.deadline_grace_s, lambda: self._jobs.apply(attempt.job.id, billed)
            )
        except JobConflict as conflict:
            log.info("Ending lost: %s", conflict.message)
            if conflict.status in TERMINAL:
                await self._archive.archive_now(attempt.job.id)
            return False
        if ended.is_final:
            self._meter.ended(ended)
            await self._estimating.learn(ended)
            await self._archive.archive_now(ended.id)
        return True

    async def _is_released(self, job: Job) -> bool:
        """Whether a refused release was applied before: its answer was lost, and this was the second try.

        Only the lease holder can release a job, and the next worker to claim it sets a token.
        """
        now = await answered_within(self._timing.deadline_grace_s, lambda: self._jobs.read(job.id))
        return now is not None and now.status is Status.PROCESSING and now.lease_token is None


def _step(token: str, event: GenerationEvent) -> Change | None:
    """What an event changes in the stored job; None if nothing."""
    match event:
        case Progressed(progress, message):
            return change.advance(token, progress, message)
        case StageFinished(checkpoint, piece, progress, message, model=model, prompt_version=version):
            return change.advance(token, progress, message, checkpoint, piece, model=model, prompt_version=version)
    return None


def _request(job: Job, finished: Sequence[Checkpoint], timing: Timing) -> GenerationRequest:
    job_type = JOB_TYPES[job.type]
    return GenerationRequest(
        job_id=job.id,
        kind=job_type.kind_of(job.payload),
        params=job_type.params(job.payload, job.owner),
        timeout_s=min(timing.rpc_deadline_s, job.remaining_s),
        finished=finished,
        unusable_answers=job.usage.unusable_answers,
        token_budget=job.tokens_left,
    )
