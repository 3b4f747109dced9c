"""Runs the HTTP servers of the local stack: uvicorn, on 127.0.0.1 only."""

import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.project import LOOPBACK

#: The names of this machine. A server that checks `Host` against them is safe from DNS rebinding: no website can reach
#: it under a name that the website has pointed at 127.0.0.1.
OWN_HOSTS = ("127.0.0.1", "localhost")

#: Clients reuse an idle connection; a server that closes it first makes their next request fail.
_KEEP_ALIVE_S = 75


def serve(app: ASGIApp, port: int, *, path: str = "", protocol: type[H11Protocol] = H11Protocol) -> None:
    """Serve on this port (0: any free one) until SIGTERM or SIGINT. Prints the address, with `path` at the end."""
    with listen(port) as listener:
        print(f"listening on http://{LOOPBACK}:{listener.getsockname()[1]}{path}", flush=True)  # noqa: T201
        make_server(app, protocol).run(sockets=[listener])


def listen(port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only if the protocol is given. Without it, a reused connection answers 40 ms later.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen()
    return listener


def make_server(app: ASGIApp, protocol: type[H11Protocol] = H11Protocol) -> uvicorn.Server:
    """A server that drops requests that still run one second after it is told to stop."""
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,  # warnings go to the root logger, in the program's own format
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
