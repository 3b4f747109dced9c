"""What the API answers.

Generated from the API's OpenAPI document by `make client-types`. Do not edit.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Answer(BaseModel):
    """Fields that a newer API adds are kept, and values that it adds to an enumeration are accepted."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True, protected_namespaces=())


class Author(Answer):
    """The job that wrote something."""

    job_id: str
    model: str | None = None
    """The model that it used; null if it is not known."""

    prompt_version: int | None = None


class Batch(Answer):
    jobs: list[BatchJob]
    """In the order of the request."""


class BatchJob(Answer):
    """One job of a batch: exactly one of `job` and `error` is not null."""

    job: JobState | None = None
    """The accepted job, without its items."""

    error: Problem | None = None
    """Why this job was refused. Nothing was stored for it."""

    retry_after_s: int | None = None
    """For a refused job: when to send the same request again, in seconds."""


class Context(Answer):
    field: str
    """The payload field that takes the piece, such as "selectedLore.setting"."""

    kind: str
    """The `kind` of the job type that writes such pieces."""


class CreatedWorld(Answer):
    world_id: str
    language: str | None = None
    """The language of the text (BCP 47); null if it is not known."""

    title: str
    story: str
    """Paragraphs, separated by an empty line."""

    quest: Quest
    pieces: dict[str, WorldPiece]
    """By role: its kind, or "character_2" for a second one."""


class DayUsage(Answer):
    """What jobs of one type that ended on one day have used."""

    jobs: int
    failed: int
    cancelled: int
    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: float | None = None
    """In USD, from the tokens and the prices that the operator has set; null if none are set."""

    day: date
    """UTC."""

    type: str


class Deliveries(Answer):
    deliveries: list[Delivery]
    """Oldest first."""


class DeliveryAttempt(Answer):
    at: datetime
    """ISO 8601, UTC, milliseconds."""

    status: int | None = None
    """The HTTP status of the receiver's answer; null without an answer."""

    error_code: str | None = None
    """Why it was not delivered (docs/webhooks.md); null if it was."""

    duration_ms: int


class Delivery(Answer):
    """An event of a job on its way to the webhook."""

    id: str
    """The `webhook-id` header of each attempt."""

    event: Literal["job.completed", "job.failed", "job.cancelled", "job.progress"] | str
    revision: int
    url: str
    """Without its query."""

    state: Literal["waiting", "delivered", "failed"] | str
    """waiting: it will be sent at `next_at`. failed: nobody will try again, unless you send it again."""

    attempts: list[DeliveryAttempt]
    next_at: datetime | None = None


class Drain(Answer):
    """New jobs wait until an operator ends the drain, at the latest until `until`."""

    since: datetime
    """ISO 8601, UTC, milliseconds."""

    until: datetime
    """ISO 8601, UTC, milliseconds."""

    refuses_jobs: bool
    """Whether new jobs are refused too, with 503 `draining`."""


class Estimate(Answer):
    """What a job is expected to cost."""

    type: str
    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: float | None = None
    """In USD, from the tokens and the prices that the operator has set; null if none are set."""

    basis: Literal["measured", "default"] | str
    """measured: from what jobs of this type have used. default: too few of them have completed so far."""

    jobs_measured: int
    """The number of recent jobs that the estimate is measured from."""

    token_budget: int
    """The most tokens that the job may cost. If it needs more, it ends with what is finished."""


class Event(Answer):
    """The job's state from this revision on."""

    revision: int
    at: datetime
    """ISO 8601, UTC, milliseconds."""

    status: Status
    progress: int
    message: str


class Events(Answer):
    events: list[Event]
    links: Links


class Fault(Answer):
    field: str
    """Path of the field in the body, or name of the parameter; "" for the whole body."""

    message: str


class Health(Answer):
    redis: Literal["ok", "down"] | str
    queue: Literal["ok", "down"] | str
    generator: Literal["ok", "down"] | str
    drain: Drain | None = None
    """Only during a drain."""


class History(Answer):
    jobs: list[JobRecord]
    """The latest end first."""

    next_cursor: str | None = None


class Item(Answer):
    """A piece so far. What is not written yet is null."""

    index: int
    stages: list[str]
    """Keys of the stages that are finished."""

    name: str | None = None
    description: str | None = None
    type: str
    language: str
    """The language of the text (BCP 47)."""

    details: dict[str, JsonValue]
    complete: bool
    """Whether the piece is finished. It is then in the result, unless the job fails."""

    library_id: str | None = None
    """The id of the finished piece in the library; null until the job has ended, and if it is unfinished."""


