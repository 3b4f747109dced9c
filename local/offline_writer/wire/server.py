"""Runs the HTTP side with uvicorn, and lets a handler cut its connection."""

import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

LOOPBACK = "127.0.0.1"


class _AbortableProtocol(H11Protocol):
    """Puts `abort` into each request's state: it closes the connection without an answer."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": transport.abort}


class _AnnouncingServer(uvicorn.Server):
    """Says on standard output where it is, once it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and not self.should_exit:
            print(f"ready: http://{LOOPBACK}:{sockets[0].getsockname()[1]}/v1", flush=True)  # noqa: T201


def serve(app: Starlette, port: int) -> None:
    """Serve on this port (0: a free one) until SIGTERM or SIGINT."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        config = uvicorn.Config(
            app,
            http=_AbortableProtocol,
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        _AnnouncingServer(config).run(sockets=[listener])
