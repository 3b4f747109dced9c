"""What a message in the queue says about its job. Everything else is in the store."""

import json
from dataclasses import dataclass
from typing import Self

from chalicelib.domain.job import Job
from foundation.json_value import Json


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """Enough to find the job, and to tell its owner if its state is lost."""

    id: str
    owner: str
    type: str
    #: Milliseconds since 1970 (UTC).
    created_at: int
    #: The job's own choice of a webhook; see `Job.webhook`.
    webhook: Json = None

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(job.id, job.owner, job.type, job.created_at, job.webhook)

    @classmethod
    def parse(cls, body: str) -> Self:
        """The job of a message. Raises `ValueError` if the body is not as `encode` makes it."""
        given = json.loads(body)
        match given:
            case {"job_id": str(job_id), "owner": str(owner), "type": str(type_name), "created_at": int(created_at)}:
                return cls(job_id, owner, type_name, created_at, given.get("webhook"))
        raise ValueError('the body must be {"job_id": "...", "owner": "...", "type": "...", "created_at": 0}')

    def encode(self) -> str:
        """The body of a message: ASCII, since SQS refuses some characters that an owner may have."""
        body = {"job_id": self.id, "owner": self.owner, "type": self.type, "created_at": self.created_at}
        return json.dumps(body if self.webhook is None else {**body, "webhook": self.webhook})