class JobState(Answer):
    id: str
    type: str
    status: Status
    progress: int
    message: str
    """For people: what is happening."""

    result: Annotated[
        list[WrittenPiece] | CreatedWorld | RewrittenPiece | RewrittenWorld | JsonValue,
        Field(union_mode="left_to_right"),
    ] = None
    """null until the job is completed. Then an array of pieces {name, description, type, language, details}; for
    create_world {world_id, language, title, story, quest, pieces}; for rewrite_piece {piece}; for rewrite_world
    {world}."""

    error: str | None = None
    """For people: what happened and what to do."""

    error_code: str | None = None
    retryable: bool
    """For a failed job: whether a retry may help."""

    warnings: list[PieceWarning]
    """What is missing from the result of a completed job, and remarks on the pieces in it."""

    items: list[Item]
    """What is finished so far."""

    usage: Usage
    attempt: int
    max_attempts: int
    revision: int
    """+1 with each visible change; the ETag."""

    retry_of: str | None = None
    created_at: datetime
    """ISO 8601, UTC, milliseconds."""

    started_at: datetime | None = None
    updated_at: datetime
    """ISO 8601, UTC, milliseconds."""

    completed_at: datetime | None = None
    deadline_at: datetime | None = None
    """When the job fails with `timeout` if it has not ended. null until a worker begins, unless the submission has a
    `deadline_s`."""

    expires_at: datetime
    """ISO 8601, UTC, milliseconds."""

    links: Links


class JobRecord(Answer):
    """What is kept of a job that has ended."""

    id: str
    type: str
    status: Literal["completed", "failed", "cancelled"] | str
    error_code: str | None = None
    attempts: int
    retry_of: str | None = None
    usage: Usage
    model: str | None = None
    """The model that wrote the newest part; null if it is not known."""

    summary: dict[str, JsonValue]
    """What the caller asked for: theme, title, count, language, tone; premise and instruction, at most 200 characters
    of each; `context`: the names of the pieces given as context; for a rewrite, `fields` and the name of the `piece` or
    `world`. Fields that the payload did not have are left out."""

    made: list[str]
    """Ids of the pieces or the world that it made or rewrote."""

    names: list[str]
    """Their names, in the same order."""

    created_at: datetime
    """ISO 8601, UTC, milliseconds."""

    started_at: datetime | None = None
    ended_at: datetime
    """ISO 8601, UTC, milliseconds."""


class JobSums(Answer):
    """Sums over jobs that have ended."""

    jobs: int
    failed: int
    cancelled: int
    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: float | None = None
    """In USD, from the tokens and the prices that the operator has set; null if none are set."""


class JobType(Answer):
    type: str
    label: str
    description: str
    kind: str
    """The `type` of the pieces that it writes, and their field in `selectedLore`."""

    singular: str
    """What one piece is called: "prophecy"."""

    plural: str
    """What several pieces are called: "prophecies"."""

    question: str
    """For people: the question that a piece of this kind answers."""

    delivers: Literal["pieces", "world", "piece", "rewritten_world"] | str
    """The form of the result. pieces: new pieces; world: a new world; piece and rewritten_world: an existing piece or
    world with some of its fields rewritten."""

    fields: list[Rewritable]
    """What can be rewritten in a piece of its kind, or in a world."""

    context: list[Context]
    """The pieces that can be given as context."""

    payload_schema: dict[str, JsonValue]
    """JSON Schema (2020-12) of the payload."""

    example: dict[str, JsonValue]


class JobTypes(Answer):
    job_types: list[JobType]
    """In the order in which a person chooses them; those that rewrite come last."""


class Jobs(Answer):
    jobs: list[JobState]
    """Newest first, without their items."""

    next_cursor: str | None = None


class Links(Answer):
    """Paths on the API's host, including any prefix such as API Gateway's stage."""

    self: str
    events: str
    cancel: str


class Piece(Answer):
    """A piece in the caller's library."""

    id: str
    kind: str
    name: str
    description: str
    language: str | None = None
    """The language of the text (BCP 47); null if it is not known."""

    details: dict[str, JsonValue]
    tags: list[str]
    favourite: bool
    canon: bool
    """Whether it is canon: jobs that name it must not contradict it."""

    version: int
    """+1 with each change; the ETag."""

    source: Author | None = None
    """The job that wrote the first version; null: a person wrote it."""

    author: Author | None = None
    """The job that wrote this text; null: a person wrote it."""

    edited: bool
    """Whether a person has changed the text."""

    created_at: datetime
    """ISO 8601, UTC, milliseconds."""

    updated_at: datetime
    """ISO 8601, UTC, milliseconds."""

    deleted_at: datetime | None = None
    """When it was moved to the trash; null if it is not there. It is deleted for good 30 days later."""


class PieceVersions(Answer):
    versions: list[Piece]
    """Earlier versions of the text, newest first: at most 20."""


class PieceWarning(Answer):
    """What is missing from the result, or a remark on a piece in it."""

    item: int
    """0-based index of the piece."""

    stage: str
    code: str
    message: str
    retryable: bool
    missing: bool
    """True: the piece is missing from the result. False: it is there, and something in it was changed or is weak."""


class Pieces(Answer):
    pieces: list[Piece]
    next_cursor: str | None = None
    """null on the last page. A page can be short, or empty, before it."""


