"""`python -m local.api_gateway`: the HTTP API on Chalice's local server, tuned, on 127.0.0.1:API_PORT.

Embedded rather than `chalice local`, whose listen backlog of 5 and unbuffered writes cost a second and 40 ms; what API
Gateway itself would answer or refuse is answered here as the deployed gateway is set up to.
"""

import importlib
import json
import logging
import os
import signal
import sys
import time
from types import FrameType
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    CustomLocalChalice,
    LocalChalice,
    LocalDevServer,
    LocalGatewayException,
    ThreadedHTTPServer,
)

from chalicelib.api import problem
from chalicelib.api.message import MAX_BODY_BYTES, Response
from chalicelib.api.problem import PayloadTooLarge
from chalicelib.domain.error import NotFound
from foundation.masking.output import mask_output
from infra.throttling import TOKEN_POSTS_PER_MINUTE, TOKEN_REQUESTS_PER_MINUTE
from local.api_gateway import docs_page
from local.api_gateway.throttle import TokenThrottle
from local.loopback import is_own_host, is_own_origin
from local.project import LOOPBACK, ROOT

log = logging.getLogger(__name__)

#: API Gateway's limits: the longest integration, the largest body.
_GATEWAY_TIMEOUT_S = 29
_MAX_BODY_BYTES = 10 * 1024 * 1024
#: More than any length has that can be true; `int` refuses thousands.
_MOST_DIGITS = 20
_CHUNK_BYTES = 64 * 1024
_ALLOWED_ORIGIN = "Access-Control-Allow-Origin"


