"""Models of the JSON that callers receive. Answers and the OpenAPI document are built from them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from chalicelib.domain.lifecycle import Status

_LANGUAGE = "The language of the text (BCP 47)."

Timestamp = Annotated[str, Field(description="ISO 8601, UTC, milliseconds.", json_schema_extra={"format": "date-time"})]
_COST = "In USD, from the tokens and the prices that the operator has set; null if none are set."
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


class Body(BaseModel):
    # The schema permits further fields, so clients generated from it keep working with a later version.

    def json_value(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


class LinksBody(Body):
    """Paths on the API's host, including any prefix such as API Gateway's stage."""

    self_: str = Field(alias="self", serialization_alias="self")
    events: str
    cancel: str

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)


class UsageBody(Body):
    """What the job has cost so far, including failed and repeated calls."""

    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: float | None = Field(description=_COST)


class EstimateBody(Body):
    """What a job is expected to cost."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ESTIMATE]})

    type: str
    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: float | None = Field(description=_COST)
    basis: Literal["measured", "default"] = Field(
        description="measured: from what jobs of this type have used. default: too few of them have completed yet."
    )
    jobs_measured: int = Field(description="The number of recent jobs that the estimate is measured from.")
    token_budget: int = Field(
        description="The most tokens that the job may cost. If it needs more, it ends with what is finished."
    )


class PieceWarningBody(Body):
    """What is missing from the result, or a remark on a piece in it."""

    item: int = Field(description="0-based index of the piece.")
    stage: str
    code: str
    message: str
    retryable: bool
    missing: bool = Field(
        description="True: the piece is missing from the result. False: it is there, and something in it was changed "
        "or is weak."
    )


class ItemBody(Body):
    """A piece as far as it has been written. What is missing is null."""

    index: int
    stages: list[str] = Field(description="Keys of the stages that are finished.")
    name: str | None
    description: str | None
    type: str
    language: str = Field(description=_LANGUAGE)
    details: dict[str, JsonValue]


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

_WORLD: dict[str, Any] = {
    "id": "1f0c1a52-3a5e-5d0e-9a55-0a4c2f8f2a11",
    "user_id": "42",
    "job_id": "8bc11506-4fc3-4ef0-8e0e-61c766af0c11",
    "theme": "fantasy",
    "language": "en",
    "title": "The Bells Under Low Tarn",
    "story": "The bells ring at low water.\n\nNobody in Low Tarn counts them aloud.",
    "quest": {"title": "The Thirteenth Bell", "description": "Find who rings it, and whom it calls."},
    "pieces": {"setting": {"name": "Low Tarn", "description": "A drowned market town whose bells still ring."}},
    "created_at": "2026-11-23T16:40:03.117Z",
}


class JobBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [_JOB]})

    id: str = Field(json_schema_extra={"format": "uuid"})
    type: str
    status: Status
    progress: int = Field(ge=0, le=100)
    message: str = Field(description="For people: what is happening.")
    result: JsonValue = Field(
        description="null until the job is completed. Then an array of pieces {name, description, type, language, "
        "details}; for create_world {world_id, language, title, story, quest, pieces}."
    )
    error: str | None = Field(description="For people: what happened and what to do.")
    error_code: str | None
    retryable: bool = Field(description="For a failed job: whether a retry may help.")
    warnings: list[PieceWarningBody] = Field(
        description="What is missing from the result of a completed job, and remarks on the pieces in it."
    )
    items: list[ItemBody] = Field(description="What is finished so far.")
    usage: UsageBody
    attempt: int
    max_attempts: int
    revision: int = Field(description="+1 with each visible change; the ETag.")
    retry_of: str | None
    created_at: Timestamp
    started_at: Timestamp | None
    updated_at: Timestamp
    completed_at: Timestamp | None
    expires_at: Timestamp
    links: LinksBody


class JobsBody(Body):
    jobs: list[JobBody] = Field(description="Newest first, without their items.")
    next_cursor: str | None


class EventBody(Body):
    """The job's state from this revision on."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EVENT]})

    revision: int
    at: Timestamp
    status: Status
    progress: int
    message: str


class EventsBody(Body):
    events: list[EventBody]
    links: LinksBody


class ContextBody(Body):
    field: str = Field(description='The payload field that takes the piece, such as "selectedLore.setting".')
    kind: str = Field(description="The `kind` of the job type that writes such pieces.")


class JobTypeBody(Body):
    type: str
    label: str
    description: str
    kind: str = Field(description="The `type` of the pieces that it writes, and their field in `selectedLore`.")
    singular: str = Field(description='What one piece is called: "prophecy".')
    plural: str = Field(description='What several pieces are called: "prophecies".')
    question: str = Field(description="For people: the question that a piece of this kind answers.")
    delivers: Literal["pieces", "world"] = Field(description="The form of the result.")
    context: list[ContextBody] = Field(description="The pieces that can be given as context.")
    payload_schema: dict[str, JsonValue] = Field(description="JSON Schema (2020-12) of the payload.")
    example: dict[str, JsonValue]


class JobTypesBody(Body):
    job_types: list[JobTypeBody] = Field(description="In the order in which a person chooses them; the world is last.")


class QuestBody(Body):
    title: str
    description: str


class WorldBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [_WORLD]})

    id: str = Field(json_schema_extra={"format": "uuid"})
    user_id: str
    job_id: str
    theme: str
    language: str = Field(description=_LANGUAGE)
    title: str
    story: str = Field(description="Paragraphs, separated by an empty line.")
    quest: QuestBody
    pieces: dict[str, JsonValue]
    created_at: Timestamp


class WorldsBody(Body):
    worlds: list[WorldBody] = Field(description="Newest first.")
    next_cursor: str | None


class HealthBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"redis": "ok", "queue": "ok", "generator": "down"}]})

    redis: Literal["ok", "down"]
    queue: Literal["ok", "down"]
    generator: Literal["ok", "down"]


class OpenApiBody(Body):
    """OpenAPI 3.1."""

    model_config = ConfigDict(extra="allow")

    openapi: str


class FaultBody(Body):
    field: str = Field(description='Path of the field in the body, or name of the parameter; "" for the whole body.')
    message: str


class ProblemBody(Body):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = Field(description="For people: what happened and what to do.")
    code: str
    retryable: bool = Field(description="Whether the same request may succeed later.")
    errors: list[FaultBody] | None = Field(default=None, description="Every fault of a request that is not valid.")
