"""The OpenAPI 3.1 document, built from the registry, the payload models and the models of the answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.api import body
from chalicelib.api.message import MAX_BODY_BYTES, MAX_WAIT_S
from chalicelib.api.problem import TITLES
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.lifecycle import Status

_REF = "#/components/schemas/{model}"
#: That of pyproject.toml, which is not in the Lambda package.
_VERSION = "0.2.0"

_DESCRIPTION = f"""\
Long-running generation of lore as jobs: submit one, follow it, get its result.

Every error is a problem document (RFC 9457) with a stable `code`. Bodies are strict JSON of at most \
{MAX_BODY_BYTES // 1024} KiB. Jobs, and everything about them, are kept for 24 hours; saved worlds stay.
"""

#: Problem answers by status: what each means.
_PROBLEMS = {
    400: "The request is not valid; `errors` names every fault.",
    401: "No valid token.",
    404: "Unknown, expired, or somebody else's.",
    409: "The job's state does not permit it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The Idempotency-Key was used for another request.",
    429: "A quota is used up, or there are too many requests at once; try again after `Retry-After`.",
    500: "A fault of ours; its `X-Request-Id` finds it in the log.",
    503: "A part of the system cannot be reached; try again after `Retry-After`.",
}

#: Every operation may answer these, and 401 too unless it is public.
_EVERYWHERE = (413, 429, 500, 503)

#: One `code` that goes with each status; docs/errors.md has all.
_CODES = {
    400: "invalid_request",
    401: "unauthenticated",
    404: "not_found",
    409: "conflict",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "idempotency_mismatch",
    429: "quota_exceeded",
    500: "internal_error",
    503: "store_unavailable",
}

_TAGS = {
    "jobs": "Submit, follow, cancel and retry.",
    "worlds": "What `create_world` has saved.",
    "service": "What there is, and whether it works.",
}

Parameter = dict[str, Any]


def _query(name: str, schema: dict[str, Any], description: str) -> Parameter:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _header(name: str, schema: dict[str, Any], description: str) -> Parameter:
    return {"name": name, "in": "header", "schema": schema, "description": description}


_ID: Parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "How many at most.")
_CURSOR = _query("cursor", {"type": "string"}, "`next_cursor` of the page before.")
_WAIT = _header(
    "Prefer",
    {"type": "string", "examples": ["wait=20"]},
    f"`wait=N` (RFC 7240) holds the answer back for up to N seconds, at most {MAX_WAIT_S}, until there is news: "
    "a revision that `If-None-Match` or `after` does not know; of a job without one, its end.",
)
_KEY = _header(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    "The same key with the same request gives the same job again, for 24 hours.",
)
_IF_NONE_MATCH = _header(
    "If-None-Match", {"type": "string", "examples": ['"7"']}, "ETag of the answer before, a list of them, or `*`."
)

_REQUEST_ID = {
    "X-Request-Id": {
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "description": "Names this request in all logs: the trace id of the caller's `traceparent`, or a new one.",
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    #: status → model of the answer; None: no body.
    answers: dict[int, type[BaseModel] | None]
    problems: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    takes_submission: bool = False
    public: bool = False
    headers: tuple[str, ...] = ()
    tag: str = "jobs"


OPERATIONS = (
    Operation(
        id="submitJob",
        method="post",
        path="/jobs",
        summary="Submit a job. Everything is checked before anything is stored.",
        answers={202: body.JobBody},
        problems=(400, 415, 422),
        parameters=(_KEY,),
        takes_submission=True,
        headers=("Location", "Retry-After", "ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy"),
    ),
    Operation(
        id="listJobs",
        method="get",
        path="/jobs",
        summary="The caller's jobs, newest first.",
        answers={200: body.JobsBody},
        problems=(400,),
        parameters=(
            _query("status", {"type": "string", "enum": [status.value for status in Status]}, "Only in this status."),
            _query("type", {"type": "string", "enum": list(JOB_TYPES)}, "Only of this type."),
            _LIMIT,
            _CURSOR,
        ),
    ),
    Operation(
        id="readJob",
        method="get",
        path="/jobs/{id}",
        summary="A job as it is, with the pieces as far as they are written.",
        answers={200: body.JobBody, 304: None},
        problems=(404,),
        parameters=(_ID, _IF_NONE_MATCH, _WAIT),
        headers=("ETag", "Retry-After", "Preference-Applied"),
    ),
    Operation(
        id="readEvents",
        method="get",
        path="/jobs/{id}/events",
        summary="The event log: one entry for each revision.",
        answers={200: body.EventsBody},
        problems=(400, 404),
        parameters=(
            _ID,
            _query(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 10**9, "default": 0},
                "Only what came after this revision.",
            ),
            _WAIT,
        ),
        headers=("Retry-After", "Preference-Applied"),
    ),
    Operation(
        id="cancelJob",
        method="post",
        path="/jobs/{id}/cancel",
        summary="Stop a job. 202 where this stopped it, 200 where it had ended.",
        answers={202: body.JobBody, 200: body.JobBody},
        problems=(404,),
        parameters=(_ID,),
        headers=("ETag",),
    ),
    Operation(
        id="retryJob",
        method="post",
        path="/jobs/{id}/retry",
        summary="A new job that goes on from what a failed, cancelled or incomplete one has finished. Asked again, the "
        "answer is the same job, or a retry of that one where it is failed, cancelled or incomplete too.",
        answers={202: body.JobBody},
        problems=(400, 404, 409, 422),
        parameters=(_ID, _KEY),
        headers=("Location", "Retry-After", "ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy"),
    ),
    Operation(
        id="listJobTypes",
        tag="service",
        method="get",
        path="/job-types",
        summary="What can be generated, each with the JSON Schema of its payload.",
        answers={200: body.JobTypesBody},
        public=True,
    ),
    Operation(
        id="listWorlds",
        tag="worlds",
        method="get",
        path="/worlds",
        summary="The caller's saved worlds, newest first.",
        answers={200: body.WorldsBody},
        problems=(400,),
        parameters=(_LIMIT, _CURSOR),
    ),
    Operation(
        id="readWorld",
        tag="worlds",
        method="get",
        path="/worlds/{id}",
        summary="A saved world.",
        answers={200: body.WorldBody},
        problems=(404,),
        parameters=(_ID,),
    ),
    Operation(
        id="checkHealth",
        tag="service",
        method="get",
        path="/health",
        summary="Is everything there that a job needs?",
        answers={200: body.HealthBody, 503: body.HealthBody},
        public=True,
    ),
    Operation(
        id="describe",
        tag="service",
        method="get",
        path="/openapi.json",
        summary="This document.",
        answers={200: body.OpenApiBody},
        public=True,
    ),
)


@lru_cache(maxsize=8)
def document(*, tokens_required: bool = False, base_path: str = "") -> dict[str, Any]:
    """The whole document, as JSON values. Where no tokens are required (AUTH_MODE=none), none is an alternative.

    `base_path` is what stands before the routes in the API's address, such as API Gateway's stage.
    """
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, tokens_required)
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
            "schemas": _schemas(tokens_required),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(operation: Operation, tokens_required: bool) -> dict[str, Any]:
    problems = {*operation.problems, *_EVERYWHERE, *([] if operation.public else [401])}
    answers = {status: _answer(status, model, operation) for status, model in operation.answers.items()}
    for status in sorted(problems):
        answer = answers.setdefault(status, {"description": _PROBLEMS[status], "headers": {}, "content": {}})
        answer["headers"] |= _problem_headers(status)
        answer["content"] |= _problem_content(status)
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": list(operation.parameters),
        "responses": {str(status): answer for status, answer in answers.items()},
        "security": [] if operation.public else [{"bearer": []}, *([] if tokens_required else [{}])],
    }
    if operation.takes_submission:
        described["requestBody"] = {"required": True, "content": {"application/json": _submission(tokens_required)}}
    return described


def _submission(tokens_required: bool) -> dict[str, Any]:
    examples = {
        job_type.name: {
            "summary": job_type.label,
            "value": {"type": job_type.name, "payload": job_type.example_for(tokens_required=tokens_required)},
        }
        for job_type in JOB_TYPES.values()
    }
    return {"schema": {"$ref": _REF.format(model="Submission")}, "examples": examples}


def _answer(status: int, model: type[BaseModel] | None, operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": "Not modified." if status == 304 else operation.summary,
        "headers": {name: {"schema": {"type": "string"}} for name in operation.headers} | _REQUEST_ID,
    }
    if model is not None:
        answer["content"] = {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
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
    schema = {"$ref": _REF.format(model="ProblemBody")}
    return {"application/problem+json": {"schema": schema, "example": _problem_example(status)}}


def _problem_example(status: int) -> dict[str, Any]:
    code = _CODES[status]
    example = {
        "type": f"urn:loresmith:problem:{code}",
        "title": TITLES[status],
        "status": status,
        "detail": _PROBLEMS[status],
        "code": code,
        "retryable": status in (429, 500, 503),
    }
    if status == 400:
        example["errors"] = [{"field": "payload.count", "message": "must be less than or equal to 10"}]
    return example


def _schemas(tokens_required: bool) -> dict[str, Any]:
    answers = [model for operation in OPERATIONS for model in operation.answers.values() if model is not None]
    shown: set[type[BaseModel]] = {*answers, body.ProblemBody}
    schemas = _definitions(sorted(shown, key=lambda model: model.__name__), mode="serialization")
    schemas |= _definitions([job_type.payload for job_type in JOB_TYPES.values()], mode="validation")
    _describe_results(schemas)
    for job_type in JOB_TYPES.values():
        payload = schemas[job_type.payload.__name__]
        job_type.require_fields(payload, tokens_required=tokens_required)
        schemas[_submission_name(job_type.name)] = {
            "type": "object",
            "properties": {
                "type": {"const": job_type.name},
                "payload": {"$ref": _REF.format(model=job_type.payload.__name__)},
            },
            "required": ["type", *(["payload"] if payload.get("required") else [])],
            "additionalProperties": False,
            "description": job_type.description,
        }
    schemas["Submission"] = {
        "oneOf": [{"$ref": _REF.format(model=_submission_name(name))} for name in JOB_TYPES],
        "discriminator": {
            "propertyName": "type",
            "mapping": {name: _REF.format(model=_submission_name(name)) for name in JOB_TYPES},
        },
    }
    return schemas


def _describe_results(schemas: dict[str, Any]) -> None:
    """What completed jobs have written. To the models it is any JSON, since it is kept as the generator gave it."""
    world, job = schemas["WorldBody"]["properties"], schemas["JobBody"]["properties"]
    world["pieces"] = {"$ref": _REF.format(model="SelectedLore")}
    job["type"]["enum"] = list(JOB_TYPES)
    text = {"type": "string"}
    details = schemas["ItemBody"]["properties"]["details"]
    schemas["PieceBody"] = _object(name=text, description=text, type=text, details=details)
    told = {name: world[name] for name in ("title", "story", "quest", "pieces")}
    schemas["CreatedWorldBody"] = _object(world_id=world["id"], **told)
    pieces = {"type": "array", "items": {"$ref": _REF.format(model="PieceBody")}}
    del job["result"]["$ref"]
    job["result"]["anyOf"] = [pieces, {"$ref": _REF.format(model="CreatedWorldBody")}, {"type": "null"}]


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _definitions(models: Iterable[type[BaseModel]], *, mode: Any) -> dict[str, Any]:
    unique = list(dict.fromkeys(models))
    _, schema = models_json_schema([(model, mode) for model in unique], ref_template=_REF)
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def _submission_name(type_name: str) -> str:
    return "".join(part.capitalize() for part in type_name.split("_")) + "Submission"