class Handler(ChaliceRequestHandler):
    server: "Server"
    #: One write for an answer, sent at once: Nagle's algorithm and delayed acknowledgements cost 40 ms otherwise.
    wbufsize = -1
    disable_nagle_algorithm = True
    #: An idle connection is given up after this; longer than any answer is held back.
    timeout = 75

    def _generic_handle(self) -> None:
        if refusal := self._refusal():
            self.close_connection = True
            self._send_problem(refusal, {"Connection": "close"})
        elif refused := self.server.throttle.refusal(self.command, self.headers.get("authorization")):
            self._skip_body()
            time.sleep(refused.hold_s)
            self._send_problem(problem.of_status(429, {"Retry-After": str(refused.retry_after_s)}), {})
        elif self._length > MAX_BODY_BYTES:
            self._skip_body()
            self._send_problem(problem.of_error(PayloadTooLarge()), {})
        elif self.command in ("GET", "HEAD") and (page := docs_page.read(self.path)):
            self._skip_body()
            media_type, content = page
            headers = {"Content-Type": media_type, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
            self._send_http_response(200, headers, content)
        else:
            super()._generic_handle()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815 - http.server

    def __getattr__(self, name: str) -> Any:
        """`http.server` asks for a `do_<METHOD>`: which methods an address takes is the app's to say."""
        if name.startswith("do_"):
            return self._generic_handle
        raise AttributeError(name)

    def _refusal(self) -> Response | None:
        """For a request that comes from elsewhere, or whose body Chalice's server would misread."""
        if not is_own_host(self.headers.get("host")):
            return problem.of_status(421, {})
        origin, permitted = self.headers.get("origin"), os.environ.get("CORS_ALLOW_ORIGIN")
        if not is_own_origin(origin) and permitted not in ("*", origin):
            return problem.of_status(403, {})
        if "transfer-encoding" in self.headers:
            return problem.of_status(411, {})
        length = self.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            return problem.of_status(400, {})
        is_too_large = len(length) > _MOST_DIGITS or int(length) > _MAX_BODY_BYTES
        return problem.of_status(413, {}) if is_too_large else None

    def _skip_body(self) -> None:
        """Nobody looks at it, and the next request begins after it."""
        left = self._length
        while left > 0 and (read := self.rfile.read(min(left, _CHUNK_BYTES))):
            left -= len(read)

    @property
    def _length(self) -> int:
        return int(self.headers.get("content-length", "0"))

    def handle_expect_100(self) -> bool:
        """Also for one that waits to be told to go on: what is written is buffered here."""
        go_on: bool = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """For what `http.server` cannot read."""
        self.request_version = self.protocol_version
        self.close_connection = True
        self._send_problem(problem.of_status(400, {}), {"Connection": "close"})

    def _send_error_response(self, error: LocalGatewayException) -> None:
        """Where no route matches: as the deployed API Gateway answers (which says 404 also of a wrong method)."""
        no_route = error.CODE == 403
        answer = problem.of_error(NotFound("There is nothing at this address.")) if no_route else None
        kept = {name: value for name, value in error.headers.items() if name.lower() == "allow"}
        self._send_problem(answer or problem.of_status(error.CODE, {}), kept)

    def _send_problem(self, answer: Response, headers: dict[str, Any]) -> None:
        """With CORS, as API Gateway's own answers have it."""
        cors = self.local_gateway._app_object.api.cors
        if cors and cors is not True:
            headers |= cors.get_access_control_headers()
        self._send_http_response(answer.status, headers | answer.headers, json.dumps(answer.body))

    def _send_http_response(self, code: int, headers: dict[str, Any], body: str | bytes | None) -> None:
        """Pages of this machine may always read the answer, whichever other pages may."""
        # There are none yet where the request could not be read.
        origin = self.headers.get("origin") if hasattr(self, "headers") else None
        if origin is not None and is_own_origin(origin) and _ALLOWED_ORIGIN in headers:
            headers = headers | {_ALLOWED_ORIGIN: origin, "Vary": "Origin"}
        if self.command == "HEAD":
            self._send_head(code, headers, body or "")
        else:
            super()._send_http_response(code, headers, body)

    def _send_head(self, code: int, headers: dict[str, Any], body: str | bytes) -> None:
        """As for GET, but without the body: the client would mistake it for its next answer."""
        length = len(body if isinstance(body, bytes) else body.encode())
        self.send_response(code)
        self._send_headers({"Content-Length": str(length)} | headers)

    def log_message(self, format: str, *args: Any) -> None:
        """The app has its own line for a request, as JSON."""


class Server(ThreadedHTTPServer):
    """`throttle` is set by `make_server`."""

    #: Chalice's 5 makes every further connection of a burst wait for a second.
    request_queue_size = 256
    allow_reuse_address = True
    throttle: TokenThrottle

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the signature is the library's
        """A caller that hangs up is no error of ours; whatever else it is, the log has it as JSON."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            log.exception("Connection failed", extra={"client": str(client_address)})


def make_server(app: Chalice, port: int, throttle: TokenThrottle) -> LocalDevServer:
    """A server for the app; 0 is a free port. Once for an app and process, since it changes the app's class."""
    CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
    app.__class__ = CustomLocalChalice
    parameters: dict[str, Any] = {"chalice_app": app, "project_dir": str(ROOT), "lambda_timeout": _GATEWAY_TIMEOUT_S}
    config = Config(chalice_stage="local", user_provided_params=parameters)
    server = LocalDevServer(app, config, LOOPBACK, port, handler_cls=Handler, server_cls=Server)
    server.server.throttle = throttle
    return server


def main() -> None:
    mask_output(os.environ)
    signal.signal(signal.SIGTERM, _exit)
    app: Chalice = importlib.import_module("app").app
    throttle = TokenThrottle(
        requests=int(os.environ.get("TOKEN_REQUESTS_PER_MINUTE") or TOKEN_REQUESTS_PER_MINUTE),
        posts=int(os.environ.get("TOKEN_POSTS_PER_MINUTE") or TOKEN_POSTS_PER_MINUTE),
    )
    server = make_server(app, int(os.environ.get("API_PORT") or 0), throttle)
    sys.stderr.write(f"listening on {server.server.server_address}\n")
    server.server.serve_forever()


def _exit(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
