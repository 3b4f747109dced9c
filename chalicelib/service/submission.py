"""Accepting a job: check everything, store it, queue it. Either all of that happened, or nothing did."""

import hashlib
import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib import correlation
from chalicelib.domain import change
from chalicelib.domain.error import Fault, IdempotencyMismatch, JobConflict, NotAllowedNow, NotFound, QueueUnavailable
from chalicelib.domain.job import Job, JobView, Json
from chalicelib.domain.job_type import job_type_named
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.timing import Timing
from chalicelib.port import JobQueue, JobStore

log = logging.getLogger(__name__)

#: Between its admission and its creation a job is not there yet; nothing takes so long, seconds.
_TAKES_AT_MOST_S = 30
#: Retries of retries that a request goes through to find the newest.
_MOST_RETRIES = 100


@dataclass(frozen=True, slots=True)
class Accepted:
    job: Job
    #: How the owner stands with its quota; None where no new job was made.
    standing: Standing | None = None

    @property
    def is_replayed(self) -> bool:
        """Whether an earlier, equal request made the job."""
        return self.standing is None


class Submission:
    def __init__(self, store: JobStore, queue: JobQueue, timing: Timing, max_attempts: int, quota: Quota) -> None:
        self._store = store
        self._queue = queue
        self._timing = timing
        self._max_attempts = max_attempts
        self._quota = quota

    async def submit(
        self,
        owner: str,
        type_name: Any,
        payload: Any,
        idempotency_key: str | None = None,
        faults: Sequence[Fault] = (),
    ) -> Accepted:
        """Validate, store and queue a new job; `faults` are those found in what came with it.

        The same key with the same request gives the same job again, also when the first request is still under way,
        died half-way, or was refused by the quota. Raises `InvalidSubmission`, `IdempotencyMismatch`, `QuotaExceeded`,
        `StoreUnavailable`, `QueueUnavailable`.
        """
        job_type = job_type_named(type_name, payload, faults)
        valid = job_type.validate(payload, owner, faults).model_dump(mode="json", exclude_none=True)
        request = {"type": job_type.name, "payload": valid}
        job_id = await self._id(owner, idempotency_key, request, str(uuid.uuid4()))
        new = self._new(job_id, owner, job_type.name, valid)
        return await self._accept(new, key=idempotency_key, is_shared=idempotency_key is not None)

    async def retry(self, owner: str, job_id: str, idempotency_key: str | None = None) -> Accepted:
        """A new job for what an ended one has not finished; what it has finished is kept and not paid for again.

        There is one such job, with whatever key it is asked for, or none: asked again, it is the same one while it is
        unfinished or whole, and a retry of that one where it has ended incomplete too.

        Raises `NotFound`, `NotAllowedNow` where the job is unfinished or nothing of it is missing, and what `submit`
        raises.
        """
        old = await self._store.view(job_id)
        if old is None or old.job.owner != owner:
            raise NotFound
        _check_retryable(old.job)
        old = await self._newest(old)
        new_id = await self._id(owner, idempotency_key, {"retry_of": job_id}, old.job.retry_id)
        new = self._new(new_id, owner, old.job.type, old.job.payload, retry_of=old.job)
        return await self._accept(new, old, key=idempotency_key, is_shared=True)

    async def _newest(self, old: JobView) -> JobView:
        """The last of a job's retries that has ended incomplete; the job itself where none has."""
        last = old.job
        for _ in range(_MOST_RETRIES):
            newer = await self._store.read(last.retry_id)
            if newer is None or not newer.is_incomplete:
                return old if last is old.job else await self._store.view(last.id) or old
            last = newer
        raise NotAllowedNow("The job was retried too often. Retry the newest of its retries, or submit a new job.")

    async def _id(self, owner: str, key: str | None, request: Mapping[str, Json], job_id: str) -> str:
        """The id that the job shall have, or has: `job_id`, unless the key is bound to another."""
        if key is None:
            return job_id
        fingerprint = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
        first_fingerprint, first_job_id = await self._store.reserve(owner, key, fingerprint, job_id)
        if first_fingerprint != fingerprint:
            raise IdempotencyMismatch
        return first_job_id

    def _new(
        self, job_id: str, owner: str, type_name: str, payload: Mapping[str, Json], retry_of: Job | None = None
    ) -> Mapping[str, Json]:
        return {
            "id": job_id,
            "owner": owner,
            "type": type_name,
            "payload": payload,
            "max_attempts": self._max_attempts,
            "retry_of": retry_of.id if retry_of else None,
            "root_id": retry_of.root_id if retry_of else job_id,
            "request_id": correlation.request_id(),
            "submission_id": uuid.uuid4().hex,
        }

    async def _accept(
        self, new: Mapping[str, Json], old: JobView | None = None, *, key: str | None, is_shared: bool
    ) -> Accepted:
        """Admit, create, send. What could not be queued is removed again, and `QueueUnavailable` raised.

        Should the process die after `create`, the job is there without a message, and recovery queues it. So it does
        where an equal request may have been promised the job meanwhile (`is_shared`), or a worker has it already.
        """
        job_id, owner = new["id"], new["owner"]
        if is_shared and (existing := await self._store.read(job_id)) is not None:
            return Accepted(existing)
        standing = await self._admit(owner, job_id)
        if key is not None:
            # Before there is a job: no refusal costs a place in the store, and no job is made twice.
            await self._store.keep_reserved(owner, key)
        creation = change.create(new, self._timing, old.checkpoints if old else (), old.pieces if old else {})
        try:
            job = await self._store.create(job_id, creation)
        except JobConflict:
            job = await self._existing(job_id)
            if job.is_final:
                await self._store.dismiss(owner, job_id)
            if job.is_final or job.submission_id != new["submission_id"]:
                # An equal request was faster, and sends it.
                return Accepted(job)
            # It is ours: the answer to its creation was lost on the way.
        try:
            await self._queue.send(job)
        except QueueUnavailable:
            if not is_shared and await self._store.discard(job):
                raise
        log.info("Job accepted", extra={"job_id": job_id, "type": job.type, "retry_of": job.retry_of})
        return Accepted(job, standing)

    async def _admit(self, owner: str, job_id: str) -> Standing:
        try:
            return await self._store.admit(owner, job_id, self._quota)
        except QuotaExceeded as refusal:
            if refusal.standing.unfinished_left > 0 or not await self._dismiss_ended(owner):
                raise
        return await self._store.admit(owner, job_id, self._quota)

    async def _dismiss_ended(self, owner: str) -> int:
        """Free the places of jobs that have ended a moment ago, or whose process died as they ended or came to be."""
        ages = await self._store.admitted(owner)
        heads = {head.id: head for head in await self._store.heads(list(ages))}
        ended = [
            job_id
            for job_id, age_s in ages.items()
            if (heads[job_id].is_final if job_id in heads else age_s > _TAKES_AT_MOST_S)
        ]
        for job_id in ended:
            await self._store.dismiss(owner, job_id)
        return len(ended)

    async def _existing(self, job_id: str) -> Job:
        job = await self._store.read(job_id)
        if job is None:
            raise NotFound
        return job


def _check_retryable(job: Job) -> None:
    if job.is_incomplete:
        return
    if job.is_final:
        raise NotAllowedNow("The job is complete: there is nothing to try again. Submit a new job for new pieces.")
    raise NotAllowedNow("The job is still running. Wait for its end, or cancel it first.")
