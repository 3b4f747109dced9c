"""`python -m local.api_gateway`: the HTTP API on 127.0.0.1:API_PORT.

uvicorn speaks HTTP, and Chalice's gateway code routes requests. This module also gives the answers that a deployed
stage gives before a function runs.
"""

import importlib
import os

from chalice.app import Chalice, CORSConfig
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from chalicelib.api import problem
from chalicelib.domain.error import NotFound
from foundation.masking.output import mask_output
from local.api_gateway import docs_page
from local.api_gateway.chalice_app import ChaliceApp
from local.api_gateway.front_door import FrontDoor, problem_response
from local.api_gateway.settings import GatewaySettings
from local.api_gateway.throttle import TokenThrottle
from local.http_server import serve


def make_app(app: Chalice, cors: CORSConfig, throttle: TokenThrottle, allowed_origin: str | None) -> Starlette:
    """The API with its documentation. `allowed_origin`: the other origin with pages that may use it ("*" for all)."""
    headers = cors.get_access_control_headers()

    def not_found(_request: Request, _error: Exception) -> Response:
        return problem_response(problem.of_error(NotFound("There is nothing at this address.")), headers)

    made = Starlette(
        routes=docs_page.routes(),
        middleware=[Middleware(FrontDoor, throttle, allowed_origin, headers)],
        exception_handlers={HTTPException: not_found},
    )
    made.router.default = ChaliceApp(app)
    return made


def main() -> None:
    mask_output(os.environ)
    settings = GatewaySettings.read(os.environ)
    throttle = TokenThrottle(settings.token_requests_per_minute, settings.token_posts_per_minute)
    module = importlib.import_module("app")
    app = make_app(module.app, module.CORS, throttle, settings.cors_allow_origin)
    serve(app, settings.api_port, run=module.LOOP.host)
