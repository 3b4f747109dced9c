"""The JSON of `GET /job-types`: see `api/body.py`."""

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue
from typing_extensions import TypedDict  # before Python 3.12, pydantic does not accept that of `typing`


def _about(description: str) -> Any:
    return Field(description=description)


class ContextBody(TypedDict):
    field: Annotated[str, _about('The payload field that takes the piece, such as "selectedLore.setting".')]
    kind: Annotated[str, _about("The `kind` of the job type that writes such pieces.")]


class RewritableBody(TypedDict):
    """A field of a piece that can be rewritten by itself."""

    field: Annotated[str, _about('"name", "description" or an entry of `details`; of a world, also "story" and so on.')]
    stage: Annotated[str, _about("The stage that writes it. Fields of one stage are written by the same call.")]


class JobTypeBody(TypedDict):
    type: str
    label: str
    description: str
    kind: Annotated[str, _about("The `type` of the pieces that it writes, and their field in `selectedLore`.")]
    singular: Annotated[str, _about('What one piece is called: "prophecy".')]
    plural: Annotated[str, _about('What several pieces are called: "prophecies".')]
    question: Annotated[str, _about("For people: the question that a piece of this kind answers.")]
    delivers: Annotated[
        Literal["pieces", "world", "piece", "rewritten_world"],
        _about(
            "The form of the result. pieces: new pieces; world: a new world; piece and rewritten_world: something that "
            "exists, with some of its fields rewritten."
        ),
    ]
    fields: Annotated[list[RewritableBody], _about("What can be rewritten in a piece of its kind, or in a world.")]
    context: Annotated[list[ContextBody], _about("The pieces that can be given as context.")]
    payload_schema: Annotated[dict[str, JsonValue], _about("JSON Schema (2020-12) of the payload.")]
    example: dict[str, JsonValue]


class JobTypesBody(TypedDict):
    job_types: Annotated[
        list[JobTypeBody], _about("In the order in which a person chooses them; those that rewrite something are last.")
    ]
