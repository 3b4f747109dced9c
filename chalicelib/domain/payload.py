"""What each type of job takes: strict models, so that "3" is not 3 and nothing unknown slips through.

The field names are the guide's, camelCase where it has camelCase.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from chalicelib.domain.error import Forbidden
from chalicelib.domain.text import Line, Name, PrintableJson, PrintableText, Prose, clean_json

#: The owner of everything where callers are not told apart (AUTH_MODE=none).
ANONYMOUS = "anonymous"
#: A context piece's details, as JSON text, may not be longer; what the generator writes is not.
MAX_DETAILS_LENGTH = 16 * 1024


def _whole(number: Any) -> Any:
    """JSON has one kind of number: 3.0 is 3."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


#: The largest number that is valid as a user id: 64 bits, as in databases.
_MAX_USER_NUMBER = 2**63 - 1
UserNumber = Annotated[int, Field(ge=0, le=_MAX_USER_NUMBER)]


def _digits(number: Any) -> Any:
    """A user number as its digits; anything else unchanged."""
    if not isinstance(number, int) or isinstance(number, bool):
        return number
    if not 0 <= number <= _MAX_USER_NUMBER:
        raise ValueError(f"must be text, or a whole number from 0 to {_MAX_USER_NUMBER}")
    return str(number)


#: The schema says what text the details may hold; `clean_json` says which text is at fault.
_clean_details = BeforeValidator(clean_json, json_schema_input_type=dict[PrintableText, PrintableJson])


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Piece(_Strict):
    """A piece of lore given as context, such as an item of an earlier job's result."""

    name: Name
    description: Prose
    type: Line | None = None
    details: Annotated[dict[str, JsonValue], _clean_details] | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if len(json.dumps(self.details, ensure_ascii=False)) > MAX_DETAILS_LENGTH:
            raise ValueError(f"details must be at most {MAX_DETAILS_LENGTH:,} characters of JSON")
        return self


class CharacterPiece(Piece):
    type: Literal["character"] | None = None


class FactionPiece(Piece):
    type: Literal["faction"] | None = None


class SettingPiece(Piece):
    type: Literal["setting"] | None = None


class EventPiece(Piece):
    type: Literal["event"] | None = None


class RelicPiece(Piece):
    type: Literal["relic"] | None = None


class Payload(_Strict):
    """What every type takes."""

    theme: Line = "fantasy"

    def check_owner(self, owner: str) -> None:
        """Raises `Forbidden` if the payload names another user than the authenticated `owner`."""

    def params(self) -> dict[str, Any]:
        """What the generator is told: the payload with its context pieces gathered under `context`."""
        pieces = {name: value for name in type(self).model_fields if isinstance(value := getattr(self, name), Piece)}
        params = self.model_dump(mode="json", exclude_none=True, exclude=set(pieces))
        return params | _context({name.removeprefix("selected").lower(): piece for name, piece in pieces.items()})


def _context(pieces: Mapping[str, Piece]) -> dict[str, Any]:
    context = {
        name: piece.model_dump(mode="json", exclude_none=True, exclude={"type"}) for name, piece in pieces.items()
    }
    return {"context": context} if context else {}


class PiecesPayload(Payload):
    """Several pieces of one kind."""

    count: Annotated[int, Field(ge=1, le=10), BeforeValidator(_whole)] = 3
    tone: Line | None = None
    avoid: Annotated[list[Name], Field(max_length=100)] = Field(
        default_factory=list, description="Names that are taken, and not to be used again."
    )


class EventsPayload(PiecesPayload):
    selectedSetting: SettingPiece | None = None  # noqa: N815 - the guide's name


class RelicsPayload(EventsPayload):
    selectedEvent: EventPiece | None = None  # noqa: N815


class SelectedLore(_Strict):
    """The pieces that a world is made of; each may be left out."""

    character: CharacterPiece | None = None
    faction: FactionPiece | None = None
    setting: SettingPiece | None = None
    event: EventPiece | None = None
    relic: RelicPiece | None = None


class WorldPayload(Payload):
    user_id: Name | None = Field(
        default=None,
        validate_default=True,
        description="Whom the world is for. Required where callers are anonymous; otherwise it is the caller.",
    )
    title: Line | None = None
    selectedLore: SelectedLore = SelectedLore()  # noqa: N815

    @field_validator("user_id", mode="wrap", json_schema_input_type=Name | UserNumber | None)
    @classmethod
    def _is_the_caller(cls, user_id: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        """`info.context["owner"]` is the authenticated caller. A number is taken as its digits."""
        owner = (info.context or {}).get("owner", ANONYMOUS)
        given = _digits(_whole(user_id))
        if given is None and owner == ANONYMOUS:
            raise ValueError("is required")
        return owner if given in (None, owner) else check(given)

    def check_owner(self, owner: str) -> None:
        if owner not in (ANONYMOUS, self.user_id):
            raise Forbidden

    def params(self) -> dict[str, Any]:
        params = self.model_dump(mode="json", exclude_none=True, exclude={"user_id", "selectedLore"})
        return params | {"count": 1} | _context({name: piece for name, piece in self.selectedLore if piece is not None})
