"""Between Chalice and the endpoints: its request becomes ours, our answer or error becomes its response."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from chalice.app import Chalice
from chalice.app import Request as ChaliceRequest
from chalice.app import Response as ChaliceResponse

from chalicelib.api import problem
from chalicelib.api.message import Request, Response
from chalicelib.bootstrap import services
from chalicelib.domain.error import LoreSmithError
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.loop import LOOP

log = logging.getLogger(__name__)

Endpoint = Callable[..., Awaitable[Response]]

#: Headers of ours that a page on another origin may read.
EXPOSED_HEADERS = ("ETag", "Location", "Retry-After", "Preference-Applied", "Idempotent-Replayed")
#: Headers that such a page may send.
ALLOWED_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Prefer")


def answer(app: Chalice, endpoint: Endpoint, **path: str) -> ChaliceResponse:
    """Run an endpoint for the app's current request. Never raises for an error of ours."""
    if app.current_request is None:
        raise RuntimeError("only a view function may call this")
    return _chalice_response(LOOP.run(_respond(app.current_request, endpoint, path)))


async def _respond(current: ChaliceRequest, endpoint: Endpoint, path: dict[str, str]) -> Response:
    request = Request(
        headers=current.headers,
        query=current.query_params or {},
        body=current.raw_body if isinstance(current.raw_body, bytes) else current.raw_body.encode(),
        owner=ANONYMOUS,
    )
    try:
        return await endpoint(services(), request, **path)
    except LoreSmithError as error:
        level = logging.ERROR if error.retryable else logging.INFO
        log.log(level, "Request refused: %s", error.code, exc_info=error.__cause__)
        return problem.of_error(error)


def as_problem(response: ChaliceResponse, cors: dict[str, str]) -> ChaliceResponse:
    """Chalice's own error answers in the form of ours; everything else unchanged."""
    body: Any = response.body
    if not (isinstance(body, dict) and set(body) == {"Code", "Message"}):
        return response
    kept = {name: value for name, value in response.headers.items() if name.lower() != "content-type"}
    return _chalice_response(problem.of_status(response.status_code, cors | kept))


def _chalice_response(response: Response) -> ChaliceResponse:
    headers = {"Content-Type": "application/json"} | response.headers
    return ChaliceResponse(
        body="" if response.body is None else response.body, status_code=response.status, headers=headers
    )
