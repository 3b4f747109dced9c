"""The JSON that callers receive. mypy checks the answers against these types; the OpenAPI document is made from them.

The schemas permit further fields, so clients generated from them keep working with a later version.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, JsonValue, with_config
from typing_extensions import TypedDict  # before Python 3.12, pydantic does not accept that of `typing`

from chalicelib.domain.lifecycle import Status


def about(description: str) -> Any:
    """Annotates a field with its description."""
    return Field(description=description)


_LANGUAGE = "The language of the text (BCP 47)."

Timestamp = Annotated[str, Field(description="ISO 8601, UTC, milliseconds.", json_schema_extra={"format": "date-time"})]
COST = "In USD, from the tokens and the prices that the operator has set; null if none are set."
_ESTIMATE: dict[str, Any] = {
    "type": "generate_relics",
    "llm_calls": 8,
    "prompt_tokens": 4210,
    "completion_tokens": 505,
    "estimated_cost_usd": 0.000934,
    "basis": "measured",
    "jobs_measured": 137,
    "token_budget": 14145,
}


class LinksBody(TypedDict):
    """Paths on the API's host, including any prefix such as API Gateway's stage."""

    self: str
    events: str
    cancel: str


class UsageBody(TypedDict):
    """What the job has cost so far, including failed and repeated calls."""

    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: Annotated[float | None, about(COST)]


@with_config(json_schema_extra={"examples": [_ESTIMATE]})
class EstimateBody(TypedDict):
    """What a job is expected to cost."""

    type: str
    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: Annotated[float | None, about(COST)]
    basis: Annotated[
        Literal["measured", "default"],
        about("measured: from what jobs of this type have used. default: too few of them have completed so far."),
    ]
    jobs_measured: Annotated[int, about("The number of recent jobs that the estimate is measured from.")]
    token_budget: Annotated[
        int,
        about("The most tokens that the job may cost. If it needs more, it ends with what is finished."),
    ]


class PieceWarningBody(TypedDict):
    """What is missing from the result, or a remark on a piece in it."""

    item: Annotated[int, about("0-based index of the piece.")]
    stage: str
    code: str
    message: str
    retryable: bool
    missing: Annotated[
        bool,
        about(
            "True: the piece is missing from the result. False: it is there, and something in it was changed "
            "or is weak."
        ),
    ]


class ItemBody(TypedDict):
    """A piece so far. What is not written yet is null."""

    index: int
    stages: Annotated[list[str], about("Keys of the stages that are finished.")]
    name: str | None
    description: str | None
    type: str
    language: Annotated[str, about(_LANGUAGE)]
    details: dict[str, JsonValue]
    complete: Annotated[bool, about("Whether the piece is finished. It is then in the result, unless the job fails.")]
    library_id: Annotated[
        str | None,
        about("The id of the finished piece in the library; null until the job has ended, and if it is unfinished."),
    ]


_JOB: dict[str, Any] = {
    "id": "8bc11506-4fc3-4ef0-8e0e-61c766af0c11",
    "type": "generate_relics",
    "status": "processing",
    "progress": 43,
    "message": "Generated descriptions...",
    "result": None,
    "error": None,
    "error_code": None,
    "retryable": False,
    "warnings": [],
    "items": [
        {
            "index": 0,
            "stages": ["description", "name"],
            "name": "The Borrowed Lantern",
            "description": "It burns for a week on a single kind word.",
            "type": "relic",
            "language": "en",
            "details": {"concept": "a lantern that burns for a week on a single kind word"},
            "complete": False,
            "library_id": None,
        }
    ],
    "usage": {"llm_calls": 2, "prompt_tokens": 811, "completion_tokens": 95, "estimated_cost_usd": 0.000179},
    "attempt": 1,
    "max_attempts": 3,
    "revision": 5,
    "retry_of": None,
    "created_at": "2026-11-23T16:39:47.852Z",
    "started_at": "2026-11-23T16:39:47.864Z",
    "updated_at": "2026-11-23T16:39:48.602Z",
    "completed_at": None,
    "deadline_at": "2026-11-23T16:41:47.864Z",
    "expires_at": "2026-11-24T16:39:47.852Z",
    "links": {
        "self": "/jobs/8bc11506-4fc3-4ef0-8e0e-61c766af0c11",
        "events": "/jobs/8bc11506-4fc3-4ef0-8e0e-61c766af0c11/events",
        "cancel": "/jobs/8bc11506-4fc3-4ef0-8e0e-61c766af0c11/cancel",
    },
}


_EVENT: dict[str, Any] = {
    "revision": 5,
    "at": "2026-11-23T16:39:48.602Z",
    "status": "processing",
    "progress": 43,
    "message": "Generated descriptions...",
}


@with_config(json_schema_extra={"examples": [_JOB]})
class JobBody(TypedDict):
    id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]
    type: str
    status: Status
    progress: Annotated[int, Field(ge=0, le=100)]
    message: Annotated[str, about("For people: what is happening.")]
    result: Annotated[
        JsonValue,
        about(
            "null until the job is completed. Then an array of pieces {name, description, type, language, "
            "details}; for create_world {world_id, language, title, story, quest, pieces}; for rewrite_piece {piece}; "
            "for rewrite_world {world}."
        ),
    ]
    error: Annotated[str | None, about("For people: what happened and what to do.")]
    error_code: str | None
    retryable: Annotated[bool, about("For a failed job: whether a retry may help.")]
    warnings: Annotated[
        list[PieceWarningBody],
        about("What is missing from the result of a completed job, and remarks on the pieces in it."),
    ]
    items: Annotated[list[ItemBody], about("What is finished so far.")]
    usage: UsageBody
    attempt: int
    max_attempts: int
    revision: Annotated[int, about("+1 with each visible change; the ETag.")]
    retry_of: str | None
    created_at: Timestamp
    started_at: Timestamp | None
    updated_at: Timestamp
    completed_at: Timestamp | None
    deadline_at: Annotated[
        Timestamp | None,
        about(
            "When the job fails with `timeout` if it has not ended. null until a worker begins, unless the submission "
            "has a `deadline_s`."
        ),
    ]
    expires_at: Timestamp
    links: LinksBody


class JobsBody(TypedDict):
    jobs: Annotated[list[JobBody], about("Newest first, without their items.")]
    next_cursor: str | None


@with_config(json_schema_extra={"examples": [_EVENT]})
class EventBody(TypedDict):
    """The job's state from this revision on."""

    revision: int
    at: Timestamp
    status: Status
    progress: int
    message: str


