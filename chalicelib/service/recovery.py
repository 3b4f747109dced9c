"""Recovers jobs that are stuck: their message was lost, their worker died, their time is up, or they are not archived.

It needs no process of its own. A schedule and every poll of a stuck job call it.
"""

import contextlib
import logging
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from chalicelib.domain import change
from chalicelib.domain.diagnosis import Finding, diagnose, message_is_lost
from chalicelib.domain.error import JobConflict, LoreSmithError, QueueUnavailable, Unavailable
from chalicelib.domain.job import Job
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.timing import Timing
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_queue import JobQueue
from chalicelib.port.job_store import JobStore
from chalicelib.port.meter import Meter
from chalicelib.port.quota_ledger import QuotaLedger
from chalicelib.service.archive import Archive
from foundation.job_failure import JOB_FAILURES, NEVER_STARTED

log = logging.getLogger(__name__)

#: One broken job must not hold up the others.
_BROKEN = "Job could not be checked"

#: A job is listed as unfinished at most this long before it is created, seconds.
_LISTED_BEFORE_CREATED_S = 60


@dataclass(slots=True)
class _Sweep:
    """What a sweep has found so far."""

    checked: set[str] = field(default_factory=set)
    #: How many jobs were queued again or ended.
    recovered: int = 0
    #: Jobs that have ended and are not archived, oldest first.
    ended: list[str] = field(default_factory=list)
    #: Why a message could not be sent. Then the sweep sends no more.
    unsent: QueueUnavailable | None = None


