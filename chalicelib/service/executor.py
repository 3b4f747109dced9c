"""One job, from a message to its end: claim it, have it written, deliver it, settle it."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import TypeVar, assert_never

from chalicelib import correlation
from chalicelib.domain import change
from chalicelib.domain.change import Change
from chalicelib.domain.diagnosis import Finding, diagnose
from chalicelib.domain.error import GenerationFailed, JobConflict, QueueUnavailable, StoreUnavailable, WorldsUnavailable
from chalicelib.domain.job import Job, Json, PieceWarning, Usage
from chalicelib.domain.job_type import JOB_TYPES, Delivery
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.outcome import Cancelled, Failed, LeaseLost, Outcome, RetryLater, Succeeded
from chalicelib.domain.quota import Quota
from chalicelib.domain.retry import Jitter, after_failure, timed_out
from chalicelib.domain.timing import Timing
from chalicelib.port import Generated, Generator, JobQueue, JobStore, Meter, Progressed, Spent, StageFinished
from chalicelib.service.lease import LeaseKeeper
from chalicelib.service.pacing import paced
from chalicelib.service.recovery import Recovery
from foundation import log_context

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Makes the job's result of what was generated.
Deliver = Callable[[Job, Json], Awaitable[Json]]

#: How long to wait before writing again to a store that does not answer, seconds.
_STORE_PATIENCE_S = 0.5
#: How long a job's message goes back while as many jobs of its owner run as may, seconds.
_TURN_S = (1.0, 3.0)


class _Bill:
    """What an attempt has spent on calls that finished no stage; written with its ending."""

    spent = Usage()


class Executor:
    def __init__(
        self,
        *,
        store: JobStore,
        queue: JobQueue,
        generator: Generator,
        deliveries: Mapping[Delivery, Deliver],
        leases: LeaseKeeper,
        recovery: Recovery,
        timing: Timing,
        quota: Quota,
        meter: Meter,
        jitter: Jitter,
    ) -> None:
        self._store = store
        self._queue = queue
        self._generator = generator
        self._deliveries = deliveries
        self._leases = leases
        self._recovery = recovery
        self._timing = timing
        self._quota = quota
        self._meter = meter
        self._jitter = jitter

    async def run(self, job_id: str) -> None:
        """Do what there is to do for this job. Returns when its message may be deleted.

        A job that is final, gone, not due yet or held by a living worker needs nothing. Raises `StoreUnavailable` where
        the message must be delivered again.
        """
        job = await self._claim(job_id)
        if job is None or job.lease_token is None:
            return
        correlation.begin_job(job)
        bill = _Bill()
        outcome = await self._leases.guard(job.id, job.lease_token, self._attempt(job, bill))
        await self._settle(job, job.lease_token, outcome, bill)

    async def _claim(self, job_id: str) -> Job | None:
        log_context.begin(job_id=job_id)
        job = await self._patiently(lambda: self._store.read(job_id))
        if job is None:
            log.info("Message needs no work: job is gone")
            return None
        if (finding := diagnose(job, self._timing)) is not Finding.CLAIMABLE:
            log.info("Message needs no work: job is %s", finding.value)
            await self._recovery.mend(job)
            return None
        if not await self._patiently(lambda: self._store.enter(job.owner, job_id, self._quota, self._longest_run_s)):
            await self._defer(job)
            return None
        claimed = await self._take(job)
        if claimed is not None:
            self._meter.claimed(claimed, took_over=job.lease_token is not None)
        return claimed

    async def _take(self, job: Job) -> Job | None:
        token = uuid.uuid4().hex
        try:
            return await self._patiently(lambda: self._store.apply(job.id, change.claim(job, token, self._timing)))
        except JobConflict:
            # Another delivery was faster, unless the claim was ours and only its answer was lost on the way.
            newer = await self._patiently(lambda: self._store.read(job.id))
            if newer is None or newer.is_final:
                await self._store.leave(job.owner, job.id)
            return newer if newer is not None and newer.lease_token == token else None

    @property
    def _longest_run_s(self) -> float:
        return self._timing.job_deadline_s + self._timing.deadline_grace_s

    async def _defer(self, job: Job) -> None:
        """Send its message round again: its owner's other jobs must end first."""
        delay_s = self._jitter(*_TURN_S)
        try:
            await self._store.apply(job.id, change.defer(job, delay_s))
        except JobConflict:
            return
        log.info("Job waits for its owner's other jobs")
        await self._queue.send(job, delay_s)

    async def _attempt(self, job: Job, bill: _Bill) -> Outcome:
        deadline_at = asyncio.get_running_loop().time() + job.remaining_s
        try:
            async with asyncio.timeout_at(deadline_at):
                generated, warnings = await self._generate(job, bill)
                deliver = self._deliveries[JOB_TYPES[job.type].delivery]
                return Succeeded(await deliver(job, generated.result), warnings)
        except TimeoutError:
            return timed_out()
        except GenerationFailed as failure:
            log.warning("Attempt failed: %s", failure.code)
            remaining_s = deadline_at - asyncio.get_running_loop().time()
            return after_failure(failure, job, remaining_s, self._timing, self._jitter)
        except WorldsUnavailable:
            log.exception("World could not be saved")
            not_saved = GenerationFailed(WORLD_NOT_SAVED_CODE, WORLD_NOT_SAVED_ERROR, retryable=True)
            remaining_s = deadline_at - asyncio.get_running_loop().time()
            return after_failure(not_saved, job, remaining_s, self._timing, self._jitter)
        except JobConflict as conflict:
            return Cancelled() if conflict.status == Status.CANCELLED else LeaseLost()

    async def _generate(self, job: Job, bill: _Bill) -> tuple[Generated, list[PieceWarning]]:
        """Follow the generator's stream and keep every stage as soon as it is finished."""
        job_type = JOB_TYPES[job.type]
        view = await self._insist(lambda: self._store.view(job.id))
        finished = view.checkpoints if view else ()
        warnings = [warning for checkpoint in finished for warning in checkpoint.warnings]
        timeout_s = min(self._timing.rpc_deadline_s, job.remaining_s)
        params = job_type.params(job.payload, job.owner)
        events = self._generator.generate(
            job.id, job_type.kind, params, finished, timeout_s, unusable_answers=job.usage.unusable_answers
        )
        async with aclosing(paced(events, self._timing.progress_interval_s)) as stream:
            async for event in stream:
                match event:
                    case Progressed(progress, message):
                        await self._write(job, change.advance(_token(job), progress, message))
                    case StageFinished(checkpoint, piece, progress, message, duration_ms):
                        self._meter.stage_finished(job, duration_ms)
                        warnings += checkpoint.warnings
                        kept = change.advance(_token(job), progress, message, checkpoint, piece)
                        await self._write(job, kept)
                    case Spent(usage):
                        bill.spent += usage
                    case Generated(_, missing):
                        gone = {warning.item for warning in missing}
                        return event, [*missing, *(warning for warning in warnings if warning.item not in gone)]
        raise GenerationFailed("internal", "The writing ended without a result. Retry the job.", retryable=True)

    async def _settle(self, job: Job, token: str, outcome: Outcome, bill: _Bill) -> None:
        log.info("Attempt ended: %s", type(outcome).__name__)
        match outcome:
            case Succeeded(result, warnings):
                await self._end(job, change.complete(token, result, warnings), bill)
            case Failed(code, error, retryable):
                await self._end(job, change.fail(token, code, error, retryable=retryable), bill)
            case RetryLater(delay_s, message, uses_attempt):
                release = change.release(token, message, delay_s, uses_attempt=uses_attempt)
                if await self._end(job, release, bill) or await self._is_released(job):
                    self._meter.released(job)
                    # Before the message: whoever takes the job next has its place. Tried once, since it frees itself.
                    with contextlib.suppress(StoreUnavailable):
                        await self._store.leave(job.owner, job.id)
                    await self._send_again(job, delay_s)
            case Cancelled() | LeaseLost():
                pass
            case _:
                assert_never(outcome)

    async def _end(self, job: Job, ending: Change, bill: _Bill) -> bool:
        """Write how the attempt ended; False where the job is no longer ours."""
        billed = change.billed(ending, bill.spent)
        try:
            ended = await self._patiently(lambda: self._store.apply(job.id, billed))
        except JobConflict as conflict:
            log.info("Ending lost: %s", conflict.message)
            return False
        if ended.is_final:
            self._meter.ended(ended)
        return True

    async def _is_released(self, job: Job) -> bool:
        """Whether the release that was refused had been done: its answer was lost, and it was tried again.

        Nobody but the lease holder can release, and whoever claims the job afterwards makes itself known.
        """
        now = await self._patiently(lambda: self._store.read(job.id))
        return now is not None and now.status is Status.PROCESSING and now.lease_token is None

    async def _send_again(self, job: Job, delay_s: float) -> None:
        try:
            await self._queue.send(job, delay_s)
        except QueueUnavailable:
            log.warning("Next attempt could not be queued; recovery does it")

    async def _write(self, job: Job, written: Change) -> None:
        await self._insist(lambda: self._store.apply(job.id, written))

    async def _patiently(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Repeat it for a few seconds while the store does not answer; then raise `StoreUnavailable`."""
        try:
            async with asyncio.timeout(self._timing.deadline_grace_s):
                return await self._insist(operation)
        except TimeoutError:
            raise StoreUnavailable from None

    async def _insist(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Repeat it while the store does not answer: what was paid for must not be lost. The caller bounds the time."""
        while True:
            try:
                return await operation()
            except StoreUnavailable:
                await asyncio.sleep(_STORE_PATIENCE_S)


WORLD_NOT_SAVED_CODE = "world_not_saved"
WORLD_NOT_SAVED_ERROR = (
    "The world was written but could not be saved. Retry the job: nothing is written or paid for again."
)


def _token(job: Job) -> str:
    assert job.lease_token is not None  # noqa: S101 - a claimed job has one
    return job.lease_token
