"""What a saved world holds, which parts of it people can change, and the world that a job writes."""

import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import BeforeValidator, Field, StringConstraints, with_config
from typing_extensions import TypedDict  # before Python 3.12, pydantic does not accept that of `typing`

from chalicelib.domain.context import world_pieces
from chalicelib.domain.document import Document, Shelf
from chalicelib.domain.document_field import STRICT, Description, Details, Story, Tags
from chalicelib.domain.editing import Form
from chalicelib.domain.finished_piece import author_of
from chalicelib.domain.job import Job
from chalicelib.domain.snapshot import DocumentId
from chalicelib.domain.text import LanguageTag, Line, Name, Prose
from foundation.json_value import Json
from foundation.language_tag import DEFAULT_LANGUAGE

#: Namespace of world ids (random; must never change).
_NAMESPACE = uuid.UUID("5f0c7b0e-3f0a-4f52-9f5b-0a7b7a4d5d1c")
MAX_PIECES_OF_A_WORLD = 10
#: The most parts of a world that can be marked for players.
_MAX_PARTS = 300

#: What a piece is in its world: its kind, or "character_2" for the second one of a kind.
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
#: The path of a part of a world.
Part = Annotated[str, StringConstraints(pattern=r"^(story|quest|pieces\.[a-z][a-z0-9_]{0,79}(\..{1,200})?)$")]


@with_config(STRICT)
class WorldPieceChanges(TypedDict, total=False):
    """A new piece needs a name."""

    id: Annotated[DocumentId | None, Field(description="The piece in the library that it was made of.")]
    name: Name
    description: Description
    type: Line | None
    language: LanguageTag | None
    details: Details | None


@with_config(STRICT)
class WorldPiece(WorldPieceChanges, total=False):
    """A piece of a world, as it was when the world was made, with later changes."""

    name: Required[Name]  # type: ignore[misc] # required here only


@with_config(STRICT)
class QuestChanges(TypedDict, total=False):
    title: Name
    description: Prose


@with_config(STRICT)
class Quest(TypedDict):
    title: Name
    description: Prose


def _merged(changes: Any) -> BeforeValidator:
    """For a part of a document that a patch changes: what is checked is the part after the patch."""
    return BeforeValidator(lambda merged: merged, json_schema_input_type=changes)


_Pieces = Annotated[
    dict[Role, Annotated[WorldPiece, _merged(WorldPieceChanges | None)]],
    Field(max_length=MAX_PIECES_OF_A_WORLD, json_schema_extra={"additionalProperties": False}),
]


@with_config(STRICT)
class WorldChanges(TypedDict, total=False):
    """A merge patch (RFC 7396) of a world: what is left out stays, and null removes what is not required."""

    title: Name
    story: Annotated[Story, Field(description="Paragraphs, separated by an empty line.")]
    quest: Annotated[Quest, _merged(QuestChanges)]
    language: LanguageTag | None
    pieces: Annotated[_Pieces | None, Field(description="By role. null as a piece removes it.")]
    tags: Tags | None
    favourite: bool | None
    for_players: Annotated[
        list[Part] | None,
        Field(
            max_length=_MAX_PARTS,
            description='What a share link shows besides the title: "story", "quest", "pieces.<role>" for a whole '
            'piece, or "pieces.<role>.<field>" with "name", "description" or a key of its details.',
        ),
    ]


WORLD_FORM = Form(
    whole="a world",
    changes=WorldChanges,
    required=("title", "story", "quest"),
    content={"language": None, "pieces": {}},
    marks={"tags": [], "favourite": False, "for_players": []},
)


def world_of(job: Job, written: Mapping[str, Json]) -> Document:
    """The world of a `create_world` job. `written` is {language, title, story, quest}.

    Its id is derived from the job, so that repeated deliveries and retries of a job all save the same world.
    """
    author = author_of(job)
    return Document(
        id=str(uuid.uuid5(_NAMESPACE, job.root_id)),
        owner=job.owner,
        shelf=Shelf.WORLDS,
        facts={"user_id": job.payload["user_id"], "job_id": job.id, "theme": job.payload["theme"]},
        content={
            "title": written["title"],
            "story": written["story"],
            "quest": written["quest"],
            "language": written.get("language", DEFAULT_LANGUAGE),  # absent: written by the generator of 0.2.0
            "pieces": world_pieces(job.payload),
        },
        marks=dict(WORLD_FORM.marks),
        origin=author,
        author=author,
        created_at=job.created_at,
        updated_at=job.created_at,
    )