class Recovery:
    def __init__(
        self,
        *,
        jobs: JobStore,
        index: JobIndex,
        quotas: QuotaLedger,
        queue: JobQueue,
        archive: Archive,
        timing: Timing,
        meter: Meter,
    ) -> None:
        self._jobs = jobs
        self._index = index
        self._quotas = quotas
        self._queue = queue
        self._archive = archive
        self._timing = timing
        self._meter = meter

    async def sweep(self) -> int:
        """Check every unfinished job; returns how many were queued again or ended.

        Raises `StoreUnavailable` at once, but `QueueUnavailable` only at the end: ending a job needs no queue. Jobs are
        archived last, and in bounded time: after an outage of the library there may be many, and no stuck job may wait
        for them.
        """
        sweep = _Sweep()
        # What `_free_tokens` finds must be listed, so the list has younger jobs too if jobs are never stuck for long.
        min_age_s = min(self._timing.never_stuck_s, _LISTED_BEFORE_CREATED_S)
        async for job_ids in self._index.list_unfinished(min_age_s):
            sweep.checked.update(job_ids)
            found = await self._read(job_ids)
            await self._settle([job for _, job in found if job is not None and job.is_final])
            for job_id, job in found:
                try:
                    await self._check(job_id, job, sweep)
                except QueueUnavailable as error:
                    sweep.unsent = error
                except LoreSmithError:
                    raise
                except Exception:
                    log.exception(_BROKEN, extra={"job_id": job_id})
        await self._free_tokens(sweep.checked)
        await self._archive.sweep(sweep.ended)
        if sweep.unsent is not None:
            raise sweep.unsent
        return sweep.recovered

    async def _read(self, job_ids: Sequence[str]) -> list[tuple[str, Job | None]]:
        """The jobs, without those that cannot be read: one broken job must not hold up the others."""
        try:
            jobs = {job.id: job for job in await self._index.read_rows(job_ids)}
        except LoreSmithError:
            raise
        except Exception:
            if len(job_ids) > 1:
                return [found for job_id in job_ids for found in await self._read([job_id])]
            log.exception(_BROKEN, extra={"job_id": job_ids[0]})
            return []
        return [(job_id, jobs.get(job_id)) for job_id in job_ids]

    async def _settle(self, ended: Sequence[Job]) -> None:
        """The store may have failed just as a job ended. Its quotas block the owner's next job.

        All at once, because after an outage of the library there may be very many.
        """
        try:
            await self._quotas.settle(*ended)
        except LoreSmithError:
            raise
        except Exception:
            log.exception("Ended jobs could not be settled")

    async def _check(self, job_id: str, job: Job | None, sweep: _Sweep) -> None:
        if job is None:
            await self._forget(job_id)
        elif job.is_final:
            sweep.ended.append(job_id)
        else:
            sweep.recovered += await self.recover(job, may_send=sweep.unsent is None)

    async def _forget(self, job_id: str) -> None:
        """Remove an entry without a job from the list. If it is old, its job expired before it was archived."""
        if await self._index.remove_unfinished(job_id, self._timing.job_ttl_s - _LISTED_BEFORE_CREATED_S):
            log.error("Job expired before it was archived", extra={"job_id": job_id})
            self._meter.job_lost()
        else:
            await self._index.remove_unfinished(job_id, _LISTED_BEFORE_CREATED_S)

    async def _free_tokens(self, listed: Container[str]) -> None:
        """Free what is reserved for jobs that were never created. Those that are `listed` are checked elsewhere."""
        for job_id in await self._quotas.reserved_ages(_LISTED_BEFORE_CREATED_S):
            if job_id in listed:
                continue
            job = await self._jobs.read(job_id)
            if job is None or job.is_final:
                await self._quotas.release_for_all(job_id)

    async def recover(self, job: Job, *, may_send: bool = True) -> bool:
        """Queue the job again (only if `may_send`) or end it, if needed; True if it did either.

        Of two simultaneous callers only one succeeds: the store refuses the other's change.
        """
        try:
            match diagnose(job, self._timing):
                case Finding.OVERDUE:
                    await self._end(job, "timeout", None if job.has_begun else NEVER_STARTED)
                case Finding.EXHAUSTED:
                    await self._end(job, "worker_lost")
                case Finding.CLAIMABLE if may_send and message_is_lost(job, self._timing):
                    await self._resend(job)
                case _:
                    return False
        except JobConflict:
            return False
        return True

    async def fail_dead_letter(self, queued: QueuedJob) -> bool:
        """Fail a job whose message is in the dead-letter queue; False if it is too early to decide.

        It is too early while a worker holds the lease, or if another attempt is about to begin. Raises
        `LibraryUnavailable` if the store does not have the job, and that cannot be recorded.
        """
        job = await self._jobs.read(queued.id)
        if job is None:
            await self._archive.record_lost(queued)
            return True
        try:
            return await self._fail_undelivered(job)
        except JobConflict:
            # Another process changed the job meanwhile. The dead letter is delivered again and judged then.
            return False

    async def _fail_undelivered(self, job: Job) -> bool:
        match diagnose(job, self._timing):
            case Finding.LEASED:
                return False
            case Finding.FINAL | Finding.DELAYED:
                return True
            case Finding.OVERDUE | Finding.EXHAUSTED:
                await self._index.note_dead(job.id)
                return await self.recover(job)
            case Finding.CLAIMABLE if job.started_at is not None and not message_is_lost(job, self._timing):
                # The next attempt has its own message, which is on its way.
                return False
        await self._index.note_dead(job.id)
        await self._end(job, "undeliverable")
        return True

    async def _end(self, job: Job, code: str, error: str | None = None) -> None:
        failure = JOB_FAILURES[code]
        expiry = change.expire(job, code, error or failure.sentence, retryable=failure.retryable)
        self._meter.ended(await self._jobs.apply(job.id, expiry))
        log.warning("Job ended by recovery", extra={"job_id": job.id, "attempt": job.attempt, "error_code": code})

    async def _resend(self, job: Job) -> None:
        resent = await self._jobs.apply(job.id, change.resend(job))
        try:
            await self._queue.send(job)
        except QueueUnavailable:
            log.warning("Job could not be queued again; the next check will try", extra={"job_id": job.id})
            with contextlib.suppress(JobConflict):
                await self._jobs.record(job.id, change.unsend(resent, job))
            raise
        log.info("Job queued again", extra={"job_id": job.id, "attempt": job.attempt, "sends": job.sends + 1})


async def recovered(recovery: Recovery, job: Job) -> bool:
    """Whether a reader of the job has recovered it. If the queue or the store prevents that, it can still be shown."""
    try:
        return await recovery.recover(job)
    except Unavailable:
        return False
