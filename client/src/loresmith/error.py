"""What can go wrong, as one tree:

LoreSmithError
├── ApiError                 the API refused the request
│   ├── InvalidRequest       400; `errors` names every fault
│   ├── Unauthenticated      401
│   ├── Forbidden            403
│   ├── NotFound             404
│   ├── Conflict             409
│   ├── StaleVersion         412; `current` is the document as it is now
│   ├── IdempotencyMismatch  422
│   ├── RateLimited          429
│   └── ServerError          5xx
├── ConnectionLost           the API cannot be reached
├── RequestTimeout           the API did not answer in time
├── UnexpectedAnswer         what answered is not this API
├── WaitTimeout              the job has not ended in time; it continues
├── JobUnfinished            the job has no result yet
├── JobFailed                the job failed
│   └── JobCancelled         somebody cancelled it
├── InvalidWebhook           a webhook's signature, time or body is wrong
└── NotConfigured            the client does not know the API's address
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from loresmith.model import Fault

if TYPE_CHECKING:
    from loresmith.model import JobState


class LoreSmithError(Exception):
    """What every error of this package has.

    `code` is stable and for programs; `message` is for people. `retryable` says whether the same call may succeed
    later. `status` and `request_id` are those of the API's answer, if it gave one: operators can find the request by
    its id.
    """

    code = "error"
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        retryable: bool | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.code if code is None else code
        self.retryable = self.retryable if retryable is None else retryable
        self.status = status
        self.request_id = request_id

    def __str__(self) -> str:
        request = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.code}: {self.message}{request}"


class ApiError(LoreSmithError):
    """The API refused the request. `retry_after_s` is when the API asks to be called again."""

    def __init__(
        self,
        message: str,
        *,
        errors: tuple[Fault, ...] = (),
        retry_after_s: float | None = None,
        current: Mapping[str, Any] | None = None,
        **known: Any,
    ) -> None:
        super().__init__(message, **known)
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.current = current

    def __str__(self) -> str:
        faults = "; ".join(f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in self.errors)
        return f"{super().__str__()}{': ' * bool(faults)}{faults}"


class InvalidRequest(ApiError):
    """400. `errors` has every fault, each with its field and a sentence."""


class Unauthenticated(ApiError):
    """401. The token is missing, wrong or expired."""


class Forbidden(ApiError):
    """403."""


class NotFound(ApiError):
    """404. It does not exist, has expired, or is somebody else's."""


class Conflict(ApiError):
    """409. The state of the job or document does not permit it."""


class StaleVersion(ApiError):
    """412. Somebody else has changed the document. `current` is the document as it is now."""


class IdempotencyMismatch(ApiError):
    """422. The idempotency key was used for another request."""


class RateLimited(ApiError):
    """429. A quota or a rate is used up."""


class ServerError(ApiError):
    """5xx. With 503, a part of the service is down for the moment."""


class ConnectionLost(LoreSmithError):
    """The API cannot be reached, or the connection broke."""

    code, retryable = "connection_lost", True


class RequestTimeout(LoreSmithError):
    """The API did not answer in time. What was asked may have been done."""

    code, retryable = "request_timeout", True


class UnexpectedAnswer(LoreSmithError):
    """What answered is not this API, or a version that this client cannot read."""

    code = "unexpected_answer"


class NotConfigured(LoreSmithError):
    """The client does not know the API's address."""

    code = "not_configured"


class InvalidWebhook(LoreSmithError):
    """The webhook must not be trusted: its signature, its time or its body is wrong."""

    code = "invalid_webhook"


class _AboutJob(LoreSmithError):
    def __init__(self, message: str, job: JobState, **known: Any) -> None:
        super().__init__(message, **known)
        self.job = job

    def __reduce__(self) -> tuple[Any, ...]:
        """For `pickle`: an error of a worker process must reach the process that waits for it."""
        return type(self), (self.message, self.job), vars(self)


class WaitTimeout(_AboutJob):
    """The job has not ended in time. It continues: wait again, or cancel it."""

    code, retryable = "wait_timeout", True


class JobUnfinished(_AboutJob):
    """The job has no result yet."""

    code, retryable = "job_unfinished", True


class JobFailed(_AboutJob):
    """The job failed. `code` and `retryable` are the job's; `job` has what was finished in its `items`."""


class JobCancelled(JobFailed):
    """Somebody cancelled the job."""

    code = "cancelled"
