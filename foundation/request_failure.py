"""Why a request was refused: the `code` of a problem document."""

from collections.abc import Mapping
from types import MappingProxyType

from foundation.failure import Failure, by_code

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
        412: "Changed in the meantime",
        413: "The body is too large",
        415: "The body is not JSON",
        421: "Misdirected request",
        422: "The Idempotency-Key was used before",
        428: "A precondition is required",
        429: "Too many requests",
        500: "Internal error",
        503: "Temporarily unavailable",
    }
)


def _unavailable(code: str, sentence: str, when: str) -> Failure:
    return Failure(
        code=code, sentence=sentence, when=when, remedy="try again after `Retry-After`", retryable=True, status=503
    )


#: If several codes have the same status, the first one is the usual one.
REQUEST_FAILURES = by_code(
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
            when="the token is missing, wrong, expired, or for another issuer or audience; `WWW-Authenticate` names an "
            "error unless the token is missing",
            remedy="sign in again",
        ),
        Failure(
            code="not_found",
            status=404,
            sentence="There is nothing under this id, or it has expired. Check the id.",
            when="unknown, expired, or somebody else's; also an unknown address",
        ),
        Failure(
            code="forbidden",
            status=403,
            sentence="You may not do this for another user. Leave user_id out, or send your own id.",
            when="with tokens: `user_id` names somebody other than the caller",
            remedy="leave `user_id` out",
        ),
        Failure(
            code="foreign_page",
            status=403,
            sentence="A page from another machine may not use this local server. To allow it, set CORS_ALLOW_ORIGIN to "
            "its origin.",
            when="locally: a page from another machine sent the request",
            remedy="to allow it, set `CORS_ALLOW_ORIGIN` to its origin",
        ),
        Failure(
            code="method_not_allowed",
            status=405,
            sentence="This address does not support this method. The Allow header lists the methods that it supports.",
            when="the address does not support the method; on AWS, API Gateway answers `not_found` instead",
            remedy="see the `Allow` header",
        ),
        Failure(
            code="conflict",
            status=409,
            sentence="Its state does not permit this.",
            when="the state of the job or document does not permit it, such as a retry of a running job, or a change "
            "to a piece in the trash",
            remedy="see `detail`",
        ),
        Failure(
            code="library_full",
            status=409,
            sentence="Your library is full. Delete pieces that you no longer need.",
            when="`POST /pieces`: the caller has as many pieces as permitted (`MAX_PIECES`)",
            remedy="delete pieces",
        ),
        Failure(
            code="webhooks_off",
            status=409,
            sentence="This deployment sends no webhooks. Leave webhook out, and ask for the job's state instead.",
            when="a `webhook`, but the deployment has no way to the internet (`EGRESS=endpoints`)",
            remedy="leave `webhook` out",
        ),
        Failure(
            code="webhook_secret_missing",
            status=409,
            sentence="Make a secret first: POST /webhook/secret. Without one, you could not verify what you receive.",
            when="a `webhook`, but the caller has no secret yet",
            remedy="`POST /webhook/secret`, then repeat the request",
        ),
        Failure(
            code="length_required",
            status=411,
            sentence="Send the body with its Content-Length.",
            when="locally: the body has no `Content-Length`",
            remedy="send one",
        ),
        Failure(
            code="stale_version",
            status=412,
            sentence="Somebody changed this in the meantime. Read the current version, then repeat your change.",
            when="`If-Match` does not name the current version; `current` is the document as it is now",
            remedy="repeat the change with the ETag of `current`",
        ),
        Failure(
            code="payload_too_large",
            status=413,
            sentence="The body is larger than 64 KiB, or than 1 MiB for a batch of jobs. Send less.",
            when="the body is over 64 KiB, or over 1 MiB for `POST /jobs/batch`",
            remedy="send less",
        ),
        Failure(
            code="unsupported_media_type",
            status=415,
            sentence="The body must be JSON: set Content-Type: application/json.",
            when="the body is not `application/json`, or is compressed",
            remedy="send plain JSON",
        ),
        Failure(
            code="misdirected",
            status=421,
            sentence="A local server answers only to 127.0.0.1 and localhost.",
            when="locally: the request names another host",
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
            code="if_match_required",
            status=428,
            sentence="Say which version you are changing: send its ETag as If-Match, or * for any version.",
            when="a `PATCH` without `If-Match`",
            remedy="send the document's ETag as `If-Match`",
        ),
        Failure(
            code="quota_exceeded",
            status=429,
            sentence="You have reached a limit. Try again later.",
            when="too many unfinished jobs, too many submissions a minute, or too many tokens a day",
            remedy="try again after `Retry-After`, or cancel a job",
            retryable=True,
        ),
        Failure(
            code="throttled",
            status=429,
            sentence="Too many requests. Try again after the number of seconds in Retry-After.",
            when="too many requests with one token; on AWS also from one address, or from all callers together",
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
            "Redis cannot be reached, or refuses writes",
        ),
        _unavailable(
            "queue_unavailable",
            "The job could not be queued, and was not kept. Try again in a few seconds.",
            "SQS cannot be reached",
        ),
        _unavailable(
            "library_unavailable",
            "The library cannot be reached right now. Try again in a few seconds.",
            "DynamoDB cannot be reached",
        ),
        _unavailable(
            "auth_unavailable",
            "Your token cannot be checked right now. Try again in a few seconds.",
            "the issuer's keys cannot be fetched",
        ),
        _unavailable(
            "spending_stopped",
            "The tokens that all callers may use in a day are used up or reserved. Try again after midnight UTC.",
            "the tokens of all callers for the day are used up or reserved (`DAILY_TOKEN_STOP`); running jobs continue",
        ),
        _unavailable(
            "draining",
            "New jobs are not accepted for a few minutes, because the service is being maintained. Jobs that were "
            "accepted are safe. Try again after the number of seconds in Retry-After.",
            "an operator drains the stage and refuses new jobs; accepted jobs are safe",
        ),
        _unavailable(
            "unavailable",
            "The service cannot be reached right now. Try again in a few seconds.",
            "API Gateway gave up on the function. The request may have been accepted: repeat it with the same "
            "`Idempotency-Key`",
        ),
    )
)
