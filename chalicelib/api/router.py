"""The table of routes. `app.py` serves them, and the OpenAPI document describes them."""

from functools import lru_cache
from typing import Any

from chalicelib.api import (
    body,
    endpoint,
    history_routes,
    job_routes,
    library_routes,
    openapi,
    sharing_routes,
    webhook_routes,
)
from chalicelib.api.job_type_body import JobTypesBody
from chalicelib.api.message import Request, Response
from chalicelib.api.route import Route
from chalicelib.bootstrap import Services
from chalicelib.domain.timing import Timing

#: The durations of a deployed stage.
_DEPLOYED = Timing()


async def describe(services: Services, request: Request) -> Response:
    tokens_required = services.verifier is not None
    described = document(tokens_required=tokens_required, base_path=request.base_path, timing=services.timing)
    return Response(200, described, {"Cache-Control": "public, max-age=300"})


_SERVICE_ROUTES = (
    Route(
        id="listJobTypes",
        endpoint=endpoint.list_job_types,
        tag="service",
        method="GET",
        path="/job-types",
        summary="The job types, each with the JSON Schema of its payload.",
        answers={200: JobTypesBody},
        is_public=True,
    ),
    Route(
        id="checkHealth",
        endpoint=endpoint.check_health,
        tag="service",
        method="GET",
        path="/health",
        summary="Whether all parts that a job needs are up.",
        answers={200: body.HealthBody, 503: body.HealthBody},
        is_public=True,
    ),
    Route(
        id="describe",
        endpoint=describe,
        tag="service",
        method="GET",
        path="/openapi.json",
        summary="This document.",
        answers={200: body.OpenApiBody},
        is_public=True,
    ),
)

ROUTES = (
    *job_routes.ROUTES,
    *webhook_routes.ROUTES,
    *library_routes.ROUTES,
    *sharing_routes.ROUTES,
    *history_routes.ROUTES,
    *_SERVICE_ROUTES,
)


@lru_cache(maxsize=8)
def document(*, tokens_required: bool = False, base_path: str = "", timing: Timing = _DEPLOYED) -> dict[str, Any]:
    """The OpenAPI document of these routes; see `openapi.document`."""
    return openapi.document(ROUTES, tokens_required=tokens_required, base_path=base_path, timing=timing)
