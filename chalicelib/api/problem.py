"""Errors as HTTP answers, in the form of RFC 9457. Status, code and sentence come from the catalogue of failures."""

from typing import Any

from chalicelib.api.library_rendering import document_json
from chalicelib.api.media_type import UnsupportedCoding
from chalicelib.api.message import Response, shortened
from chalicelib.api.rate_limit import rate_limit_headers
from chalicelib.domain.drain import Draining
from chalicelib.domain.error import (
    Fault,
    InvalidSubmission,
    LoreSmithError,
    NoToken,
    StaleVersion,
    Unauthenticated,
    Unavailable,
)
from chalicelib.domain.quota import QuotaExceeded
from chalicelib.domain.spending import SpendingStopped
from foundation.failure import Failure
from foundation.request_failure import REQUEST_FAILURES, TITLES


class PayloadTooLarge(LoreSmithError):
    failure = REQUEST_FAILURES["payload_too_large"]


#: The most faults that an answer lists: a body full of faults must not get an answer larger than itself.
_MOST_FAULTS = 100

_CHALLENGE = 'Bearer realm="loresmith"'

#: For what is refused before any endpoint runs, by Chalice, API Gateway or the local server.
_BY_STATUS = {failure.status: failure for failure in REQUEST_FAILURES.values() if failure.code != "quota_exceeded"} | {
    503: REQUEST_FAILURES["unavailable"]
}


def of_error(error: LoreSmithError) -> Response:
    """The answer for an error of the domain."""
    faults = error.faults if isinstance(error, InvalidSubmission) else ()
    # Only request failures have a status. A job failure that gets here is a bug.
    failure = error.failure if error.failure.status else REQUEST_FAILURES["internal_error"]
    answer = _problem(failure, error.message, faults, _headers(error))
    if isinstance(error, StaleVersion) and error.current is not None:
        answer.body["current"] = document_json(error.current)
        answer.headers["ETag"] = f'"{error.current.version}"'
    return answer


def of_status(status: int, headers: dict[str, Any]) -> Response:
    """The answer for a request that was refused before any endpoint ran."""
    failure = _BY_STATUS.get(status) or _BY_STATUS[400 if status < 500 else 500]
    return _problem(failure, failure.sentence, (), headers, status=status)


def _headers(error: LoreSmithError) -> dict[str, str]:
    match error:
        case Unavailable() | SpendingStopped() | Draining():
            return {"Retry-After": str(error.retry_after_s)}
        case QuotaExceeded():
            return {"Retry-After": str(error.retry_after_s)} | rate_limit_headers(error.standing)
        case UnsupportedCoding():
            # RFC 9110, 15.5.16: which codings are accepted.
            return {"Accept-Encoding": "identity"}
        case NoToken():
            # RFC 6750, 3: if there are no credentials, the challenge names no error.
            return {"WWW-Authenticate": _CHALLENGE}
        case Unauthenticated():
            return {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}
        case _:
            return {}


def _problem(
    failure: Failure, detail: str, faults: tuple[Fault, ...], headers: dict[str, Any], *, status: int | None = None
) -> Response:
    usual_status = failure.status or 500
    status = status or usual_status
    body: dict[str, Any] = {
        "type": f"urn:loresmith:problem:{failure.code}",
        "title": TITLES[usual_status],
        "status": status,
        "detail": detail,
        "code": failure.code,
        "retryable": failure.retryable,
    }
    if faults:
        shown = faults[:_MOST_FAULTS]
        body["errors"] = [{"field": shortened(fault.field), "message": fault.message} for fault in shown]
    return Response(status, body, headers | {"Content-Type": "application/problem+json"})
