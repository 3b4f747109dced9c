"""Connects Chalice to the endpoints: converts its requests for them, and their answers and errors for Chalice."""

import logging
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from chalice.app import Chalice
from chalice.app import Request as ChaliceRequest
from chalice.app import Response as ChaliceResponse

from chalicelib import correlation
from chalicelib.api import problem
from chalicelib.api.message import Request, Response
from chalicelib.api.problem import PayloadTooLarge
from chalicelib.api.route import Route
from chalicelib.bootstrap import services
from chalicelib.domain.error import LoreSmithError, NoToken
from chalicelib.domain.owner import owner_hash
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.loop import LOOP
from chalicelib.port.verifier import Verifier
from foundation import log_context

log = logging.getLogger(__name__)

#: Our response headers that a page on another origin may read.
EXPOSED_HEADERS = (
    "Content-Disposition",
    "ETag",
    "Location",
    "Retry-After",
    "Preference-Applied",
    "Idempotent-Replayed",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-Id",
)
#: Request headers that such a page may send.
ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Prefer",
    "Traceparent",
)


def answer(app: Chalice, route: Route, **path: str) -> ChaliceResponse:
    """Serve the app's current request. Every error becomes a problem document.

    If tokens are required, the caller must send one, unless the route is public.
    """
    current = app.current_request
    if current is None:
        raise RuntimeError("only a view function may call this")
    request_id = correlation.new_request_id(current.headers.get("traceparent"), correlation.xray_header())
    known = {"request_id": request_id} | _logged(route, path)
    log_context.begin(**known)
    try:
        owner = ANONYMOUS if route.is_public else _owner(current.headers.get("authorization"), services().verifier)
        log_context.begin(**known, owner=owner_hash(owner))
        response = LOOP.run(route.endpoint(services(), _request(current, owner, route), **path))
    except LoreSmithError as error:
        response = problem.of_error(error)
        ours = response.status >= 500
        cause = error.__cause__ if ours else None
        log.log(logging.ERROR if ours else logging.INFO, "Request refused: %s", error.code, exc_info=cause)
    except Exception:
        # The edge of the process: the caller gets a problem document, and a request id to find the error in the log.
        log.exception("Request failed")
        response = problem.of_status(500, {})
    response.headers["X-Request-Id"] = request_id
    answered = _chalice_response(response)
    return _head(answered) if current.method == "HEAD" else answered


def _logged(route: Route, path: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the path that logs may contain."""
    return {name: value for name, value in path.items() if name not in route.secrets}


def _owner(authorization: str | None, verifier: Verifier | None) -> str:
    if verifier is None:
        return ANONYMOUS
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NoToken
    return verifier.subject(token.strip(" "))


def _request(current: ChaliceRequest, owner: str, route: Route) -> Request:
    """Convert the request. Raises `PayloadTooLarge` even if the endpoint ignores the body."""
    raw = current.raw_body
    body = raw if isinstance(raw, bytes) else raw.encode()
    if len(body) > route.max_body_bytes:
        raise PayloadTooLarge
    return Request(
        headers=current.headers,
        query=current.query_params or {},
        body=body,
        owner=owner,
        parameters=route.parameters,
        example=route.example,
        base_path=_base_path(current),
    )


def _base_path(current: ChaliceRequest) -> str:
    """API Gateway's stage, or the base path of a custom domain; "" locally.

    It is everything before the route's own segments. API Gateway also routes addresses with a trailing slash.
    """
    segments = str(current.context.get("path", "")).rstrip("/").split("/")
    return "/".join(segments[: -current.path.count("/")])


def as_problem(response: ChaliceResponse, cors: dict[str, str]) -> ChaliceResponse:
    """Turn Chalice's own error answers into problem documents; leave everything else unchanged."""
    body: Any = response.body
    if not (isinstance(body, dict) and set(body) == {"Code", "Message"}):
        return response
    kept = {name: value for name, value in response.headers.items() if name.lower() != "content-type"}
    return _chalice_response(problem.of_status(response.status_code, cors | kept))


def _head(response: ChaliceResponse) -> ChaliceResponse:
    """The answer to HEAD: the same as for GET, with its length but without its body (RFC 9110, 9.3.2)."""
    body = response.body if isinstance(response.body, bytes) else response.to_dict()["body"].encode()
    return ChaliceResponse("", response.headers | {"Content-Length": str(len(body))}, response.status_code)


def _chalice_response(response: Response) -> ChaliceResponse:
    headers = {"Content-Type": "application/json"} | response.headers
    made = _Bytes if isinstance(response.body, bytes) else ChaliceResponse
    return made(body="" if response.body is None else response.body, status_code=response.status, headers=headers)


class _Bytes(ChaliceResponse):
    """A body of bytes, in Base64, because a Lambda function can return only text.

    API Gateway decodes it for every caller (`infra.cdk.rest_api`). Chalice itself would refuse the request unless its
    `Accept` names the media type.
    """

    def to_dict(self, _binary_types: list[str] | None = None) -> dict[str, Any]:
        text = b64encode(self.body).decode()
        return ChaliceResponse(text, self.headers, self.status_code).to_dict() | {"isBase64Encoded": True}
