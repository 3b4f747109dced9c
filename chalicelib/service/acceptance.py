"""Accepts new jobs: counts them against the quotas, stores them, queues them. For each job, all three happen or none.

Everything that is the same for all jobs of a batch is done once, and the rest side by side.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.error import JobConflict, LoreSmithError, NotFound, StoreUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.quota import Standing
from chalicelib.domain.timing import Timing
from chalicelib.port.idempotency_keys import IdempotencyKeys
from chalicelib.port.job_queue import JobQueue
from chalicelib.port.job_store import JobStore
from chalicelib.service.admission import Admission
from chalicelib.service.budgeting import Budgeting

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    job: Job
    #: What is left of the owner's quotas; None if no new job was created.
    standing: Standing | None = None

    @property
    def is_replayed(self) -> bool:
        """Whether an earlier, equal request created the job."""
        return self.standing is None


#: What became of one job of a request.
Verdict = Accepted | LoreSmithError


class Acceptance:
    def __init__(
        self,
        *,
        jobs: JobStore,
        keys: IdempotencyKeys,
        admission: Admission,
        budgeting: Budgeting,
        queue: JobQueue,
        timing: Timing,
    ) -> None:
        self._jobs = jobs
        self._keys = keys
        self._admission = admission
        self._budgeting = budgeting
        self._queue = queue
        self._timing = timing

    def check_window(self, owner: str) -> None:
        """See `Admission.check_window`."""
        self._admission.check_window(owner)

    async def accept(self, owner: str, new: Sequence[NewJob], key: str | None, *, is_shared: bool) -> list[Verdict]:
        """Count, create and queue these jobs of one owner. Each is accepted or refused on its own.

        Quotas are used up in the order of `new`. `key` is the idempotency key to keep, if the request has one that is
        not kept yet. `is_shared`: an equal request may get the same jobs at the same time. If the process dies after
        the creation of a job, recovery queues it. Raises `StoreUnavailable` if nothing could be counted.
        """
        budgets = {each.id: await self._budgeting.budget(each.type, each.payload) for each in new}
        counts = await self._admission.count(owner, budgets)
        if key is not None and any(isinstance(count, Standing) for count in counts.values()):
            # Only once the quota allows a job, so that refused requests cannot fill the store with keys; and before
            # any job exists, so that the key cannot expire and be used for a second one.
            await self._keys.keep(owner, key)
        verdicts = await asyncio.gather(
            *(self._created(replace(each, token_budget=budgets[each.id]), counts[each.id]) for each in new)
        )
        created = [verdict.job for verdict in verdicts if isinstance(verdict, Accepted) and not verdict.is_replayed]
        unsent = await self._enqueue(created, is_shared=is_shared)
        for job in created:
            if job.id not in unsent:
                log.info("Job accepted", extra={"job_id": job.id, "type": job.type, "retry_of": job.retry_of})
        return [unsent.get(each.id, verdict) for each, verdict in zip(new, verdicts, strict=True)]

    async def _created(self, new: NewJob, count: Standing | LoreSmithError) -> Verdict:
        """Create the job if it was counted."""
        if not isinstance(count, Standing):
            return count
        try:
            job = await self._create(new)
            if job.is_final:
                # Its end is already settled. This frees what was reserved after that.
                await self._admission.release(new.owner, new.id)
        except LoreSmithError as error:
            return error
        if job.is_final or job.submission_id != new.submission_id:
            # An equal request was faster. It also queues the job.
            return Accepted(job)
        return Accepted(job, count)

    async def _create(self, new: NewJob) -> Job:
        """Create the job. If the id is taken, return the job that has it: it is ours if only the answer was lost."""
        try:
            return await self._jobs.create(new, self._timing)
        except JobConflict:
            job = await self._jobs.read(new.id)
            if job is None:
                raise NotFound from None
            return job

    async def _enqueue(self, jobs: Sequence[Job], *, is_shared: bool) -> dict[str, LoreSmithError]:
        """Queue the jobs. Those for which that fails are deleted again; returns why, by the job's id.

        A job stays, for recovery to queue, if an equal request may have returned it already or a worker has it.
        """
        unsent = await self._queue.send_all(jobs)
        if is_shared or not unsent:
            return {}
        gone = await asyncio.gather(*(self._discarded(job) for job in jobs if job.id in unsent))
        return {job.id: unsent[job.id] for job in gone if job is not None}

    async def _discarded(self, job: Job) -> Job | None:
        """The job, if it could be deleted. If the store fails, it counts as deleted: the caller gets an error."""
        try:
            return job if await self._jobs.discard(job) else None
        except StoreUnavailable:
            return job
