"""The catalogue of failures: each code, what it means, and the sentence that a person reads.

The error classes of the Lambda functions and of the generator, the statuses in HTTP and gRPC, the OpenAPI document and
docs/errors.md (`make docs`) all follow from it. Codes are stable; sentences may change. A sentence says what happened
and what to do. It never contains text of a provider, a key or a host: those go into the log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_TELL_OPERATORS = "Tell the operators the job's id."


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    code: str
    #: Shown to a person, unless the place where it happens has something more precise to say.
    sentence: str
    #: For docs/errors.md: when it happens, and what a client does.
    when: str
    remedy: str = ""
    #: Whether the same request, or a retry of the job, may succeed later.
    retryable: bool = False
    #: Whether another attempt a moment later is likely to succeed. The worker makes one by itself only then: an
    #: unusable answer costs as much each time.
    transient: bool = False
    #: The HTTP status of the problem document. None: only jobs and warnings have this code.
    status: int | None = None
    #: The name of the gRPC status with which the generator ends a call.
    grpc_status: str = "INTERNAL"


def _by_code(failures: Iterable[Failure]) -> Mapping[str, Failure]:
    return MappingProxyType({failure.code: failure for failure in failures})


def _unavailable(code: str, sentence: str, when: str) -> Failure:
    return Failure(
        code=code, sentence=sentence, when=when, remedy="try again after `Retry-After`", retryable=True, status=503
    )


#: The title of a problem document, by status.
TITLES: Mapping[int, str] = MappingProxyType(
    {
        400: "The request is not valid",
        401: "Not signed in",
        403: "Not permitted",
        404: "Not found",
        405: "Method not allowed",
        409: "Not possible in this state",
        411: "Length required",
        413: "The body is too large",
        415: "The body is not JSON",
        421: "Misdirected request",
        422: "The Idempotency-Key was used before",
        429: "Too many requests",
        500: "Internal error",
        503: "Temporarily unavailable",
    }
)

#: Why a request was refused. Of several codes with one status, the first is the usual one.
REQUEST_FAILURES = _by_code(
    (
        Failure(
            code="invalid_request",
            status=400,
            sentence="The request is not valid. Correct it and send it again.",
            when="type, payload, parameters, or the JSON itself; `errors` names every fault",
            remedy="correct it",
        ),
        Failure(
            code="unauthenticated",
            status=401,
            sentence="A valid bearer token is needed. Sign in again, and send it as Authorization: Bearer <token>.",
            when="the token is missing, wrong, expired, or of another issuer or audience; `WWW-Authenticate` names an "
            "error unless the token is missing",
            remedy="sign in again",
        ),
        Failure(
            code="not_found",
            status=404,
            sentence="There is nothing under this id, or it has expired. Jobs are kept for 24 hours.",
            when="unknown, expired (24 h), or somebody else's; also an unknown address",
        ),
        Failure(
            code="forbidden",
            status=403,
            sentence="You may not do this for another user. Leave user_id out, or send your own id.",
            when="with tokens: `user_id` names somebody else than the caller",
            remedy="leave `user_id` out",
        ),
        Failure(
            code="foreign_page",
            status=403,
            sentence="A page of another machine may not use this local server. To permit it, set CORS_ALLOW_ORIGIN to "
            "its origin.",
            when="locally: the request comes from a page of another machine",
            remedy="set `CORS_ALLOW_ORIGIN` to its origin, if it may",
        ),
        Failure(
            code="method_not_allowed",
            status=405,
            sentence="This address does not take this method. The Allow header lists those it takes.",
            when="a method that the address does not take; on AWS, API Gateway answers `not_found` instead",
            remedy="see the `Allow` header",
        ),
        Failure(
            code="conflict",
            status=409,
            sentence="The job's state does not permit this.",
            when="the job's state does not permit it, such as a retry of a running job",
            remedy="see `detail`",
        ),
        Failure(
            code="length_required",
            status=411,
            sentence="Send the body with its Content-Length.",
            when="locally: a body without `Content-Length`",
            remedy="send one",
        ),
        Failure(
            code="payload_too_large",
            status=413,
            sentence="The body is larger than 64 KiB. Send less context.",
            when="a body over 64 KiB, on any route",
            remedy="send less context",
        ),
        Failure(
            code="unsupported_media_type",
            status=415,
            sentence="The body must be JSON: set Content-Type: application/json.",
            when="a body that is not `application/json`, or is compressed",
            remedy="send plain JSON",
        ),
        Failure(
            code="misdirected",
            status=421,
            sentence="A local server answers only to 127.0.0.1 and localhost.",
            when="locally: the request was for another host's name",
            remedy="use 127.0.0.1 or localhost",
        ),
        Failure(
            code="idempotency_mismatch",
            status=422,
            sentence="This Idempotency-Key was used for a different request. Use a new key for a new request.",
            when="the `Idempotency-Key` was used for another request",
            remedy="use a new key",
        ),
        Failure(
            code="quota_exceeded",
            status=429,
            sentence="You have reached a limit. Try again later.",
            when="too many unfinished jobs, or too many submissions a minute",
            remedy="try again after `Retry-After`, or cancel a job",
            retryable=True,
        ),
        Failure(
            code="throttled",
            status=429,
            sentence="Too many requests. Try again after the number of seconds in Retry-After.",
            when="too many requests with one token; on AWS also from one address, or of all callers together",
            remedy="try again after `Retry-After`",
            retryable=True,
        ),
        Failure(
            code="internal_error",
            status=500,
            sentence="Something went wrong on our side. Try again in a minute.",
            when="a bug",
            remedy="tell the operators the `X-Request-Id`",
            retryable=True,
        ),
        _unavailable(
            "store_unavailable",
            "The job store cannot be reached right now. Try again in a few seconds; accepted jobs are safe.",
            "Redis cannot be reached, or takes no writes",
        ),
        _unavailable(
            "queue_unavailable",
            "The job could not be queued, and was not kept. Try again in a few seconds.",
            "SQS cannot be reached",
        ),
        _unavailable(
            "worlds_unavailable",
            "The store of worlds cannot be reached right now. Try again in a few seconds.",
            "DynamoDB cannot be reached",
        ),
        _unavailable(
            "auth_unavailable",
            "Your token cannot be checked right now. Try again in a few seconds.",
            "the issuer's keys cannot be fetched",
        ),
        _unavailable(
            "unavailable",
            "The service cannot be reached right now. Try again in a few seconds.",
            "API Gateway gave up on the function. The request may have been accepted: repeat it with the same "
            "`Idempotency-Key`",
        ),
    )
)

#: Why a job failed (`error_code`), or why a piece is missing or was changed (`code` of a warning).
JOB_FAILURES = _by_code(
    (
        Failure(
            code="timeout",
            sentence="Writing took longer than allowed and was stopped. What is finished is kept: retry to continue.",
            when="not written within the job's deadline (120 s), or not claimed by a worker within an hour",
            retryable=True,
            transient=True,
            grpc_status="DEADLINE_EXCEEDED",
        ),
        Failure(
            code="generator_unavailable",
            sentence="The writers cannot be reached right now. Retry the job in a minute.",
            when="the generator did not take the connection within 8 s, or the connection was lost, three times",
            retryable=True,
            transient=True,
            grpc_status="UNAVAILABLE",
        ),
        Failure(
            code="overloaded",
            sentence="All writers are busy. Retry the job in a minute.",
            when="all writers were busy until the deadline",
            retryable=True,
            transient=True,
            grpc_status="RESOURCE_EXHAUSTED",
        ),
        Failure(
            code="worker_lost",
            sentence="The work was interrupted too often and was given up. Retry the job to continue from what is "
            "finished.",
            when="workers died three times while they ran this job",
            retryable=True,
        ),
        Failure(
            code="undeliverable",
            sentence="The job could not be handed to a worker. Retry it; if that fails again, tell the operators its "
            "id.",
            when="its message ended in the dead-letter queue, and neither `timeout` nor `worker_lost` says more",
            retryable=True,
        ),
        Failure(
            code="world_not_saved",
            sentence="The world was written but could not be saved. Retry the job: nothing is written or paid for "
            "again.",
            when="the world was written, but DynamoDB did not take it",
            retryable=True,
            transient=True,
        ),
        Failure(
            code="provider_unavailable",
            sentence="The language model cannot be reached right now. Try again in a minute.",
            when="the LLM's provider is down, answers 409, 424 or 5xx, sends something unreadable, or is still loading "
            "its model",
            retryable=True,
            transient=True,
            grpc_status="UNAVAILABLE",
        ),
        Failure(
            code="provider_rate_limited",
            sentence="The language model accepts no more requests at the moment. Try again in a minute.",
            when="the provider answers 429, or 413 for tokens per minute",
            retryable=True,
            transient=True,
            grpc_status="UNAVAILABLE",
        ),
        Failure(
            code="provider_timeout",
            sentence="The language model did not answer in time. Try again in a minute.",
            when="the provider does not answer in time, or answers 408",
            retryable=True,
            transient=True,
            grpc_status="UNAVAILABLE",
        ),
        Failure(
            code="provider_auth",
            sentence="The language model does not accept the API key. The operators must set a valid key.",
            when="the provider rejects the key (401, 403)",
            grpc_status="FAILED_PRECONDITION",
        ),
        Failure(
            code="provider_quota",
            sentence="The language model's account has no credit left. The operators must add credit.",
            when="the provider's account has no credit left",
            grpc_status="FAILED_PRECONDITION",
        ),
        Failure(
            code="provider_bad_request",
            sentence="The language model rejected the request. The operators must check the configured model and "
            "address.",
            when="the provider rejects the request, the model's name or the address (400, 404, 422); the generator's "
            "log names the setting",
            grpc_status="FAILED_PRECONDITION",
        ),
        Failure(
            code="invalid_output",
            sentence="The language model gave two unusable answers in a row. Try again.",
            when="the LLM's answer did not fit the schema, twice in a row",
            retryable=True,
        ),
        Failure(
            code="truncated",
            sentence="The language model's answer was cut off twice in a row. Try again, or ask for fewer pieces.",
            when="the LLM's answer was cut off, twice in a row",
            retryable=True,
        ),
        Failure(
            code="duplicate_name",
            sentence="No unused name was found for this piece. Try again, or change the theme.",
            when="the LLM gave no name that is not taken",
            retryable=True,
        ),
        Failure(
            code="refused",
            sentence="The language model refused to write this. Change the theme or the chosen pieces, and try again.",
            when="the LLM, its content filter or the provider's moderation will not write this",
        ),
        Failure(
            code="adjusted",
            sentence="A part of this piece was adjusted.",
            when="only in `warnings`, with `missing: false`: the piece is there; a number was set to the nearest "
            "bound, or a text was cut after a sentence",
        ),
        Failure(
            code="unknown_kind",
            sentence=f"The generator does not know this kind of lore. {_TELL_OPERATORS}",
            when="worker and generator are of different versions",
            grpc_status="INVALID_ARGUMENT",
        ),
        Failure(
            code="invalid_params",
            sentence="The generator rejected the parameters of the job.",
            when="worker and generator are of different versions",
            grpc_status="INVALID_ARGUMENT",
        ),
        Failure(
            code="internal",
            sentence=f"An internal error stopped the work. {_TELL_OPERATORS}",
            when="a bug; `retryable` if the generator's stream ended too early",
        ),
    )
)