class EventsBody(TypedDict):
    events: list[EventBody]
    links: LinksBody


class DrainBody(TypedDict):
    """New jobs wait until an operator ends the drain, at the latest until `until`."""

    since: Timestamp
    until: Timestamp
    refuses_jobs: Annotated[bool, about("Whether new jobs are refused too, with 503 `draining`.")]


@with_config(json_schema_extra={"examples": [{"redis": "ok", "queue": "ok", "generator": "down"}]})
class HealthBody(TypedDict):
    redis: Literal["ok", "down"]
    queue: Literal["ok", "down"]
    generator: Literal["ok", "down"]
    drain: NotRequired[Annotated[DrainBody | None, Field(default=None, description="Only during a drain.")]]


@with_config(extra="allow")
class OpenApiBody(TypedDict):
    """OpenAPI 3.1."""

    openapi: str


class FaultBody(TypedDict):
    field: Annotated[str, about('Path of the field in the body, or name of the parameter; "" for the whole body.')]
    message: str


class ProblemBody(TypedDict):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: Annotated[str, about("For people: what happened and what to do.")]
    code: str
    retryable: Annotated[bool, about("Whether the same request may succeed later.")]
    errors: NotRequired[
        Annotated[
            list[FaultBody] | None, Field(default=None, description="Every fault of a request that is not valid.")
        ]
    ]
    current: NotRequired[
        Annotated[JsonValue, Field(default=None, description="With `stale_version`: the piece or world as it is now.")]
    ]


class BatchJobBody(TypedDict):
    """One job of a batch: exactly one of `job` and `error` is not null."""

    job: Annotated[JobBody | None, about("The accepted job, without its items.")]
    error: Annotated[ProblemBody | None, about("Why this job was refused. Nothing was stored for it.")]
    retry_after_s: Annotated[int | None, about("For a refused job: when to send the same request again, in seconds.")]


class BatchBody(TypedDict):
    jobs: Annotated[list[BatchJobBody], about("In the order of the request.")]


class BatchTotalBody(TypedDict):
    """The sums of the estimates."""

    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: Annotated[float | None, about(COST)]
    token_budget: int


class BatchEstimateBody(TypedDict):
    jobs: Annotated[list[EstimateBody], about("In the order of the request.")]
    total: BatchTotalBody
