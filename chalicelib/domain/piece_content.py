"""What a piece in the library holds, and which parts of it people can change."""

from typing import Annotated, Required

from pydantic import AfterValidator, Field, with_config
from typing_extensions import TypedDict  # before Python 3.12, pydantic does not accept that of `typing`

from chalicelib.domain.document_field import STRICT, Description, Details, Tags
from chalicelib.domain.editing import Form
from chalicelib.domain.job_type import JOB_TYPES, Delivery
from chalicelib.domain.snapshot import DocumentId
from chalicelib.domain.text import LanguageTag, Name

#: The kinds that a piece can have: those that a job type writes.
KINDS = [job_type.kind for job_type in JOB_TYPES.values() if job_type.delivery is Delivery.PIECES]


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"must be one of: {', '.join(KINDS)}")
    return kind


@with_config(STRICT)
class PieceChanges(TypedDict, total=False):
    """A merge patch (RFC 7396) of a piece: what is left out stays, and null removes what is not required."""

    name: Name
    description: Description
    language: LanguageTag | None
    details: Details | None
    tags: Tags | None
    favourite: bool | None
    canon: Annotated[bool | None, Field(description="Whether what jobs write must agree with it.")]


@with_config(STRICT)
class NewPiece(PieceChanges, total=False):
    """A piece that a person writes."""

    id: Annotated[
        DocumentId | None,
        Field(description="Chosen by the client, so that it can repeat the request: the same id adds one piece."),
    ]
    kind: Required[Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*KINDS]})]]
    name: Required[Name]  # type: ignore[misc] # required here only


PIECE_FORM = Form(
    whole="a piece",
    changes=PieceChanges,
    required=("name",),
    content={"description": "", "language": None, "details": {}},
    marks={"tags": [], "favourite": False, "canon": False},
)
