"""The error tree.

    LoreSmithError
    ├── InvalidSubmission       the request is not valid; lists every fault
    │   └── UnknownCursor       the cursor is not from this list, or what it points to is gone
    ├── Unauthenticated         the token is not valid
    │   └── NoToken             the token is missing
    ├── Forbidden               the caller may not act for another user
    ├── QuotaExceeded           the owner has used up a quota (domain/quota.py)
    ├── SpendingStopped         all owners together have used up the tokens of a day (domain/spending.py)
    ├── PayloadTooLarge         the body is too large (api/problem.py)
    ├── UnsupportedMediaType    the body is not JSON (api/problem.py)
    ├── NotFound                unknown, expired or somebody else's
    ├── NotAllowedNow           the state of the job or document does not permit the request
    ├── WebhooksOff             this deployment sends no webhooks
    ├── NoWebhookSecret         a webhook was given before the owner has made a secret
    ├── StaleVersion            somebody else changed the document in the meantime
    ├── VersionRequired         a change does not say which version of the document it is for (api/precondition.py)
    ├── LibraryFull             the owner has as many pieces as permitted
    ├── IdempotencyMismatch     the key was used for another request
    ├── JobConflict             the store refused a write because of the job's state
    ├── Unavailable             a part of the system does not answer
    │   ├── StoreUnavailable    Redis
    │   ├── QueueUnavailable    SQS
    │   ├── LibraryUnavailable  DynamoDB
    │   └── AuthUnavailable     the issuer of the tokens
    └── GenerationFailed        the generator failed; says whether another attempt may succeed

The code, retryability, HTTP status and sentence of each are in the catalogue: foundation/request_failure.py and
foundation/job_failure.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from chalicelib.domain.document import Document
from foundation.failure import Failure
from foundation.job_failure import JOB_FAILURES
from foundation.request_failure import REQUEST_FAILURES


class LoreSmithError(Exception):
    """The root of the tree."""

    failure: ClassVar[Failure] = REQUEST_FAILURES["internal_error"]

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.failure.sentence)
        self.code = self.failure.code
        #: Whether the same request, or a retry of the job, may succeed later.
        self.retryable = self.failure.retryable

    @property
    def message(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request."""

    #: Path of the field in the body, such as "payload.count"; "" for the body as a whole.
    field: str
    #: What is wrong and what is expected, as a sentence.
    message: str


class InvalidSubmission(LoreSmithError):
    """The request is not valid. Nothing was stored."""

    failure = REQUEST_FAILURES["invalid_request"]

    def __init__(self, faults: Sequence[Fault], message: str | None = None) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


def together(*checks: Callable[[], Any]) -> list[Any]:
    """The results of these checks, in order. Raises `InvalidSubmission` with the faults of all of them."""
    results: list[Any] = []
    faults: list[Fault] = []
    for check in checks:
        try:
            results.append(check())
        except InvalidSubmission as error:
            faults += error.faults
    if faults:
        raise InvalidSubmission(faults)
    return results


class UnknownCursor(InvalidSubmission):
    """The cursor is not from this list, or the job that it points to is gone."""

    def __init__(self) -> None:
        super().__init__([Fault("cursor", "is not from this API, or has expired; start again without one")])


class Unauthenticated(LoreSmithError):
    """The caller's identity is not proven. The error does not say why, so that a forger learns nothing."""

    failure = REQUEST_FAILURES["unauthenticated"]


class NoToken(Unauthenticated):
    """The request has no bearer token."""


class Forbidden(LoreSmithError):
    """The caller may not act for another user."""

    failure = REQUEST_FAILURES["forbidden"]


class NotFound(LoreSmithError):
    """What was requested does not exist, or belongs to another owner."""

    failure = REQUEST_FAILURES["not_found"]


class NotAllowedNow(LoreSmithError):
    """The state of the job or document does not permit the request."""

    failure = REQUEST_FAILURES["conflict"]


class WebhooksOff(LoreSmithError):
    """This deployment sends no webhooks: its functions have no way to the internet."""

    failure = REQUEST_FAILURES["webhooks_off"]


class NoWebhookSecret(LoreSmithError):
    """The owner has no secret yet, so nothing that is sent could be verified."""

    failure = REQUEST_FAILURES["webhook_secret_missing"]


class StaleVersion(LoreSmithError):
    """A change was made for a version of a document that is not the current one. Nothing was changed."""

    failure = REQUEST_FAILURES["stale_version"]

    def __init__(self, current: Document | None) -> None:
        super().__init__()
        #: The document as it is now; None if it was deleted for good.
        self.current = current


class LibraryFull(LoreSmithError):
    """The owner has as many pieces as permitted."""

    failure = REQUEST_FAILURES["library_full"]


class IdempotencyMismatch(LoreSmithError):
    """The Idempotency-Key belongs to another request of the same caller."""

    failure = REQUEST_FAILURES["idempotency_mismatch"]


class JobConflict(LoreSmithError):
    """The store refused a write, and nothing was changed."""

    failure = REQUEST_FAILURES["conflict"]

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(f"The job is {status}; the change was refused ({reason}).")
        #: The job's status: a `Status` value or "absent".
        self.status = status
        #: "status", "token" or the name of the field that did not have the expected value.
        self.reason = reason


class Unavailable(LoreSmithError):
    """A part of the system does not answer at the moment."""

    failure = REQUEST_FAILURES["unavailable"]
    #: Seconds after which a client should try again.
    retry_after_s = 5


class StoreUnavailable(Unavailable):
    failure = REQUEST_FAILURES["store_unavailable"]


class QueueUnavailable(Unavailable):
    failure = REQUEST_FAILURES["queue_unavailable"]


class LibraryUnavailable(Unavailable):
    """The store of documents, or the history."""

    failure = REQUEST_FAILURES["library_unavailable"]


class AuthUnavailable(Unavailable):
    failure = REQUEST_FAILURES["auth_unavailable"]


class GenerationFailed(LoreSmithError):
    """An attempt to generate ended without a result."""

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        retryable: bool | None = None,
        transient: bool | None = None,
        retry_after_s: float | None = None,
        uses_attempt: bool = True,
    ) -> None:
        """Defaults come from the code's failure; an unknown code, from a newer generator, has those of "internal".

        `transient` defaults to `retryable` if that is given.
        """
        known = JOB_FAILURES.get(code, JOB_FAILURES["internal"])
        super().__init__(message or known.sentence)
        self.code = code
        self.retryable = known.retryable if retryable is None else retryable
        usual = known.transient if retryable is None else retryable
        self.transient = usual if transient is None else transient
        #: The delay that the provider or the generator asked for, if any.
        self.retry_after_s = retry_after_s
        #: False if nothing was tried, because the generator was full.
        self.uses_attempt = uses_attempt
