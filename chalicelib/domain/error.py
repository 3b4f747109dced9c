"""The error tree.

    LoreSmithError
    ├── InvalidSubmission       the caller's request is at fault; names every fault
    │   └── UnknownCursor       the list has no such place
    ├── Unauthenticated         the token is not good
    │   └── NoToken             there is none
    ├── QuotaExceeded           the owner has used up what it may ask for (domain/quota.py)
    ├── PayloadTooLarge         the body (api/problem.py)
    ├── UnsupportedMediaType    the body is not JSON (api/problem.py)
    ├── NotFound                unknown, expired or somebody else's
    ├── NotAllowedNow           the job's state does not permit what was asked
    ├── IdempotencyMismatch     the key was used for another request
    ├── JobConflict             a write lost against the state that the store holds
    ├── Unavailable             a part of the system does not answer
    │   ├── StoreUnavailable    Redis
    │   ├── QueueUnavailable    SQS
    │   ├── WorldsUnavailable   DynamoDB
    │   └── AuthUnavailable     the issuer of the tokens
    └── GenerationFailed        the generator could not do it; says whether another attempt may

Each has a `code` (machine-readable, stable, part of the HTTP contract) and says whether the same thing may work later
(`retryable`). The message is one or two sentences for a person: what happened and what to do. It never holds text of a
provider, a key or a host; those belong into the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class LoreSmithError(Exception):
    """The root of the tree."""

    code: str = "internal_error"
    retryable: bool = False
    #: Shown when the raiser has nothing more precise to say.
    default_message: ClassVar[str] = "Something went wrong on our side. Try again in a minute."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.default_message)

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
    """The request cannot be accepted as it is; nothing was stored."""

    code = "invalid_request"
    default_message = "The request has faults; correct them and send it again."

    def __init__(self, faults: Sequence[Fault], message: str | None = None) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class UnknownCursor(InvalidSubmission):
    """A page of a list was asked for after something that is not in the list (any more)."""

    def __init__(self) -> None:
        super().__init__([Fault("cursor", "is not one that this API gave you, or has expired; begin without one")])


class Unauthenticated(LoreSmithError):
    """The caller has not shown who it is. Says no more: a forger learns nothing."""

    code = "unauthenticated"
    default_message = "A valid bearer token is needed. Sign in again, and send it as Authorization: Bearer <token>."


class NoToken(Unauthenticated):
    """The caller has shown no bearer token at all."""


class NotFound(LoreSmithError):
    """There is no such thing for this caller."""

    code = "not_found"
    default_message = "There is nothing under this id, or it has expired. Jobs are kept for 24 hours."


class NotAllowedNow(LoreSmithError):
    """What was asked does not fit the state that the job is in."""

    code = "conflict"


class IdempotencyMismatch(LoreSmithError):
    """The Idempotency-Key belongs to another request of the same caller."""

    code = "idempotency_mismatch"
    default_message = "This Idempotency-Key was used for a different request. Use a new key for a new request."


class JobConflict(LoreSmithError):
    """The store refused a write, and nothing was changed."""

    code = "conflict"

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(f"The job is {status}; the change was refused ({reason}).")
        #: The status the job has: a `Status` value.
        self.status = status
        #: "status", "token" or the name of the field that had another value than expected.
        self.reason = reason


class Unavailable(LoreSmithError):
    """A part of the system does not answer at the moment."""

    code = "unavailable"
    retryable = True
    #: Seconds after which it is worth asking again.
    retry_after_s = 5
    default_message = "The service cannot be reached right now. Try again in a few seconds."


class StoreUnavailable(Unavailable):
    code = "store_unavailable"
    default_message = "The job store cannot be reached right now. Try again in a few seconds; accepted jobs are safe."


class QueueUnavailable(Unavailable):
    code = "queue_unavailable"
    default_message = "The job could not be queued, and was not kept. Try again in a few seconds."


class WorldsUnavailable(Unavailable):
    code = "worlds_unavailable"
    default_message = "The store of worlds cannot be reached right now. Try again in a few seconds."


class AuthUnavailable(Unavailable):
    code = "auth_unavailable"
    default_message = "Your token cannot be checked right now. Try again in a few seconds."


class GenerationFailed(LoreSmithError):
    """An attempt to generate ended without a result."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool,
        transient: bool | None = None,
        retry_after_s: float | None = None,
        uses_attempt: bool = True,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        #: Whether another attempt a moment later is likely to succeed. Not every error that a person may retry is worth
        #: it: an unusable answer costs as much each time.
        self.transient = retryable if transient is None else transient
        #: Delay that the provider or the generator asked for, if it named one.
        self.retry_after_s = retry_after_s
        #: False where nothing was tried: the generator was full.
        self.uses_attempt = uses_attempt
