"""Reads what the API has answered: a model, or an error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from loresmith import error
from loresmith.model import Fault

M = TypeVar("M", bound=BaseModel)

_BY_STATUS: Mapping[int, type[error.ApiError]] = {
    400: error.InvalidRequest,
    401: error.Unauthenticated,
    403: error.Forbidden,
    404: error.NotFound,
    409: error.Conflict,
    412: error.StaleVersion,
    422: error.IdempotencyMismatch,
    429: error.RateLimited,
}


def model_of(answer: httpx.Response, model: type[M]) -> M:
    """The answer's body. Raises `UnexpectedAnswer` if it is something else."""
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as cause:
        at = f"{answer.request.method} {answer.request.url.copy_with(query=None)}"
        raise error.UnexpectedAnswer(
            f"{at} did not answer as LoreSmith Jobs does. Check the API's address, or update this client.",
            status=answer.status_code,
            request_id=request_id(answer),
        ) from cause


def refusal_of(answer: httpx.Response, api: str) -> error.LoreSmithError:
    """The error for an answer that is not a success. `api` is the address of the API.

    A gateway or proxy may answer in place of the API. Its body is of no use to a user.
    """
    status = answer.status_code
    if status < 400:
        return error.UnexpectedAnswer(
            f"The address redirects to {answer.headers.get('location', 'nowhere')}. Use the address of the API itself.",
            status=status,
        )
    problem = _problem(answer)
    if status == 404 and "code" not in problem:
        return error.UnexpectedAnswer(
            f"This is not the address of a LoreSmith API: {api}", status=status, request_id=request_id(answer)
        )
    return refusal(problem, status, request_id(answer), retry_after_s(answer))


def refusal(
    problem: Mapping[str, Any], status: int, request_id: str | None, retry_after_s: float | None
) -> error.ApiError:
    """The error for a problem document (RFC 9457), which may be incomplete."""
    kind = _BY_STATUS.get(status) or (error.ServerError if status >= 500 else error.ApiError)
    current = problem.get("current")
    return kind(
        str(problem.get("detail") or f"The API answered {status}."),
        code=str(problem.get("code") or f"http_{status}"),
        retryable=bool(problem.get("retryable", status in (429, 502, 503, 504))),
        status=status,
        request_id=request_id,
        errors=_faults(problem),
        retry_after_s=retry_after_s,
        current=current if isinstance(current, dict) else None,
    )


def request_id(answer: httpx.Response) -> str | None:
    found: str | None = answer.headers.get("x-request-id")
    return found


def retry_after_s(answer: httpx.Response) -> float | None:
    """When the API asks to be called again, in seconds. The API never sends a date."""
    try:
        seconds = float(answer.headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _faults(problem: Mapping[str, Any]) -> tuple[Fault, ...]:
    found = problem.get("errors")
    if not isinstance(found, list):
        return ()
    return tuple(
        Fault(field=str(each.get("field", "")), message=str(each.get("message", "")))
        for each in found
        if isinstance(each, dict)
    )
