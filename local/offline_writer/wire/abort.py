"""Lets a handler close its connection without an answer."""

from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class AbortableProtocol(H11Protocol):
    """Puts a function `abort` into each request's state."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": transport.abort}


class Abort(Response):
    """Sends nothing and closes the connection. Needs `AbortableProtocol`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's form
        scope["state"]["abort"]()
