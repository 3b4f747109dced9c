"""Runs the HTTP servers of the local stack: uvicorn, on 127.0.0.1 only."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.project import LOOPBACK

#: The names of this machine. A server that checks `Host` against them is safe from DNS rebinding: a website cannot
#: reach it by pointing its own name at 127.0.0.1.
OWN_HOSTS = ("127.0.0.1", "localhost")

#: How long an idle connection stays open, seconds. If the server closed it before the client does, the client's next
#: request could fail.
_KEEP_ALIVE_S = 75

#: Runs a coroutine in an event loop until it ends.
Run = Callable[[Coroutine[Any, Any, None]], None]


def serve(
    app: ASGIApp,
    port: int,
    *,
    path: str = "",
    protocol: type[H11Protocol] = H11Protocol,
    run: Run = asyncio.run,
) -> None:
    """Serve on this port (0: any free one) until SIGTERM or SIGINT. Prints the address, with `path` at the end."""
    with listen(port) as listener:
        print(f"listening on http://{LOOPBACK}:{listener.getsockname()[1]}{path}", flush=True)  # noqa: T201
        run(make_server(app, protocol).serve(sockets=[listener]))


def listen(port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only if the socket is created with IPPROTO_TCP. Otherwise, answers on a reused connection
    # take 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen()
    return listener


def make_server(app: ASGIApp, protocol: type[H11Protocol] = H11Protocol) -> uvicorn.Server:
    """A server that drops the requests that are still running one second after it is told to stop."""
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,  # warnings go to the root logger, in the program's own format
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
