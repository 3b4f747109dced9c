"""Passes requests to the Chalice app, through the gateway code that `chalice local` uses."""

from base64 import b64decode
from typing import Any

from anyio import CapacityLimiter, to_thread
from chalice.app import Chalice
from chalice.config import Config
from chalice.local import ForbiddenError, LocalChalice, LocalGateway
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

#: Each request occupies a thread until it is answered. This is enough for all long polls (MAX_WAITERS, 64 by default)
#: and a burst.
_MAX_THREADS = 256


class ChaliceApp:
    """The Chalice app as an ASGI application. Raises `HTTPException` 404 if no route matches."""

    def __init__(self, app: Chalice) -> None:
        # Chalice stores the current request on the app. Its `LocalChalice` class stores one for each thread.
        app.__class__ = LocalChalice
        self._gateway = LocalGateway(app, Config())
        self._threads = CapacityLimiter(_MAX_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        response = await to_thread.run_sync(self._answer, request, body, limiter=self._threads)
        await response(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        path, query = request.scope["raw_path"].decode(), request.scope["query_string"].decode()
        headers = dict(request.headers.items())
        try:
            answer = self._gateway.handle_request(request.method, f"{path}?{query}", headers, body or None)
        except (ForbiddenError, UnicodeEncodeError):
            # Chalice found no route. Its own answer quotes the Authorization header, and fails if that is not ASCII.
            raise HTTPException(404) from None
        return _as_starlette(answer)


def _as_starlette(answer: dict[str, Any]) -> Response:
    body = b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"]
    response = Response(body, answer["statusCode"], answer["headers"])
    for name, values in answer["multiValueHeaders"].items():
        for value in values:
            response.headers.append(name, value)
    return response
