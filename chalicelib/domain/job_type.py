"""The registry of job types, one entry each. Validation, the API document, the page and tests are derived from it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from pydantic import ValidationError

from chalicelib.domain.error import Fault, GenerationFailed, InvalidSubmission
from chalicelib.domain.payload import (
    EventsPayload,
    Payload,
    PiecesPayload,
    RelicsPayload,
    selected_lore,
    world_payload,
)
from chalicelib.domain.rewrite_payload import RewritePiecePayload, RewriteWorldPayload
from chalicelib.domain.snapshot import Chosen, as_sent
from foundation.json_value import Json
from foundation.validation import path_of, sentence_of

_UNREADABLE = "This job's payload is no longer valid. Submit a new job."
_NOT_VALID = "is not valid; GET /job-types has the schema of the payload"


class Delivery(Enum):
    """What happens to the pieces or the story that were generated."""

    #: The pieces are the job's result.
    PIECES = "pieces"
    #: The story is saved as a world. The saved world is the job's result.
    WORLD = "world"
    #: The new fields become a version of a piece that exists. That version is the job's result.
    PIECE = "piece"
    #: The same with a world.
    REWRITTEN_WORLD = "rewritten_world"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobType:
    name: str
    #: Shown to people as the name of the type: "Generate prophecies".
    label: str
    description: str
    #: The generator's kind, and the `type` of the pieces: "prophecy".
    kind: str
    #: Shown to people as the name of one piece and of several: "prophecy", "prophecies".
    singular: str
    plural: str
    #: Shown to people as the question that a piece of this kind answers: "What is foretold?".
    question: str
    payload: type[Payload]
    example: Mapping[str, Json]
    delivery: Delivery = Delivery.PIECES
    #: The fields that can be rewritten later: "name", "description" or an entry of `details` (of a world: "title",
    #: "story", "quest") → the generator's stage that writes it. In the order of the stages. Empty for a type that
    #: rewrites.
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_rewriting(self) -> bool:
        """Whether it changes something that exists."""
        return self.delivery in (Delivery.PIECE, Delivery.REWRITTEN_WORLD)

    def kind_of(self, stored: Mapping[str, Json]) -> str:
        """The generator's kind for a stored payload. That of a rewritten piece depends on the piece."""
        piece = Chosen.of(stored).piece if self.delivery is Delivery.PIECE else None
        return str(piece["type"]) if piece else self.kind

    @property
    def stages(self) -> tuple[str, ...]:
        """The keys of all stages of its kind, in order. A piece is finished if all of them are."""
        return tuple(dict.fromkeys(self.fields.values()))

    def example_for(self, *, tokens_required: bool) -> dict[str, Json]:
        """An example of a payload. If tokens are required, it has no `user_id`: the caller is the user."""
        return {name: value for name, value in self.example.items() if not (tokens_required and name == "user_id")}

    def validate(self, given: object, owner: str) -> Payload:
        """The payload as its model. Raises `InvalidSubmission` with every fault, and `Forbidden`."""
        try:
            payload = self.payload.model_validate(given, context={"owner": owner})
        except ValidationError as error:
            raise InvalidSubmission(list(_faults(error))) from None
        payload.check_owner(owner)
        return payload

    def payload_schema(self, *, tokens_required: bool) -> dict[str, Any]:
        """JSON Schema (2020-12) of the payload."""
        schema: dict[str, Any] = json.loads(_schema_of(self.payload))
        self.require_fields(schema, tokens_required=tokens_required)
        return schema

    def require_fields(self, schema: dict[str, Any], *, tokens_required: bool) -> None:
        """Mark the required fields in the model's `schema`.

        A field whose default is validated defaults to the caller. If tokens are not required, the caller is unknown, so
        the field is required and must not be null.
        """
        fields = self.payload.model_fields.items()
        caller_fields = [] if tokens_required else [name for name, info in fields if info.validate_default]
        for name in caller_fields:
            field = schema["properties"][name]
            field.pop("default", None)
            field["anyOf"] = [kind for kind in field["anyOf"] if kind != {"type": "null"}]
        if needed := [name for name, info in fields if info.is_required() or name in caller_fields]:
            schema["required"] = needed

    def params(self, stored: Mapping[str, Json], owner: str) -> dict[str, Json]:
        """The generator's params for a stored payload.

        Raises `GenerationFailed` if the payload is no longer valid: a newer version may be stricter.
        """
        try:
            payload = self.payload.model_validate(as_sent(stored), context={"owner": owner})
            return payload.params(Chosen.of(stored))
        except ValidationError as error:
            raise GenerationFailed("internal", _UNREADABLE) from error


@cache
def _schema_of(payload: type[Payload]) -> str:
    """The payload's JSON Schema as text, made once: Pydantic needs milliseconds for it."""
    return json.dumps(payload.model_json_schema())


