"""From a message to an attempt: whether its job needs a worker, and whether this worker gets it."""

import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chalicelib.domain import change
from chalicelib.domain.attempt import Attempt
from chalicelib.domain.change import Change
from chalicelib.domain.diagnosis import Finding, diagnose
from chalicelib.domain.error import JobConflict
from chalicelib.domain.job import Job
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.quota import Quota
from chalicelib.domain.retry import Jitter
from chalicelib.domain.timing import Timing
from chalicelib.port.drain_switch import DrainSwitch
from chalicelib.port.job_queue import JobQueue
from chalicelib.port.job_store import JobStore
from chalicelib.port.meter import Meter
from chalicelib.port.quota_ledger import QuotaLedger
from chalicelib.service.archive import Archive
from chalicelib.service.patience import answered_within
from chalicelib.service.recovery import Recovery
from foundation import log_context

log = logging.getLogger(__name__)

T = TypeVar("T")

#: How long a message is delayed if its owner has no free run slot, seconds.
_DELAY_S = (1.0, 3.0)
#: The same during a drain, which takes minutes. Waiting jobs begin within this time after its end.
_DRAIN_DELAY_S = (5.0, 15.0)


class Claiming:
    def __init__(
        self,
        *,
        jobs: JobStore,
        drains: DrainSwitch,
        quotas: QuotaLedger,
        queue: JobQueue,
        recovery: Recovery,
        archive: Archive,
        timing: Timing,
        quota: Quota,
        meter: Meter,
        jitter: Jitter,
    ) -> None:
        self._jobs = jobs
        self._drains = drains
        self._quotas = quotas
        self._queue = queue
        self._recovery = recovery
        self._archive = archive
        self._timing = timing
        self._quota = quota
        self._meter = meter
        self._jitter = jitter

    async def claim(self, queued: QueuedJob) -> Attempt | None:
        """Claim the job of a message; None if this worker has nothing to do.

        It has nothing to do if the job has ended, expired or been lost, waits for a later attempt, a run slot or the
        end of a drain, or is held by a living worker. Raises `StoreUnavailable`, and `LibraryUnavailable` if a lost job
        cannot be recorded.
        """
        log_context.begin(job_id=queued.id)
        drain, job = await self._answered(lambda: self._drains.read_with_job(queued.id))
        if job is None:
            log.info("Message needs no work: job is gone")
            await self._archive.record_lost(queued)
            return None
        if (finding := diagnose(job, self._timing)) is not Finding.CLAIMABLE:
            log.info("Message needs no work: job is %s", finding.value)
            await self._leave(job, finding)
            return None
        if drain is not None and not job.has_begun:
            if job.sent_at > job.observed_at:
                log.info("Message needs no work: a newer one waits for the end of the drain")
                return None
            await self._defer(job, change.hold(job, delay_s := self._jitter(*_DRAIN_DELAY_S)), delay_s)
            return None
        if not await self._acquire_slot(job):
            await self._defer(job, change.defer(job, delay_s := self._jitter(*_DELAY_S)), delay_s)
            return None
        attempt = await self._take(job)
        if attempt is not None:
            self._meter.claimed(attempt.job, took_over=job.lease_token is not None)
        return attempt

    async def _leave(self, job: Job, finding: Finding) -> None:
        """Do at once what recovery would do later for a job that cannot be claimed."""
        if finding is Finding.FINAL:
            await self._archive.archive_now(job.id)
        else:
            await self._recovery.recover(job)

    async def _acquire_slot(self, job: Job) -> bool:
        if self._quota.max_running is None:
            return True
        hold_s = self._timing.job_deadline_s + self._timing.deadline_grace_s
        return await self._answered(lambda: self._quotas.acquire_run_slot(job.owner, job.id, self._quota, hold_s))

    async def _take(self, job: Job) -> Attempt | None:
        token = uuid.uuid4().hex
        try:
            claimed = await self._answered(lambda: self._jobs.claim(job, token, self._timing))
        except JobConflict:
            # Another delivery was faster. Or our claim succeeded, but its answer was lost and this was the second try.
            found = await self._answered(lambda: self._jobs.view(job.id))
            if found is None or found.job.is_final:
                await self._quotas.release_run_slot(job.owner, job.id)
            if found is None or found.job.lease_token != token:
                return None
            claimed = found
        return Attempt(claimed.job, token, claimed.checkpoints)

    async def _defer(self, job: Job, deferral: Change, delay_s: float) -> None:
        """Send the message again, later: one of the owner's running jobs, or a drain, must end first."""
        try:
            await self._jobs.record(job.id, deferral)
        except JobConflict:
            return
        log.info("Job waits for %s", "the end of a drain" if "waits_since" in deferral.at else "its owner's other jobs")
        await self._queue.send(job, delay_s)

    async def _answered(self, operation: Callable[[], Awaitable[T]]) -> T:
        return await answered_within(self._timing.deadline_grace_s, operation)