class Problem(Answer):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    """For people: what happened and what to do."""

    code: str
    retryable: bool
    """Whether the same request may succeed later."""

    errors: list[Fault] | None = None
    """Every fault of a request that is not valid."""

    current: JsonValue | None = None
    """With `stale_version`: the piece or world as it is now."""


class Quest(Answer):
    title: str
    description: str


class Rewritable(Answer):
    """A field that can be rewritten on its own."""

    field: str
    """"name", "description" or an entry of `details`; of a world, also "story" and so on."""

    stage: str
    """The stage that writes it. Fields of one stage are written by the same call."""


class PieceText(Answer):
    id: str
    version: int
    """+1 with each change; the ETag."""

    kind: str
    name: str
    description: str
    language: str | None = None
    """The language of the text (BCP 47); null if it is not known."""

    details: dict[str, JsonValue]


class RewrittenPiece(Answer):
    piece: PieceText


class WorldText(Answer):
    id: str
    version: int
    """+1 with each change; the ETag."""

    title: str
    story: str
    """Paragraphs, separated by an empty line."""

    quest: Quest
    language: str | None = None
    """The language of the text (BCP 47); null if it is not known."""


class RewrittenWorld(Answer):
    world: WorldText


class Share(Answer):
    """A link that shows the world to anyone who has it."""

    token: str
    path: str
    """The address on this API: /shared/<token>."""

    created_at: datetime
    """ISO 8601, UTC, milliseconds."""


class SharedPiece(Answer):
    """What a link shows of a piece: at least one of the optional fields."""

    type: str
    """Its kind."""

    language: str | None = None
    """The language of the text (BCP 47); null if it is not known."""

    name: str | None = None
    description: str | None = None
    details: dict[str, JsonValue] | None = None
    """The details that are marked."""


class SharedWorld(Answer):
    """What a link shows: the parts of the world that are marked for players."""

    title: str
    language: str | None = None
    """The language of the text (BCP 47); null if it is not known."""

    story: str | None = None
    quest: Quest | None = None
    pieces: dict[str, SharedPiece]
    """By role: the pieces with marked parts."""


Status: TypeAlias = Literal["pending", "processing", "completed", "failed", "cancelled"] | str


class Trash(Answer):
    deleted: int
    """How many pieces and worlds were deleted for good."""


class Usage(Answer):
    """What the job has cost so far, including failed and repeated calls."""

    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: float | None = None
    """In USD, from the tokens and the prices that the operator has set; null if none are set."""


class UsageReport(Answer):
    from_: date = Field(alias="from")
    """The first day."""

    to: date
    """The last day."""

    days: list[DayUsage]
    """Oldest first. Days and types without jobs are left out."""

    total: JobSums


class DefaultWebhook(Answer):
    """The caller's default webhook."""

    url: str
    events: list[Literal["job.completed", "job.failed", "job.cancelled", "job.progress"] | str]


class WebhookSecret(Answer):
    """A new secret. It is shown only now: keep it."""

    secret: str
    """For the Standard Webhooks libraries, with its prefix `whsec_`."""

    created_at: datetime
    """ISO 8601, UTC, milliseconds."""

    previous_signs_until: datetime | None = None
    """Until then, the secret before this one also signs; null if none does."""


class World(Answer):
    id: str
    user_id: str
    job_id: str
    theme: str
    title: str
    story: str
    """Paragraphs, separated by an empty line."""

    quest: Quest
    language: str | None = None
    """The language of the text (BCP 47); null if it is not known."""

    pieces: dict[str, WorldPiece]
    """By role: its kind, or "character_2" for a second one."""

    tags: list[str]
    favourite: bool
    for_players: list[str]
    """Paths of the parts that the link shows. It always shows the title."""

    share: Share | None = None
    version: int
    """+1 with each change; the ETag."""

    source: Author | None = None
    """The job that wrote the world."""

    author: Author | None = None
    """The job that wrote this text; null: a person wrote it."""

    edited: bool
    """Whether a person has changed the text."""

    created_at: datetime
    """ISO 8601, UTC, milliseconds."""

    updated_at: datetime
    """ISO 8601, UTC, milliseconds."""

    deleted_at: datetime | None = None
    """When it was moved to the trash; null if it is not there. It is deleted for good 30 days later."""


class WorldPiece(Answer):
    """A piece as it was when the world was made, with later changes."""

    id: str | None = None
    """The piece in the library that it was made of."""

    name: str
    description: str
    type: str | None = None
    language: str | None = None
    details: dict[str, JsonValue] | None = None


class WorldVersions(Answer):
    versions: list[World]
    """Earlier versions of the text, newest first: at most 20."""


class Worlds(Answer):
    worlds: list[World]
    next_cursor: str | None = None
    """null on the last page. A page can be short, or empty, before it."""


class WrittenPiece(Answer):
    name: str
    description: str
    type: str
    language: str
    """The language of the text (BCP 47)."""

    details: dict[str, JsonValue]
