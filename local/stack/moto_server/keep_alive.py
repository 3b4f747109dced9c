"""Answers many requests on one connection. werkzeug's own handler closes each connection after its first answer."""

from io import BytesIO

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.test import run_wsgi_app

from local.stack.moto_server.queue import CallerGone, caller


class KeepAliveHandler(MotoRequestHandler):
    """Serves one connection in one thread. Reads each request as a whole, and sends each answer as a whole."""

    protocol_version = "HTTP/1.1"
    #: Buffered, so that the headers do not wait for the acknowledgement of an earlier packet (Nagle's algorithm).
    wbufsize = -1

    def run_wsgi(self) -> None:
        if "Transfer-Encoding" in self.headers or "Expect" in self.headers:
            self.close_connection = True
            super().run_wsgi()
        else:
            self._answer()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write no line for each request."""

    def _answer(self) -> None:
        environ = self.make_environ()
        caller.connection = self.connection
        environ["wsgi.input"] = BytesIO(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        except CallerGone:
            self.close_connection = True
            return
        body = b"".join(chunks)
        headers.setdefault("Content-Length", str(len(body)))  # an answer to HEAD has a length but no body
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
