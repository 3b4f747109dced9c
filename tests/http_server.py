"""An ASGI application on a real port, served from a thread of the test's process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.http_server import listen, make_server
from local.project import LOOPBACK


@contextmanager
def serving(app: ASGIApp, protocol: type[H11Protocol] = H11Protocol) -> Iterator[str]:
    """Serve the application and yield its URL, without a trailing slash. Early clients wait until the server is up."""
    server = make_server(app, protocol)
    with listen(0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
