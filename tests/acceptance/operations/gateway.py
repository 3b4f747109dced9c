"""The API under an address like that on AWS, whose path is `/api`. The emulator's own address has a longer path."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests

_KEPT = ("Authorization", "Content-Type")


@contextmanager
def gateway(port: int, api_url: str) -> Iterator[None]:
    """Serves `http://127.0.0.1:<port>/api` until the end of the context."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: self.headers[name] for name in _KEPT if name in self.headers}
            address = api_url + self.path.removeprefix("/api")
            with requests.Session() as http:
                http.trust_env = False  # no proxy
                answer = http.request(self.command, address, data=body, headers=headers, timeout=60)
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
