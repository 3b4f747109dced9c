"""Accepts jobs: counts them against the quotas, stores them, queues them. Either all three happen or none does."""

import hashlib
import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib import correlation
from chalicelib.domain.error import IdempotencyMismatch, JobConflict, NotAllowedNow, NotFound, QueueUnavailable
from chalicelib.domain.job import Job, JobView
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.quota import Standing
from chalicelib.domain.timing import Timing
from chalicelib.port.idempotency_keys import Binding, IdempotencyKeys
from chalicelib.port.job_queue import JobQueue
from chalicelib.port.job_store import JobStore
from chalicelib.service.admission import Admission
from chalicelib.service.budgeting import Budgeting
from chalicelib.service.resolving import Resolving
from foundation.json_value import Json

log = logging.getLogger(__name__)

#: How many retries of retries a request follows to find the newest one.
_MAX_RETRIES = 100


@dataclass(frozen=True, slots=True)
class Accepted:
    job: Job
    #: What is left of the owner's quotas; None if no new job was created.
    standing: Standing | None = None

    @property
    def is_replayed(self) -> bool:
        """Whether an earlier, equal request created the job."""
        return self.standing is None


class Submission:
    def __init__(
        self,
        *,
        jobs: JobStore,
        keys: IdempotencyKeys,
        admission: Admission,
        budgeting: Budgeting,
        resolving: Resolving,
        queue: JobQueue,
        timing: Timing,
        max_attempts: int,
    ) -> None:
        self._jobs = jobs
        self._keys = keys
        self._admission = admission
        self._budgeting = budgeting
        self._resolving = resolving
        self._queue = queue
        self._timing = timing
        self._max_attempts = max_attempts

    def check_window(self, owner: str) -> None:
        """Raises `QuotaExceeded` if a new submission of this owner is certainly refused: it need not even be read.

        Not for a request with an idempotency key, which may repeat an accepted one.
        """
        self._admission.check_window(owner)

    async def submit(self, request: JobRequest, idempotency_key: str | None = None) -> Accepted:
        """Store and queue a new job.

        The same key with an equal request returns the same job, even if the first request is still running, died
        halfway, or exceeded the quota. Raises `IdempotencyMismatch`, `InvalidSubmission` for documents that the caller
        does not have, `QuotaExceeded`, `SpendingStopped`, `LibraryUnavailable`, `StoreUnavailable`, `QueueUnavailable`.
        """
        job_id = await self._bind(request.owner, idempotency_key, request.content, str(uuid.uuid4()))
        # Before the documents are read: an equal request was accepted, even if they have changed since.
        if idempotency_key is not None and (existing := await self._jobs.read(job_id)) is not None:
            return Accepted(existing)
        new = NewJob(
            id=job_id,
            owner=request.owner,
            type=request.type,
            payload=await self._resolving.stored(request),
            max_attempts=self._max_attempts,
            root_id=job_id,
            request_id=correlation.request_id(),
            submission_id=uuid.uuid4().hex,
            deadline_s=request.options.deadline_s,
        )
        return await self._accept(new, idempotency_key, is_shared=idempotency_key is not None)

    async def retry(self, owner: str, job_id: str, idempotency_key: str | None = None) -> Accepted:
        """Store and queue a job that continues an ended one. What is finished is kept and not paid for again.

        A job is retried once, whatever the keys. While the retry is unfinished or complete, further requests return
        that retry. Once it has ended incomplete, they retry the retry.

        Raises `NotFound`, `NotAllowedNow` if the job is unfinished or complete, and what `submit` raises.
        """
        old = await self._jobs.view(job_id)
        if old is None or old.job.owner != owner:
            raise NotFound
        _check_retryable(old.job)
        old = await self._newest(old)
        new_id = await self._bind(owner, idempotency_key, {"retry_of": job_id}, old.job.retry_id)
        if (existing := await self._jobs.read(new_id)) is not None:
            return Accepted(existing)
        return await self._accept(self._retry_of(old, new_id), idempotency_key, is_shared=True)

    def _retry_of(self, old: JobView, new_id: str) -> NewJob:
        return NewJob(
            id=new_id,
            owner=old.job.owner,
            type=old.job.type,
            payload=old.job.payload,
            max_attempts=self._max_attempts,
            root_id=old.job.root_id,
            retry_of=old.job.id,
            request_id=correlation.request_id(),
            submission_id=uuid.uuid4().hex,
            deadline_s=old.job.deadline_s,
            model=old.job.model,
            prompt_version=old.job.prompt_version,
            checkpoints=old.checkpoints,
            pieces=old.pieces,
        )

    async def _newest(self, old: JobView) -> JobView:
        """The last of a job's retries that has ended incomplete; the job itself if none has."""
        last = old.job
        for _ in range(_MAX_RETRIES):
            newer = await self._jobs.read(last.retry_id)
            if newer is None or not newer.is_incomplete:
                return old if last is old.job else await self._jobs.view(last.id) or old
            last = newer
        raise NotAllowedNow("The job has been retried too often. Retry its newest retry, or submit a new job.")

    async def _bind(self, owner: str, key: str | None, content: Mapping[str, Json], job_id: str) -> str:
        """Bind the key to the request. Returns the id for its job: `job_id`, or that of an earlier, equal request."""
        if key is None:
            return job_id
        fingerprint = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        bound = await self._keys.bind(owner, key, Binding(fingerprint, job_id))
        if bound.fingerprint != fingerprint:
            raise IdempotencyMismatch
        return bound.job_id

    async def _accept(self, new: NewJob, key: str | None, *, is_shared: bool) -> Accepted:
        """Count, create and queue the job. `is_shared`: an equal request may get the same job at the same time.

        If the process dies after the creation, recovery queues the job.
        """
        tokens = await self._budgeting.budget(new.type, new.payload)
        standing = await self._admission.count(new.owner, new.id, tokens)
        if key is not None:
            # Only once the quota allows the job, so that refused requests cannot fill the store with keys; and before
            # the job exists, so that the key cannot expire and be used for a second job.
            await self._keys.keep(new.owner, key)
        job = await self._create(replace(new, token_budget=tokens))
        if job.is_final:
            # Its end is already settled. This frees what was reserved after that.
            await self._admission.release(new.owner, new.id)
        if job.is_final or job.submission_id != new.submission_id:
            # An equal request was faster. It also queues the job.
            return Accepted(job)
        await self._enqueue(job, is_shared=is_shared)
        log.info("Job accepted", extra={"job_id": job.id, "type": job.type, "retry_of": job.retry_of})
        return Accepted(job, standing)

    async def _create(self, new: NewJob) -> Job:
        """Create the job. If the id is taken, return the job that has it: it is ours if only the answer was lost."""
        try:
            return await self._jobs.create(new, self._timing)
        except JobConflict:
            job = await self._jobs.read(new.id)
            if job is None:
                raise NotFound from None
            return job

    async def _enqueue(self, job: Job, *, is_shared: bool) -> None:
        """Queue the job. If that fails, delete it again and raise `QueueUnavailable`.

        The job stays, for recovery to queue, if an equal request may have returned it already or a worker has it.
        """
        try:
            await self._queue.send(job)
        except QueueUnavailable:
            if not is_shared and await self._jobs.discard(job):
                raise


def _check_retryable(job: Job) -> None:
    if job.is_incomplete:
        return
    if job.is_final:
        raise NotAllowedNow("The job is complete: there is nothing to retry. Submit a new job for new pieces.")
    raise NotAllowedNow("The job is still running. Wait for it to end, or cancel it first.")
