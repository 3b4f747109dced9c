"""The OpenAPI 3.1 document, made from the routes, the registry of job types, and the models of the answers."""

from collections.abc import Sequence
from typing import Any

from chalicelib.api.job_routes import MAX_BATCH_BYTES
from chalicelib.api.message import MAX_BODY_BYTES
from chalicelib.api.openapi_schema import REF, schemas
from chalicelib.api.route import Route
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.timing import Timing
from foundation.failure import Failure
from foundation.request_failure import REQUEST_FAILURES, TITLES

#: The version in pyproject.toml, which is not in the Lambda package.
_VERSION = "0.2.0"

_DESCRIPTION = f"""\
Generates lore in long-running jobs: submit one, follow it, get its result.

Every error is a problem document (RFC 9457) with a stable `code`. Bodies are strict JSON of at most \
{MAX_BODY_BYTES // 1024} KiB, or {MAX_BATCH_BYTES // 1024**2} MiB for a batch of jobs. Jobs, and everything about \
them, are kept until their `expires_at`; \
pieces and worlds are kept until they are deleted.
"""

#: Every operation may answer these, and 401 too unless it is public.
_EVERYWHERE = (413, 429, 500, 503)

_TAGS = {
    "jobs": "Submit, follow, cancel and retry.",
    "webhooks": "Where the caller is told of its jobs, and what became of it.",
    "pieces": "The caller's library: what jobs have written, and what people have added.",
    "worlds": "What `create_world` has saved, as it is now, as files, and behind links.",
    "history": "Records of ended jobs, and what they have used.",
    "service": "Job types, health, and this document.",
}

_REQUEST_ID = {
    "X-Request-Id": {
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "description": "Identifies this request in all logs: the trace id of the caller's `traceparent`, or a new one.",
    }
}


def document(routes: Sequence[Route], *, tokens_required: bool, base_path: str, timing: Timing) -> dict[str, Any]:
    """The whole document as JSON values. If no tokens are required (AUTH_MODE=none), sending one is optional.

    `base_path` is the part of the API's address before the routes, such as API Gateway's stage. `timing` has the bounds
    of a deadline.
    """
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _route(route, tokens_required)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LoreSmith Jobs",
            "version": _VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "servers": [{"url": base_path or "/"}],
        "tags": [{"name": name, "description": description} for name, description in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(routes, tokens_required=tokens_required, timing=timing),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _route(route: Route, tokens_required: bool) -> dict[str, Any]:
    problems = {*route.problems, *_EVERYWHERE, *([] if route.is_public else [401])}
    answers = {status: _answer(status, model, route) for status, model in route.answers.items()}
    for status in sorted(problems):
        answer = answers.setdefault(status, {"description": _meaning(status), "headers": {}, "content": {}})
        answer["headers"] |= _problem_headers(status)
        answer["content"] |= _problem_content(status)
    described: dict[str, Any] = {
        "operationId": route.id,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": list(route.parameters),
        "responses": {str(status): answer for status, answer in answers.items()},
        "security": [] if route.is_public else [{"bearer": []}, *([] if tokens_required else [{}])],
    }
    if route.submits:
        examples = _examples(route.submits, tokens_required)
        taken: dict[str, Any] = {"schema": {"$ref": REF.format(model=route.submits)}, "examples": examples}
        described["requestBody"] = {"required": True, "content": {"application/json": taken}}
    elif route.takes:
        taken = {"schema": {"$ref": REF.format(model=route.takes.__name__)}, "example": route.example}
        described["requestBody"] = {"required": True, "content": dict.fromkeys(route.media_types, taken)}
    return described


def _examples(schema: str, tokens_required: bool) -> dict[str, Any]:
    """A submission of each job type, and a batch of all of them."""
    submissions = {
        name: {"type": name, "payload": job_type.example_for(tokens_required=tokens_required)}
        for name, job_type in JOB_TYPES.items()
    }
    if schema == "BatchSubmission":
        return {"batch": {"summary": "One job of each type", "value": {"jobs": list(submissions.values())}}}
    return {name: {"summary": JOB_TYPES[name].label, "value": value} for name, value in submissions.items()}


def _answer(status: int, model: type | None, route: Route) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": "Not modified." if status == 304 else route.summary,
        "headers": {name: {"schema": {"type": "string"}} for name in route.headers} | _REQUEST_ID,
    }
    if status == 200 and route.downloads:
        answer["content"] = {media_type: {} for media_type in route.downloads}
    if model is not None:
        answer["content"] = {"application/json": {"schema": {"$ref": REF.format(model=model.__name__)}}}
    return answer


def _problem_headers(status: int) -> dict[str, Any]:
    text: dict[str, Any] = {"schema": {"type": "string"}}
    seconds = {"Retry-After": text | {"description": "Seconds."}}
    match status:
        case 401:
            return _REQUEST_ID | {"WWW-Authenticate": text | {"description": "RFC 6750."}}
        case 429:
            return _REQUEST_ID | seconds | {"RateLimit": text, "RateLimit-Policy": text}
        case 503:
            return _REQUEST_ID | seconds
        case _:
            return dict(_REQUEST_ID)


def _problem_content(status: int) -> dict[str, Any]:
    schema = {"$ref": REF.format(model="ProblemBody")}
    return {"application/problem+json": {"schema": schema, "example": _problem_example(status)}}


def _failures(status: int) -> list[Failure]:
    return [failure for failure in REQUEST_FAILURES.values() if failure.status == status]


def _meaning(status: int) -> str:
    """For each code with this status: when a route answers with it."""
    return "; ".join(f"`{failure.code}`: {failure.when}" for failure in _failures(status)) + "."


def _problem_example(status: int) -> dict[str, Any]:
    failure = _failures(status)[0]
    example = {
        "type": f"urn:loresmith:problem:{failure.code}",
        "title": TITLES[status],
        "status": status,
        "detail": failure.sentence,
        "code": failure.code,
        "retryable": failure.retryable,
    }
    if status == 400:
        example["errors"] = [{"field": "payload.count", "message": "must be less than or equal to 10"}]
    return example
