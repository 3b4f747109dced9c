"""`python -m local.page_server`: serves the built page, with a `config.json` that has the API's address."""

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from foundation.masking.output import mask_output
from local import dev_issuer
from local.http_server import OWN_HOSTS, serve
from local.page_server.build import DIST

#: The owner in the page's token.
SUBJECT = "web"


class PageFiles(StaticFiles):
    """Serves a build. A file in `assets/` gets a new name whenever its content changes, so it may be cached."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        is_asset = path.startswith("assets/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_asset else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def make_app(config: Callable[[], dict[str, str]], folder: Path = DIST) -> Starlette:
    """The page in `folder`. Each request for `config.json` calls `config`."""

    def send_config(_request: Request) -> Response:
        return JSONResponse(config(), headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})

    return Starlette(
        routes=[
            Route("/config.json", send_config),
            Mount("/", PageFiles(directory=folder, html=True, check_dir=False)),
        ],
        # CloudFront compresses too.
        middleware=[Middleware(TrustedHostMiddleware, OWN_HOSTS), Middleware(GZipMiddleware)],
    )


def page_config(api: str, local_dir: Path, *, offline_writer: bool = False) -> dict[str, str]:
    """The API's address, a token if this stack issues its own, and whether the offline writer is in use."""
    token = {"token": dev_issuer.token(local_dir, SUBJECT)} if dev_issuer.is_wanted(os.environ) else {}
    writer = {"writer": "offline"} if offline_writer else {}
    return {"apiBaseUrl": api} | token | writer


def main() -> None:
    mask_output(os.environ)
    parser = argparse.ArgumentParser(prog="python -m local.page_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--api", required=True, help="the API's address")
    parser.add_argument("--local-dir", type=Path, required=True, help="the stack's folder")
    parser.add_argument("--offline-writer", action="store_true", help="tell the page that the offline writer is in use")
    given = parser.parse_args()
    config = partial(page_config, given.api, given.local_dir, offline_writer=given.offline_writer)
    serve(make_app(config), given.port)
