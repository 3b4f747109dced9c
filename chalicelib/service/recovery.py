"""Setting right what has come to a halt.

Needs no process of its own: the schedule and every poll of a stuck job call it.
"""

import contextlib
import logging

from chalicelib.domain import change
from chalicelib.domain.diagnosis import Finding, diagnose, message_is_lost
from chalicelib.domain.error import JobConflict, LoreSmithError, QueueUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.retry import NEVER_STARTED_ERROR, TIMEOUT_CODE, TIMEOUT_ERROR
from chalicelib.domain.timing import Timing
from chalicelib.port import JobQueue, JobStore, Meter

log = logging.getLogger(__name__)

#: A job is listed as unfinished a moment before it is there, seconds.
_LISTED_BEFORE_CREATED_S = 60

WORKER_LOST_CODE = "worker_lost"
WORKER_LOST_ERROR = "The work was interrupted again and again and was given up. Retry to go on from what is finished."
UNDELIVERABLE_CODE = "undeliverable"
UNDELIVERABLE_ERROR = (
    "The job could not be handed to a worker. Retry it; if that fails again, tell the operators its id."
)


class Recovery:
    def __init__(self, store: JobStore, queue: JobQueue, timing: Timing, meter: Meter) -> None:
        self._store = store
        self._queue = queue
        self._timing = timing
        self._meter = meter

    async def sweep(self) -> int:
        """Look at every unfinished job; returns how many were set right.

        Raises `StoreUnavailable` at once, and `QueueUnavailable` at the end: to end a job needs no queue.
        """
        mended = 0
        unsent: QueueUnavailable | None = None
        async for job_id in self._store.unfinished():
            try:
                mended += await self._look_at(job_id, may_send=unsent is None)
            except QueueUnavailable as error:
                unsent = error
            except LoreSmithError:
                raise
            except Exception:
                # The edge of one job: what is wrong with it must not keep the others waiting.
                log.exception("Job could not be looked at", extra={"job_id": job_id})
        if unsent is not None:
            raise unsent
        return mended

    async def _look_at(self, job_id: str, *, may_send: bool) -> bool:
        job = await self._store.read(job_id)
        if job is None:
            await self._store.forget_unfinished(job_id, min_age_s=_LISTED_BEFORE_CREATED_S)
            return False
        if job.is_final:
            # The store failed as the job ended. Free the owner's place first: it blocks the owner's next job.
            await self._store.dismiss(job.owner, job_id)
            await self._store.forget_unfinished(job_id)
            return False
        return await self.mend(job, may_send=may_send)

    async def mend(self, job: Job, *, may_send: bool = True) -> bool:
        """Queue the job again where it `may_send`, or end it, where that is due; True when something was done.

        Two that do it at the same time do it once: the second one's change is refused.
        """
        try:
            match diagnose(job, self._timing):
                case Finding.OVERDUE:
                    await self._end(job, TIMEOUT_CODE, TIMEOUT_ERROR if job.started_at else NEVER_STARTED_ERROR)
                case Finding.EXHAUSTED:
                    await self._end(job, WORKER_LOST_CODE, WORKER_LOST_ERROR)
                case Finding.CLAIMABLE if may_send and message_is_lost(job, self._timing):
                    await self._resend(job)
                case _:
                    return False
        except JobConflict:
            return False
        return True

    async def bury(self, job_id: str) -> bool:
        """Fail a job whose message ended in the dead-letter queue; False when it is too early to tell.

        Too early: a worker holds its lease, and may be alive, or have died a moment ago; or another attempt is about
        to begin.
        """
        job = await self._store.read(job_id)
        if job is None:
            return True
        try:
            return await self._bury(job)
        except JobConflict:
            # Somebody was faster; the next look tells what became of it.
            return False

    async def _bury(self, job: Job) -> bool:
        match diagnose(job, self._timing):
            case Finding.LEASED:
                return False
            case Finding.FINAL | Finding.DELAYED:
                return True
            case Finding.OVERDUE | Finding.EXHAUSTED:
                return await self.mend(job)
            case Finding.CLAIMABLE if job.started_at is not None and not message_is_lost(job, self._timing):
                # Its next attempt has a message of its own, which is on its way.
                return False
        await self._end(job, UNDELIVERABLE_CODE, UNDELIVERABLE_ERROR)
        return True

    async def _end(self, job: Job, code: str, error: str) -> None:
        self._meter.ended(await self._store.apply(job.id, change.expire(job, code, error, retryable=True)))
        log.warning("Job ended by recovery", extra={"job_id": job.id, "attempt": job.attempt, "error_code": code})

    async def _resend(self, job: Job) -> None:
        resent = await self._store.apply(job.id, change.resend(job))
        try:
            await self._queue.send(job)
        except QueueUnavailable:
            log.warning("Job could not be queued again; the next look tries", extra={"job_id": job.id})
            with contextlib.suppress(JobConflict):
                await self._store.apply(job.id, change.unsend(resent, job))
            raise
        log.info("Job queued again", extra={"job_id": job.id, "attempt": job.attempt, "sends": job.sends + 1})
