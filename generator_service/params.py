"""What a request may ask for. Every kind accepts these fields; a kind may add more in a subclass."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    model_validator,
)

from foundation import language_tag
from foundation.json_value import Json
from foundation.validation import faults_of
from generator_service.error import InvalidParams

#: These limits are never stricter than those of the HTTP API, which can tell the caller what is wrong.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
PieceName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
PieceDescription = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]

Premise = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Language = Annotated[str, AfterValidator(language_tag.canonical)]

MAX_COUNT = 10


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ContextPiece(_Strict):
    """A piece of lore that the new ones must fit."""

    name: PieceName
    #: Missing for a piece that its owner has not described.
    description: PieceDescription | None = None
    details: dict[str, JsonValue] | None = None
    #: It must not be contradicted, but need not appear.
    background: Literal[True] | None = None


class Rewrite(_Strict):
    """A change to a piece that exists."""

    #: The piece as people see it: name, description, details; of a world: title, story, quest. Its owner may have
    #: edited it, so it need not fit the stages.
    piece: dict[str, JsonValue]
    #: What to write again: "name", "description" or an entry of `details`; of a world, "title", "story" or "quest".
    fields: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    #: How its owner wants the text to change.
    instruction: Premise | None = None


class Params(_Strict):
    """The fields of every kind."""

    theme: Line = "fantasy"
    count: Annotated[int, Field(ge=1, le=MAX_COUNT)] = 3
    tone: Line | None = None
    #: The language that the caller asks for; None if it leaves the choice to the generator.
    language: Language | None = None
    #: What must be true of all pieces.
    premise: Premise | None = None
    #: Names that are taken.
    avoid: Annotated[tuple[PieceName, ...], Field(max_length=200)] = ()
    #: Role, such as "setting" → piece.
    context: Annotated[dict[Line, ContextPiece], Field(max_length=10)] = Field(default_factory=dict)
    #: None: new pieces are written.
    rewrite: Rewrite | None = None

    @model_validator(mode="after")
    def _rewrites_one_piece(self) -> Self:
        if self.rewrite and self.count != 1:
            raise ValueError("rewrites one piece, so count must be 1")
        return self

    @property
    def extra(self) -> Mapping[str, Json]:
        """The fields that only this kind has, as JSON values, without those that are not set."""
        return self.model_dump(mode="json", exclude_none=True, exclude=set(Params.model_fields))


def parse_params(model: type[Params], text: str) -> Params:
    """The params of a request. Raises `InvalidParams` with the faults by field."""
    try:
        return model.model_validate_json(text or "{}")
    except ValidationError as error:
        raise InvalidParams(faults_of(error, "params")[:10]) from None