def _pieces(  # noqa: PLR0917
    singular: str,
    plural: str,
    question: str,
    model: type[Payload],
    description: str,
    fields: Mapping[str, str],
    **example: Json,
) -> JobType:
    """A type that writes pieces. `fields`: see `JobType.fields`, without those that the stage `name` writes."""
    return JobType(
        name=f"generate_{plural.replace(' ', '_')}",
        label=f"Generate {plural}",
        description=description,
        kind=singular.replace(" ", "_"),
        singular=singular,
        plural=plural,
        question=question,
        payload=model,
        example={"theme": "fantasy", "count": 3, **example},
        fields={"name": "name", "concept": "name", **fields},
    )


_SETTING = {
    "name": "Low Tarn",
    "description": "A drowned market town whose bells still ring under the water.",
    "type": "setting",
}
_EVENT = {
    "name": "The Night of Unlit Lamps",
    "description": "Every flame in Low Tarn went out at once.",
    "type": "event",
}

#: In the order in which the page offers them.
_PIECES = (
    _pieces(
        "character",
        "characters",
        "Who is the story about?",
        PiecesPayload,
        "Characters with looks, a past, traits, skills and stats.",
        {
            "appearance": "appearance",
            "description": "backstory",
            "traits": "traits",
            "flaw": "traits",
            "skills": "skills",
            "stats": "stats",
        },
        language="en",
        premise="Four beginners owe a dragon rent.",
    ),
    _pieces(
        "faction",
        "factions",
        "Who else wants something?",
        PiecesPayload,
        "Factions with an ideology and an outward appearance.",
        {"ideology": "ideology", "appearance": "appearance", "description": "summary"},
    ),
    _pieces(
        "setting",
        "settings",
        "Where does it happen?",
        PiecesPayload,
        "Places with landscape, culture, history and economy.",
        {
            "landscape": "landscape",
            "culture": "culture",
            "history": "history",
            "economy": "economy",
            "description": "summary",
        },
    ),
    _pieces(
        "event",
        "events",
        "What happened there?",
        EventsPayload,
        "Events and what came of them.",
        {"description": "description", "impact": "impact"},
        selectedSetting=_SETTING,
    ),
    _pieces(
        "relic",
        "relics",
        "What is everybody after?",
        RelicsPayload,
        "Relics and their history.",
        {"description": "description", "history": "history"},
        selectedSetting=_SETTING,
        selectedEvent=_EVENT,
    ),
)

SelectedLore = selected_lore(job_type.kind for job_type in _PIECES)

_WORLD = JobType(
    name="create_world",
    label="Create world",
    description="Writes the full story of the chosen pieces, with a quest, and saves the world.",
    kind="world",
    singular="world",
    plural="worlds",
    question="What comes of it all?",
    payload=world_payload(SelectedLore),
    example={"theme": "fantasy", "user_id": "42", "selectedLore": {"setting": _SETTING, "event": _EVENT}},
    delivery=Delivery.WORLD,
    fields={"title": "story", "story": "story", "quest": "quest"},
)

_SOME_ID = "8bc11506-4fc3-4ef0-8e0e-61c766af0c11"

#: They change something that exists, so they have no kind and no fields.
_REWRITING = (
    JobType(
        name="rewrite_piece",
        label="Rewrite piece",
        description="Rewrites fields of one of the caller's pieces and leaves the others unchanged.",
        kind="piece",
        singular="piece",
        plural="pieces",
        question="What should be different?",
        payload=RewritePiecePayload,
        example={"piece_id": _SOME_ID, "fields": ["description"], "instruction": "Shorter, and less solemn."},
        delivery=Delivery.PIECE,
    ),
    JobType(
        name="rewrite_world",
        label="Rewrite world",
        description="Rewrites the title, the story or the quest of one of the caller's worlds.",
        kind=_WORLD.kind,
        singular="world",
        plural="worlds",
        question="What should be different?",
        payload=RewriteWorldPayload,
        example={"world_id": _SOME_ID, "fields": ["quest"], "instruction": "Let the players choose a side."},
        delivery=Delivery.REWRITTEN_WORLD,
    ),
)

#: The types that write something new: one for each kind.
WRITING_TYPES: dict[str, JobType] = {job_type.name: job_type for job_type in (*_PIECES, _WORLD)}
JOB_TYPES: dict[str, JobType] = WRITING_TYPES | {job_type.name: job_type for job_type in _REWRITING}

#: Kind → the fields that can be rewritten in it: see `JobType.fields`.
FIELDS: Mapping[str, Mapping[str, str]] = {job_type.kind: job_type.fields for job_type in WRITING_TYPES.values()}


def _faults(error: ValidationError) -> Iterable[Fault]:
    for problem in error.errors(include_url=False, include_input=False):
        path = path_of(("payload", *problem["loc"]))
        yield Fault(path, sentence_of(problem, "this type of job", otherwise=_NOT_VALID))
