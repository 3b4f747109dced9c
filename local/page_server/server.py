"""`python -m local.page_server`: the built page as static files, with a `config.json` that names the API."""

import argparse
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any

from foundation.masking.output import mask_output
from local import dev_issuer
from local.loopback import is_own_host
from local.project import LOOPBACK, ROOT

FRONTEND = ROOT / "frontend"
DIST = FRONTEND / "dist"
#: Whom the page acts for where tokens are asked for.
SUBJECT = "web"

_BUILD = (("npm", "ci", "--no-audit", "--no-fund"), ("npm", "run", "build"))
_HOW_TO = "Install Node.js 20 or newer with npm (https://nodejs.org), or run `npm ci && npm run build` in frontend/."
_LOG_TAIL_LINES = 8


def is_built() -> bool:
    return (DIST / "index.html").is_file()


def prepare(say: Callable[[str], None]) -> bool:
    """Whether there is a page to serve. One that was never built is built now, where npm is there to do it."""
    if is_built():
        return True
    if shutil.which("npm") is None:
        say(f"The page is not built, and there is no npm to build it; everything else starts. {_HOW_TO}")
        return False
    say("Building the page (once, about a minute) ...")
    return all(_succeeds(command, say) for command in _BUILD)


def _succeeds(command: tuple[str, ...], say: Callable[[str], None]) -> bool:
    done = subprocess.run(
        command, check=False, cwd=FRONTEND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        tail = "\n".join(f"  | {line}" for line in done.stdout.splitlines()[-_LOG_TAIL_LINES:])
        say(f"The page could not be built; everything else starts. `{' '.join(command)}` said:\n{tail}")
    return done.returncode == 0


class Handler(SimpleHTTPRequestHandler):
    """GET and HEAD of the files of a folder; no listings."""

    protocol_version = "HTTP/1.1"
    #: One write for an answer, sent at once: Nagle's algorithm and delayed acknowledgements cost 40 ms otherwise.
    wbufsize = -1
    disable_nagle_algorithm = True
    #: Whatever this machine's own table of types says.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".json": "application/json",
        ".woff2": "font/woff2",
    }

    def __init__(self, *args: Any, config: Callable[[], dict[str, str]], **kwargs: Any) -> None:
        self._config = config
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        if not is_own_host(self.headers.get("host")):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to 127.0.0.1 and localhost alone.")
        elif self._path == "/config.json":
            self._send_config()
        else:
            super().do_GET()

    def end_headers(self) -> None:
        # The build gives a file another name with every change of its content, except to what is asked for by name.
        lasting = self._path.startswith("/assets/")
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if lasting else "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, path: str | os.PathLike[str]) -> None:  # noqa: ARG002 - the signature is the library's
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Who reads a page is of no interest."""

    @property
    def _path(self) -> str:
        return getattr(self, "path", "").partition("?")[0]

    def _send_config(self) -> None:
        body = json.dumps(self._config()).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    request_queue_size = 128


def make_server(port: int, config: Callable[[], dict[str, str]], folder: Path = DIST) -> Server:
    """A server for the page in `folder`; 0 is a free port. `config` is asked anew for each `config.json`."""
    return Server((LOOPBACK, port), partial(Handler, config=config, directory=str(folder)))


def page_config(api: str, local_dir: Path, *, offline_writer: bool = False) -> dict[str, str]:
    """The page's configuration: the API's address, a token if this stack's own issuer provides them, and whether the
    offline writer writes."""
    token = {"token": dev_issuer.token(local_dir, SUBJECT)} if dev_issuer.is_wanted(os.environ) else {}
    writer = {"writer": "offline"} if offline_writer else {}
    return {"apiBaseUrl": api} | token | writer


def main() -> None:
    mask_output(os.environ)
    parser = argparse.ArgumentParser(prog="python -m local.page_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--api", required=True, help="the API's address")
    parser.add_argument("--local-dir", type=Path, required=True, help="the stack's folder")
    parser.add_argument("--offline-writer", action="store_true", help="tell the page that the offline writer writes")
    given = parser.parse_args()
    config = partial(page_config, given.api, given.local_dir, offline_writer=given.offline_writer)
    signal.signal(signal.SIGTERM, _exit)
    make_server(given.port, config).serve_forever()


def _exit(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
