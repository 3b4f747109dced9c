"""Turns requests for jobs into new jobs. An idempotency key makes a repeated request the same one."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence

from chalicelib import correlation
from chalicelib.domain.error import (
    IdempotencyMismatch,
    InvalidSubmission,
    LoreSmithError,
    NotAllowedNow,
    NotFound,
)
from chalicelib.domain.job import Job, JobView
from chalicelib.domain.job_batch import checked, placed
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.new_job import NewJob
from chalicelib.port.idempotency_keys import Binding, IdempotencyKeys
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from chalicelib.service.acceptance import Acceptance, Accepted, Verdict
from chalicelib.service.resolving import Resolving
from chalicelib.service.webhooks import Webhooks
from foundation.json_value import Json

#: How many retries of retries a request follows to find the newest one.
_MAX_RETRIES = 100


class Submission:
    def __init__(
        self,
        *,
        jobs: JobStore,
        index: JobIndex,
        keys: IdempotencyKeys,
        acceptance: Acceptance,
        resolving: Resolving,
        webhooks: Webhooks,
        max_attempts: int,
    ) -> None:
        self._jobs = jobs
        self._index = index
        self._keys = keys
        self._acceptance = acceptance
        self._resolving = resolving
        self._webhooks = webhooks
        self._max_attempts = max_attempts

    def check_window(self, owner: str) -> None:
        """Raises `QuotaExceeded` if a new submission of this owner is certainly refused: it need not even be read.

        Not for a request with an idempotency key, which may repeat an accepted one.
        """
        self._acceptance.check_window(owner)

    async def submit(self, request: JobRequest, idempotency_key: str | None = None) -> Accepted:
        """Store and queue a new job.

        The same key with an equal request returns the same job, even if the first request is still running, died
        halfway, or exceeded the quota. Raises `IdempotencyMismatch`, `InvalidSubmission` for documents that the caller
        does not have, `WebhooksOff`, `NoWebhookSecret`, `QuotaExceeded`, `SpendingStopped`, `LibraryUnavailable`,
        `StoreUnavailable`, `QueueUnavailable`.
        """
        job_id = await self._bind(request.owner, idempotency_key, request.content, str(uuid.uuid4()))
        # Before the documents are read: an equal request was accepted, even if they have changed since.
        if idempotency_key is not None and (existing := await self._jobs.read(job_id)) is not None:
            return Accepted(existing)
        await self._webhooks.check(request.owner, request.options.stored_webhook)
        new = self._new(job_id, request, await self._resolving.stored(request))
        return await self._accept(new, idempotency_key, is_shared=idempotency_key is not None)

    async def submit_all(
        self, owner: str, requests: Sequence[JobRequest], idempotency_key: str | None = None
    ) -> list[Verdict]:
        """Store and queue a new job for each of these requests of one owner; each is accepted or refused on its own.

        The jobs' ids are derived from what the key is bound to. So the same key with equal requests returns the jobs
        that exist, which lack their payload, and submits the others: those that were refused, and those that a process
        did not get to before it died.

        Raises what `submit` raises if that concerns all jobs. `InvalidSubmission` has the faults of all of them, unless
        some of the jobs exist already: then each other job has a verdict of its own.
        """
        content: dict[str, Json] = {"jobs": [request.content for request in requests]}
        batch_id = uuid.UUID(await self._bind(owner, idempotency_key, content, str(uuid.uuid4())))
        wanted = {str(uuid.uuid5(batch_id, str(index))): request for index, request in enumerate(requests)}
        existing = [] if idempotency_key is None else await self._index.read_rows(list(wanted))
        verdicts: dict[str, Verdict] = {job.id: Accepted(job) for job in existing}
        missing = [job_id for job_id in wanted if job_id not in verdicts]
        await self._webhooks.check(owner, *(wanted[job_id].options.stored_webhook for job_id in missing))
        stored = await self._resolving.stored_all([wanted[job_id] for job_id in missing])
        if not existing:
            checked(stored)
        new, places = [], list(wanted)
        for job_id, payload in zip(missing, stored, strict=True):
            if isinstance(payload, InvalidSubmission):
                verdicts[job_id] = placed(places.index(job_id), payload)
            else:
                new.append(self._new(job_id, wanted[job_id], payload))
        # If a job exists, the key is kept already. To keep it again would let it outlive that job.
        key = None if existing else idempotency_key
        accepted = await self._acceptance.accept(owner, new, key, is_shared=idempotency_key is not None)
        verdicts |= {each.id: verdict for each, verdict in zip(new, accepted, strict=True)}
        return [verdicts[job_id] for job_id in wanted]

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

    def _new(self, job_id: str, request: JobRequest, payload: Mapping[str, Json]) -> NewJob:
        return NewJob(
            id=job_id,
            owner=request.owner,
            type=request.type,
            payload=payload,
            max_attempts=self._max_attempts,
            root_id=job_id,
            request_id=correlation.request_id(),
            submission_id=uuid.uuid4().hex,
            deadline_s=request.options.deadline_s,
            webhook=request.options.stored_webhook,
        )

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
            webhook=old.job.webhook,
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

    async def _bind(self, owner: str, key: str | None, content: Mapping[str, Json], new_id: str) -> str:
        """Bind the key to the request. Returns `new_id`, or the one that an earlier, equal request has bound."""
        if key is None:
            return new_id
        fingerprint = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        bound = await self._keys.bind(owner, key, Binding(fingerprint, new_id))
        if bound.fingerprint != fingerprint:
            raise IdempotencyMismatch
        return bound.job_id

    async def _accept(self, new: NewJob, key: str | None, *, is_shared: bool) -> Accepted:
        (verdict,) = await self._acceptance.accept(new.owner, [new], key, is_shared=is_shared)
        if isinstance(verdict, LoreSmithError):
            raise verdict
        return verdict


def _check_retryable(job: Job) -> None:
    if job.is_incomplete:
        return
    if job.is_final:
        raise NotAllowedNow("The job is complete: there is nothing to retry. Submit a new job for new pieces.")
    raise NotAllowedNow("The job is still running. Wait for it to end, or cancel it first.")
