"""Errors as HTTP answers: the one table from our errors to status codes, in the form of RFC 9457."""

from typing import Any

from chalicelib.api.message import Response, shortened
from chalicelib.api.rate_limit import rate_limit_headers
from chalicelib.domain.error import (
    Fault,
    IdempotencyMismatch,
    InvalidSubmission,
    LoreSmithError,
    NotAllowedNow,
    NotFound,
    NoToken,
    Unauthenticated,
    Unavailable,
)
from chalicelib.domain.quota import QuotaExceeded


class PayloadTooLarge(LoreSmithError):
    code = "payload_too_large"
    default_message = "The body is larger than 64 KiB. Send less context."


class UnsupportedMediaType(LoreSmithError):
    code = "unsupported_media_type"
    default_message = "The body must be JSON: set Content-Type: application/json."


class UnsupportedCoding(UnsupportedMediaType):
    default_message = "The body must not be compressed: send it without Content-Encoding."


#: error → (HTTP status, title). The first class that fits counts.
_STATUSES: tuple[tuple[type[LoreSmithError], int, str], ...] = (
    (InvalidSubmission, 400, "The request is not valid"),
    (Unauthenticated, 401, "Not signed in"),
    (NotFound, 404, "Not found"),
    (NotAllowedNow, 409, "Not possible in this state"),
    (PayloadTooLarge, 413, "The body is too large"),
    (UnsupportedMediaType, 415, "The body is not JSON"),
    (IdempotencyMismatch, 422, "The Idempotency-Key was used before"),
    (QuotaExceeded, 429, "Too many jobs"),
    (Unavailable, 503, "Temporarily unavailable"),
    (LoreSmithError, 500, "Internal error"),
)

#: An answer names no more faults; a body of nothing else must not be answered with a larger one.
_MOST_FAULTS = 100

_CHALLENGE = 'Bearer realm="loresmith"'

#: status → title.
TITLES = {status: title for _, status, title in _STATUSES}

#: Answers that no endpoint gives, but Chalice, API Gateway, or (403, 411, 421) the local server: status → (code, title,
#: detail).
_FRAMEWORK: dict[int, tuple[str, str, str]] = {
    400: ("invalid_request", "The request is not valid", "The request could not be read."),
    403: (
        "foreign_page",
        "Not for pages of other machines",
        "Pages of other machines may not use a local server. To permit one, set CORS_ALLOW_ORIGIN to its origin.",
    ),
    405: ("method_not_allowed", "Method not allowed", "This address does not take this method; see the Allow header."),
    411: ("length_required", "Length required", "Send the body with its Content-Length."),
    413: ("payload_too_large", "The body is too large", PayloadTooLarge.default_message),
    415: ("unsupported_media_type", "The body is not JSON", UnsupportedMediaType.default_message),
    421: ("misdirected", "Misdirected request", "A local server answers to 127.0.0.1 and localhost alone."),
    429: ("throttled", "Too many requests", "Too many requests. Ask again after as many seconds as Retry-After says."),
    500: ("internal_error", "Internal error", LoreSmithError.default_message),
}


def of_error(error: LoreSmithError) -> Response:
    """The answer for an error of ours."""
    status, title = next((status, title) for kind, status, title in _STATUSES if isinstance(error, kind))
    faults = error.faults if isinstance(error, InvalidSubmission) else ()
    return _problem(
        status, error.code, title, error.message, retryable=error.retryable, faults=faults, headers=_headers(error)
    )


def of_status(status: int, headers: dict[str, Any]) -> Response:
    """The answer for what was found before any endpoint ran."""
    code, title, detail = _FRAMEWORK.get(status, _FRAMEWORK[500])
    return _problem(status, code, title, detail, retryable=status == 429 or status >= 500, headers=headers)


def _headers(error: LoreSmithError) -> dict[str, str]:
    match error:
        case Unavailable():
            return {"Retry-After": str(error.retry_after_s)}
        case QuotaExceeded():
            return {"Retry-After": str(error.retry_after_s)} | rate_limit_headers(error.standing)
        case UnsupportedCoding():
            # RFC 9110, 15.5.16: which codings are accepted.
            return {"Accept-Encoding": "identity"}
        case NoToken():
            # RFC 6750, 3: without credentials no error is named.
            return {"WWW-Authenticate": _CHALLENGE}
        case Unauthenticated():
            return {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}
        case _:
            return {}


def _problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    retryable: bool,
    faults: tuple[Fault, ...] = (),
    headers: dict[str, Any] | None = None,
) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:loresmith:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "retryable": retryable,
    }
    if faults:
        shown = faults[:_MOST_FAULTS]
        body["errors"] = [{"field": shortened(fault.field), "message": fault.message} for fault in shown]
    return Response(status, body, dict(headers or {}) | {"Content-Type": "application/problem+json"})
