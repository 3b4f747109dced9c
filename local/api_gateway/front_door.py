"""Checks requests before they reach the app: their origin, their host, and the limits of a deployed stage."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chalicelib.api import problem
from chalicelib.api.message import MAX_BODY_BYTES, Response
from chalicelib.api.router import ROUTES
from local.api_gateway.throttle import TokenThrottle
from local.http_server import OWN_HOSTS

#: (method, path) of a route → its largest body, if that is another one than usual.
_MAX_BODY_BYTES = {
    (route.method, route.path): route.max_body_bytes for route in ROUTES if route.max_body_bytes != MAX_BODY_BYTES
}
_ALLOWED_ORIGIN = "Access-Control-Allow-Origin"


class FrontDoor:
    """ASGI middleware that refuses a request with a problem document, or passes it on."""

    def __init__(self, app: ASGIApp, throttle: TokenThrottle, allowed_origin: str | None, cors: Mapping[str, str]):
        """Pages from this machine and from `allowed_origin` ("*" for any) may use the API.

        Every refusal has the `cors` headers, as API Gateway's own answers do.
        """
        self._app = app
        self._throttle = throttle
        self._allowed_origin = allowed_origin
        self._cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        origin = request.headers.get("origin")
        refusal = self._foreign(request) or self._throttled(request) or _unacceptable_body(request)
        app = self._app if refusal is None else problem_response(refusal, self._cors)
        answer = self._held(request.headers.get("authorization"), send)
        await app(scope, receive, _readable_by(origin, answer) if origin and _is_own(origin) else answer)

    def _foreign(self, request: Request) -> Response | None:
        # Browsers always send Host. HTTP/1.0 clients may leave it out.
        if not _is_own(f"//{request.headers.get('host', OWN_HOSTS[0])}"):
            return problem.of_status(421, {})
        origin = request.headers.get("origin")
        if origin is not None and not _is_own(origin) and self._allowed_origin not in ("*", origin):
            return problem.of_status(403, {})
        return None

    def _throttled(self, request: Request) -> Response | None:
        retry_after_s = self._throttle.retry_after_s(request.method, request.headers.get("authorization"))
        return None if retry_after_s is None else problem.of_status(429, {"Retry-After": str(retry_after_s)})

    def _held(self, authorization: str | None, send: Send) -> Send:
        """Hold every 429 back: those for the token's limits, and those of the app for its owner's quotas."""

        async def send_held(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 429:
                await asyncio.sleep(self._throttle.hold_s(authorization))
            await send(message)

        return send_held


def _unacceptable_body(request: Request) -> Response | None:
    if "transfer-encoding" in request.headers:
        return problem.of_status(411, {})
    most_bytes = _MAX_BODY_BYTES.get((request.method, request.url.path.rstrip("/")), MAX_BODY_BYTES)
    is_too_large = int(request.headers.get("content-length", 0)) > most_bytes
    return problem.of_status(413, {}) if is_too_large else None


def problem_response(answer: Response, cors: Mapping[str, str]) -> JSONResponse:
    return JSONResponse(answer.body, answer.status, {**cors, **answer.headers})


def _readable_by(origin: str, send: Send) -> Send:
    """Let a page from this machine read every answer that some page may read."""

    async def send_readable(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if _ALLOWED_ORIGIN in headers:
                headers[_ALLOWED_ORIGIN] = origin
                headers["Vary"] = "Origin"
        await send(message)

    return send_readable


def _is_own(url: str) -> bool:
    try:
        return urlsplit(url).hostname in OWN_HOSTS
    except ValueError:
        return False
