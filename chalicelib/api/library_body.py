"""The JSON of pieces and worlds that callers receive; see `api.body`. What they send is in `domain.piece_content`."""

from typing import Annotated, Any, NotRequired

from pydantic import BeforeValidator, Field, JsonValue, with_config
from typing_extensions import TypedDict  # before Python 3.12, pydantic does not accept that of `typing`

from chalicelib.api.body import Timestamp, about
from chalicelib.domain.document_field import STRICT
from chalicelib.domain.payload import whole_number

Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
_LANGUAGE = about("The language of the text (BCP 47); null if it is not known.")
_VERSION = about("+1 with each change; the ETag.")
_DELETED_AT = about("When it was put into the trash; null if it is not there. It is deleted for good 30 days later.")

_AUTHOR = {
    "job_id": "8bc11506-4fc3-4ef0-8e0e-61c766af0c11",
    "model": "gpt-4o-mini",
    "prompt_version": 1,
}
_KEPT: dict[str, Any] = {
    "tags": ["act one"],
    "favourite": True,
    "version": 3,
    "source": _AUTHOR,
    "author": None,
    "edited": True,
    "created_at": "2026-11-23T16:40:03.117Z",
    "updated_at": "2026-11-24T09:12:40.001Z",
    "deleted_at": None,
}
_PIECE: dict[str, Any] = {
    "id": "0b9f4a54-7e0c-5f43-9d1c-2f1f5f9d8a01",
    "kind": "relic",
    "name": "The Borrowed Lantern",
    "description": "It burns for a week on a single kind word.",
    "language": "en",
    "details": {"concept": "a lantern that burns for a week on a single kind word"},
    "canon": True,
    **_KEPT,
}
_WORLD: dict[str, Any] = {
    "id": "1f0c1a52-3a5e-5d0e-9a55-0a4c2f8f2a11",
    "user_id": "42",
    "job_id": "8bc11506-4fc3-4ef0-8e0e-61c766af0c11",
    "theme": "fantasy",
    "title": "The Bells Under Low Tarn",
    "story": "The bells ring at low water.\n\nNobody in Low Tarn counts them aloud.",
    "quest": {"title": "The Thirteenth Bell", "description": "Find who rings it, and whom it calls."},
    "language": "en",
    "pieces": {"setting": {"name": "Low Tarn", "description": "A drowned market town whose bells still ring."}},
    "for_players": ["quest", "pieces.setting.name"],
    "share": None,
    **_KEPT,
}
_SHARED_WORLD: dict[str, Any] = {
    "title": "The Bells Under Low Tarn",
    "language": "en",
    "quest": {"title": "The Thirteenth Bell", "description": "Find who rings it, and whom it calls."},
    "pieces": {"setting": {"type": "setting", "language": "en", "name": "Low Tarn"}},
}


class AuthorBody(TypedDict):
    """The job that wrote something."""

    job_id: Uuid
    model: Annotated[str | None, about("What it used; null if that is not known.")]
    prompt_version: int | None


@with_config(json_schema_extra={"examples": [_PIECE]})
class PieceBody(TypedDict):
    """A piece in the caller's library."""

    id: Uuid
    kind: str
    name: str
    description: str
    language: Annotated[str | None, _LANGUAGE]
    details: dict[str, JsonValue]
    tags: list[str]
    favourite: bool
    canon: Annotated[bool, about("Whether what jobs write must agree with it.")]
    version: Annotated[int, _VERSION]
    source: Annotated[AuthorBody | None, about("The job that wrote the first version; null: a person wrote it.")]
    author: Annotated[AuthorBody | None, about("The job that wrote this text; null: a person wrote it.")]
    edited: Annotated[bool, about("Whether a person has changed the text.")]
    created_at: Timestamp
    updated_at: Timestamp
    deleted_at: Annotated[Timestamp | None, _DELETED_AT]


class PiecesBody(TypedDict):
    pieces: list[PieceBody]
    next_cursor: Annotated[str | None, about("null on the last page. A page can be short, or empty, before it.")]


class PieceVersionsBody(TypedDict):
    versions: Annotated[list[PieceBody], about("Earlier versions of the text, newest first: at most 20.")]


class QuestBody(TypedDict):
    title: str
    description: str


class WorldPieceBody(TypedDict):
    """A piece as it was when the world was made, with later changes."""

    id: NotRequired[Annotated[Uuid | None, about("The piece in the library that it was made of.")]]
    name: str
    description: str
    type: NotRequired[str | None]
    language: NotRequired[str | None]
    details: NotRequired[dict[str, JsonValue] | None]


class ShareBody(TypedDict):
    """A link that shows the world to everybody who has it."""

    token: str
    path: Annotated[str, about("The address on this API: /shared/<token>.")]
    created_at: Timestamp


@with_config(json_schema_extra={"examples": [_WORLD]})
class WorldBody(TypedDict):
    id: Uuid
    user_id: str
    job_id: Uuid
    theme: str
    title: str
    story: Annotated[str, about("Paragraphs, separated by an empty line.")]
    quest: QuestBody
    language: Annotated[str | None, _LANGUAGE]
    pieces: Annotated[dict[str, WorldPieceBody], about('By role: its kind, or "character_2" for a second one.')]
    tags: list[str]
    favourite: bool
    for_players: Annotated[list[str], about("Paths of the parts that the link shows. It always shows the title.")]
    share: ShareBody | None
    version: Annotated[int, _VERSION]
    source: Annotated[AuthorBody | None, about("The job that wrote the world.")]
    author: Annotated[AuthorBody | None, about("The job that wrote this text; null: a person wrote it.")]
    edited: Annotated[bool, about("Whether a person has changed the text.")]
    created_at: Timestamp
    updated_at: Timestamp
    deleted_at: Annotated[Timestamp | None, _DELETED_AT]


class WorldsBody(TypedDict):
    worlds: list[WorldBody]
    next_cursor: Annotated[str | None, about("null on the last page. A page can be short, or empty, before it.")]


class WorldVersionsBody(TypedDict):
    versions: Annotated[list[WorldBody], about("Earlier versions of the text, newest first: at most 20.")]


@with_config(STRICT)
class RestoreRequest(TypedDict, total=False):
    version: Annotated[
        Annotated[int, Field(ge=1), BeforeValidator(whole_number)] | None,
        about("The version whose text becomes a new version. Without it, only the trash is left."),
    ]


class TrashBody(TypedDict):
    deleted: Annotated[int, about("How many pieces and worlds were deleted for good.")]


class SharedPieceBody(TypedDict):
    """What a link shows of a piece: at least one of the optional fields."""

    type: Annotated[str, about("Its kind.")]
    language: Annotated[str | None, _LANGUAGE]
    name: NotRequired[str]
    description: NotRequired[str]
    details: NotRequired[Annotated[dict[str, JsonValue], about("Those that are marked.")]]


@with_config(json_schema_extra={"examples": [_SHARED_WORLD]})
class SharedWorldBody(TypedDict):
    """What a link shows: the parts of the world that are marked for players."""

    title: str
    language: Annotated[str | None, _LANGUAGE]
    story: NotRequired[str]
    quest: NotRequired[QuestBody]
    pieces: Annotated[dict[str, SharedPieceBody], about("By role: those of which something is marked.")]
