"""The table of routes. `app.py` serves them, and the OpenAPI document describes them."""

from functools import lru_cache
from typing import Any

from chalicelib.api import body, endpoint, openapi
from chalicelib.api.job_type_body import JobTypesBody
from chalicelib.api.message import Parameter, Request, Response
from chalicelib.api.route import Route
from chalicelib.bootstrap import Services
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.lifecycle import Status
from chalicelib.service.reading import MAX_WAIT_S


def _query(name: str, schema: dict[str, Any], description: str) -> Parameter:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _header(name: str, schema: dict[str, Any], description: str) -> Parameter:
    return {"name": name, "in": "header", "schema": schema, "description": description}


def _id(name: str) -> Parameter:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


_JOB_ID, _WORLD_ID = _id("job_id"), _id("world_id")
_LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "The most items to return.")
_CURSOR = _query("cursor", {"type": "string"}, "`next_cursor` of the previous page.")
_DRY_RUN = _query(
    "dry_run",
    {"type": "boolean", "default": False},
    "`true`: check the request in the same way and answer with the calls and tokens that the job is expected to need. "
    "Nothing is stored, and nothing counts against a quota.",
)
_WAIT = _header(
    "Prefer",
    {"type": "string", "examples": ["wait=20", "wait=20, after=7, gather=0.5"]},
    f"`wait=N` (RFC 7240) holds the answer back for up to N seconds, at most {MAX_WAIT_S}, until there is news: "
    "a revision that is not in `If-None-Match`, or one after `after`. Without either, it waits for the job's end. For "
    "a job, `after=R` is a preference too. With `gather=M`, the answer for a job also contains the changes of the M "
    "seconds after the first one. The job's end is never held back.",
)
_KEY = _header(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    "As long as the job is kept, the same key with the same request returns the same job.",
)
_IF_NONE_MATCH = _header(
    "If-None-Match", {"type": "string", "examples": ['"7"']}, "The ETag of an earlier answer, a list of ETags, or `*`."
)


async def describe(services: Services, request: Request) -> Response:
    described = document(tokens_required=services.verifier is not None, base_path=request.base_path)
    return Response(200, described, {"Cache-Control": "public, max-age=300"})


ROUTES = (
    Route(
        id="submitJob",
        endpoint=endpoint.submit_job,
        method="POST",
        path="/jobs",
        summary="Submit a job: 202. With `dry_run=true`, only estimate what it would cost: 200. Everything is checked "
        "before anything is stored.",
        answers={202: body.JobBody, 200: body.EstimateBody},
        problems=(400, 403, 415, 422),
        parameters=(_DRY_RUN, _KEY),
        takes_submission=True,
        headers=("Location", "Retry-After", "ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy"),
    ),
    Route(
        id="listJobs",
        endpoint=endpoint.list_jobs,
        method="GET",
        path="/jobs",
        summary="The caller's jobs, newest first.",
        answers={200: body.JobsBody},
        problems=(400,),
        parameters=(
            _query("status", {"type": "string", "enum": [status.value for status in Status]}, "Only this status."),
            _query("type", {"type": "string", "enum": list(JOB_TYPES)}, "Only this type."),
            _LIMIT,
            _CURSOR,
        ),
    ),
    Route(
        id="readJob",
        endpoint=endpoint.read_job,
        method="GET",
        path="/jobs/{job_id}",
        summary="The job as it is now, with its pieces as far as they have been written.",
        answers={200: body.JobBody, 304: None},
        problems=(404,),
        parameters=(_JOB_ID, _IF_NONE_MATCH, _WAIT),
        headers=("ETag", "Retry-After", "Preference-Applied"),
    ),
    Route(
        id="readEvents",
        endpoint=endpoint.read_events,
        method="GET",
        path="/jobs/{job_id}/events",
        summary="The event log: one entry for each revision.",
        answers={200: body.EventsBody},
        problems=(400, 404),
        parameters=(
            _JOB_ID,
            _query(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 10**9, "default": 0},
                "Only events after this revision.",
            ),
            _WAIT,
        ),
        headers=("Retry-After", "Preference-Applied"),
    ),
    Route(
        id="cancelJob",
        endpoint=endpoint.cancel_job,
        method="POST",
        path="/jobs/{job_id}/cancel",
        summary="Stop a job. 202 if this stopped it, 200 if it had already ended.",
        answers={202: body.JobBody, 200: body.JobBody},
        problems=(404,),
        parameters=(_JOB_ID,),
        headers=("ETag",),
    ),
    Route(
        id="retryJob",
        endpoint=endpoint.retry_job,
        method="POST",
        path="/jobs/{job_id}/retry",
        summary="Create a job that continues from what a failed, cancelled or incomplete one has finished. A repeated "
        "request returns the same new job or, if that one is failed, cancelled or incomplete too, a retry of it.",
        answers={202: body.JobBody},
        problems=(400, 404, 409, 422),
        parameters=(_JOB_ID, _KEY),
        headers=("Location", "Retry-After", "ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy"),
    ),
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
        id="listWorlds",
        endpoint=endpoint.list_worlds,
        tag="worlds",
        method="GET",
        path="/worlds",
        summary="The caller's saved worlds, newest first.",
        answers={200: body.WorldsBody},
        problems=(400,),
        parameters=(_LIMIT, _CURSOR),
    ),
    Route(
        id="readWorld",
        endpoint=endpoint.read_world,
        tag="worlds",
        method="GET",
        path="/worlds/{world_id}",
        summary="A saved world.",
        answers={200: body.WorldBody},
        problems=(404,),
        parameters=(_WORLD_ID,),
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


@lru_cache(maxsize=8)
def document(*, tokens_required: bool = False, base_path: str = "") -> dict[str, Any]:
    """The OpenAPI document of these routes; see `openapi.document`."""
    return openapi.document(ROUTES, tokens_required=tokens_required, base_path=base_path)
