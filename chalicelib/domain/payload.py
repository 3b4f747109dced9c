"""The payload of each job type. The models are strict: "3" is not 3, and an unknown field is refused.

The field names come from the job system guide (docs/glossary.md), and some of them are in camelCase.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    create_model,
    field_validator,
    model_validator,
)

from chalicelib.domain.context import context_of
from chalicelib.domain.error import Forbidden
from chalicelib.domain.snapshot import NOTHING_CHOSEN, Chosen, DocumentIds
from chalicelib.domain.text import (
    LanguageTag,
    Line,
    Name,
    Premise,
    PrintableJson,
    PrintableText,
    Prose,
    clean_json,
)
from foundation.json_value import Json

#: The owner of everything if the API runs without tokens (AUTH_MODE=none).
ANONYMOUS = "anonymous"
#: The longest `details` of a context piece, as JSON text. The generator writes shorter ones.
MAX_DETAILS_LENGTH = 16 * 1024


def whole_number(number: object) -> object:
    """Turn 3.0 into 3: JSON has only one kind of number."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


#: The largest number that is valid as a user id: 64 bits, as in databases.
_MAX_USER_NUMBER = 2**63 - 1
UserNumber = Annotated[int, Field(ge=0, le=_MAX_USER_NUMBER)]


def _digits(number: object) -> object:
    """Turn a user's number into text; leave anything else unchanged."""
    if not isinstance(number, int) or isinstance(number, bool):
        return number
    if not 0 <= number <= _MAX_USER_NUMBER:
        raise ValueError(f"must be text, or a whole number from 0 to {_MAX_USER_NUMBER}")
    return str(number)


#: The schema says what text the details may hold; `clean_json` says which text is at fault.
_clean_details = BeforeValidator(clean_json, json_schema_input_type=dict[PrintableText, PrintableJson])


class _Strict(BaseModel):
    # A validator is built when the first payload is checked: most processes check none.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Piece(_Strict):
    """A piece of lore given as context, such as an item of an earlier job's result."""

    name: Name
    description: Prose
    type: Line | None = None
    language: LanguageTag | None = None
    details: Annotated[dict[str, JsonValue], _clean_details] | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if len(json.dumps(self.details, ensure_ascii=False)) > MAX_DETAILS_LENGTH:
            raise ValueError(f"details must be at most {MAX_DETAILS_LENGTH:,} characters of JSON")
        return self

    @classmethod
    def kind(cls) -> str:
        """The only kind that `type` may name."""
        literal, _none = get_args(cls.model_fields["type"].annotation)
        return str(get_args(literal)[0])


class SettingPiece(Piece):
    type: Literal["setting"] | None = None


class EventPiece(Piece):
    type: Literal["event"] | None = None


def piece_of(kind: str) -> type[Piece]:
    """The model of a piece of this kind."""
    declared = {model.kind(): model for model in Piece.__subclasses__()}
    name = "".join(word.capitalize() for word in kind.split("_")) + "Piece"
    fields: dict[str, Any] = {"type": (Literal[kind] | None, None)}
    return declared.get(kind) or create_model(name, __base__=Piece, **fields)


class Payload(_Strict):
    """The fields that every job type accepts."""

    theme: Line = "fantasy"
    language: LanguageTag | None = Field(
        default=None,
        description='The language to write in (BCP 47), such as "de", "pt-BR" or "zh-Hant". Without it: the language '
        "of the premise or theme if that is clearly not English, else English.",
    )
    premise: Premise | None = Field(
        default=None, description="What must be true: the party, the campaign, the story so far."
    )
    canon: DocumentIds | None = Field(
        default=None, description="Ids of the caller's pieces. What they say must not be contradicted."
    )

    def check_owner(self, owner: str) -> None:
        """Raises `Forbidden` if the payload names another user than the authenticated `owner`."""

    def params(self, chosen: Chosen = NOTHING_CHOSEN) -> dict[str, Json]:
        """The generator's params: the payload, with its context pieces collected under `context`.

        `chosen`: the documents that the payload names.
        """
        found = {name: value for name in type(self).model_fields if isinstance(value := getattr(self, name), Piece)}
        params = self.model_dump(mode="json", exclude_none=True, exclude={*found, "canon"})
        return params | context_of({piece.kind(): piece.model_dump(mode="json") for piece in found.values()}, chosen)

    @classmethod
    def context(cls) -> dict[str, str]:
        """The path of each field that takes a piece, such as "selectedLore.setting", and the kind of that piece."""
        return dict(_piece_fields(cls))


def _piece_fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        for part in get_args(field.annotation) or (field.annotation,):
            if not (isinstance(part, type) and issubclass(part, _Strict)):
                continue
            if issubclass(part, Piece):
                yield f"{prefix}{name}", part.kind()
            else:
                yield from _piece_fields(part, f"{prefix}{name}.")


class PiecesPayload(Payload):
    """Several pieces of one kind."""

    count: Annotated[int, Field(ge=1, le=10), BeforeValidator(whole_number)] = 3
    tone: Line | None = None
    avoid: Annotated[list[Name], Field(max_length=100)] = Field(
        default_factory=list, description="Names that are taken and must not be used again."
    )


class EventsPayload(PiecesPayload):
    selectedSetting: SettingPiece | None = None  # noqa: N815 - the guide's name


class RelicsPayload(EventsPayload):
    selectedEvent: EventPiece | None = None  # noqa: N815


class SelectedLore(_Strict):
    """The pieces that a world is made of. Each may be left out."""


def selected_lore(kinds: Iterable[str]) -> type[SelectedLore]:
    """The model with one optional field for each kind."""
    fields: dict[str, Any] = {kind: (piece_of(kind) | None, None) for kind in kinds}
    return create_model("SelectedLore", __base__=SelectedLore, __doc__=SelectedLore.__doc__, **fields)


class WorldPayload(Payload):
    user_id: Name | None = Field(
        default=None,
        validate_default=True,
        description="Who the world is for. Required if the API runs without tokens; otherwise it is the caller.",
    )
    title: Line | None = None
    selectedLore: SelectedLore = SelectedLore()  # noqa: N815
    pieces: DocumentIds | None = Field(
        default=None, description="Ids of the caller's pieces that the world is made of, of any kinds."
    )

    @field_validator("user_id", mode="wrap", json_schema_input_type=Name | UserNumber | None)
    @classmethod
    def _is_the_caller(cls, user_id: object, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
        """Fill in the authenticated caller, `info.context["owner"]`, if no user is given. A number becomes text."""
        owner = (info.context or {}).get("owner", ANONYMOUS)
        given = _digits(whole_number(user_id))
        if given is None and owner == ANONYMOUS:
            raise ValueError("is required")
        return owner if given in (None, owner) else check(given)

    def check_owner(self, owner: str) -> None:
        if owner not in (ANONYMOUS, self.user_id):
            raise Forbidden

    def params(self, chosen: Chosen = NOTHING_CHOSEN) -> dict[str, Json]:
        params = self.model_dump(mode="json", exclude_none=True, include={"theme", "language", "premise", "title"})
        given = {name: piece.model_dump(mode="json") for name, piece in self.selectedLore if piece is not None}
        return params | {"count": 1} | context_of(given, chosen)


def world_payload(lore: type[SelectedLore]) -> type[WorldPayload]:
    """The payload of a world that is made of `lore`."""
    fields: dict[str, Any] = {"selectedLore": (lore, lore())}
    return create_model("WorldPayload", __base__=WorldPayload, **fields)
