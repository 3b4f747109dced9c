"""Jobs in a store, in the state that a test needs."""

import uuid
from dataclasses import replace
from typing import Any

from chalicelib.domain import change
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Action, Status
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.timing import Timing
from chalicelib.port.job_store import JobStore

TIMING = Timing()
#: The token of the lease holder.
TOKEN = "the-holder"


def new_job(**fields: Any) -> NewJob:
    job_id = str(uuid.uuid4())
    new = NewJob(
        id=job_id,
        type="generate_characters",
        owner="anonymous",
        payload={"theme": "Nórdic ☃", "count": 3},
        max_attempts=3,
        root_id=job_id,
    )
    return replace(new, **fields)


async def created(jobs: JobStore, **fields: Any) -> Job:
    return await jobs.create(new_job(**fields), TIMING)


async def claimed(jobs: JobStore, **fields: Any) -> Job:
    job = await created(jobs, **fields)
    return await jobs.apply(job.id, change.claim(job, TOKEN, TIMING))


async def in_status(jobs: JobStore, status: Status) -> Job:
    if status is Status.PENDING:
        return await created(jobs)
    job = await claimed(jobs)
    match status:
        case Status.COMPLETED:
            return await jobs.apply(job.id, change.complete(TOKEN, [], []))
        case Status.FAILED:
            return await jobs.apply(job.id, change.fail(TOKEN, "refused", "No.", retryable=False))
        case Status.CANCELLED:
            return await jobs.apply(job.id, change.cancel())
    return job


def change_for(action: Action, job: Job) -> change.Change:
    """A change of this action that only the status can forbid."""
    return {
        Action.CREATE: change.create(new_job(id=job.id), TIMING),
        Action.DISCARD: change.discard(),
        Action.CLAIM: change.claim(job, TOKEN, TIMING),
        Action.ADVANCE: change.advance(TOKEN, 40, "Generated names..."),
        Action.RENEW: change.renew(TOKEN, TIMING),
        Action.RELEASE: change.release(TOKEN, "Again...", 1, uses_attempt=True),
        Action.COMPLETE: change.complete(TOKEN, [], []),
        Action.FAIL: change.fail(TOKEN, "refused", "No.", retryable=False),
        Action.CANCEL: change.cancel(),
        Action.EXPIRE: change.expire(job, "timeout", "Too long.", retryable=True),
        Action.RESEND: change.resend(job),
    }[action]
