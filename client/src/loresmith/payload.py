"""What the API takes: payloads of jobs, new pieces, and changes.

Generated from the API's OpenAPI document by `make client-types`. Do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from pydantic import JsonValue

from loresmith.model import WrittenPiece


class EventsPayload(TypedDict, total=False):
    theme: str
    language: str | None
    """The language to write in (BCP 47), such as "de", "pt-BR" or "zh-Hant". Without it: the language of the premise or
    theme if that is clearly not English, else English."""

    premise: str | None
    """What must be true: the party, the campaign, the story so far."""

    canon: Sequence[str] | None
    """Ids of the caller's pieces that the job must not contradict."""

    count: int
    tone: str | None
    avoid: Sequence[str]
    """Names that are taken and must not be used again."""

    selectedSetting: GivenPiece | WrittenPiece | None


class _RequiredGivenPiece(TypedDict):
    name: str
    description: str


class GivenPiece(_RequiredGivenPiece, total=False):
    type: str | None
    language: str | None
    details: Mapping[str, JsonValue] | None


class _RequiredNewPiece(TypedDict):
    name: str
    kind: str


class NewPiece(_RequiredNewPiece, total=False):
    """A piece that a person writes."""

    description: str | None
    language: str | None
    details: Mapping[str, JsonValue] | None
    tags: Sequence[str] | None
    favourite: bool | None
    canon: bool | None
    """Whether it is canon: jobs that name it must not contradict it."""

    id: str | None
    """Chosen by the client, which can then repeat the request: the same id adds only one piece."""


class PieceChanges(TypedDict, total=False):
    """A merge patch (RFC 7396) of a piece: what is left out stays, and null removes an optional field."""

    name: str
    description: str | None
    language: str | None
    details: Mapping[str, JsonValue] | None
    tags: Sequence[str] | None
    favourite: bool | None
    canon: bool | None
    """Whether it is canon: jobs that name it must not contradict it."""


class PiecesPayload(TypedDict, total=False):
    """Several pieces of one kind."""

    theme: str
    language: str | None
    """The language to write in (BCP 47), such as "de", "pt-BR" or "zh-Hant". Without it: the language of the premise or
    theme if that is clearly not English, else English."""

    premise: str | None
    """What must be true: the party, the campaign, the story so far."""

    canon: Sequence[str] | None
    """Ids of the caller's pieces that the job must not contradict."""

    count: int
    tone: str | None
    avoid: Sequence[str]
    """Names that are taken and must not be used again."""


class QuestChanges(TypedDict, total=False):
    title: str
    description: str


class RelicsPayload(TypedDict, total=False):
    theme: str
    language: str | None
    """The language to write in (BCP 47), such as "de", "pt-BR" or "zh-Hant". Without it: the language of the premise or
    theme if that is clearly not English, else English."""

    premise: str | None
    """What must be true: the party, the campaign, the story so far."""

    canon: Sequence[str] | None
    """Ids of the caller's pieces that the job must not contradict."""

    count: int
    tone: str | None
    avoid: Sequence[str]
    """Names that are taken and must not be used again."""

    selectedSetting: GivenPiece | WrittenPiece | None
    selectedEvent: GivenPiece | WrittenPiece | None


class _RequiredRewritePiecePayload(TypedDict):
    piece_id: str
    fields: Sequence[str]
    """What to rewrite: see `fields` of the type that writes such pieces in GET /job-types."""


class RewritePiecePayload(_RequiredRewritePiecePayload, total=False):
    theme: str | None
    language: str | None
    """The language to write in (BCP 47), such as "de", "pt-BR" or "zh-Hant". Without it: the language of the premise or
    theme if that is clearly not English, else English."""

    premise: str | None
    """What must be true: the party, the campaign, the story so far."""

    canon: Sequence[str] | None
    """Ids of the caller's pieces that the job must not contradict."""

    tone: str | None
    instruction: str | None
    """How the text should change, such as "shorter, and less solemn"."""


class _RequiredRewriteWorldPayload(TypedDict):
    world_id: str
    fields: Sequence[Literal["title", "story", "quest"]]
    """What to rewrite."""


class RewriteWorldPayload(_RequiredRewriteWorldPayload, total=False):
    theme: str | None
    language: str | None
    """The language to write in (BCP 47), such as "de", "pt-BR" or "zh-Hant". Without it: the language of the premise or
    theme if that is clearly not English, else English."""

    premise: str | None
    """What must be true: the party, the campaign, the story so far."""

    canon: Sequence[str] | None
    """Ids of the caller's pieces that the job must not contradict."""

    tone: str | None
    instruction: str | None
    """How the text should change, such as "shorter, and less solemn"."""


class _RequiredWebhook(TypedDict):
    url: str
    """An https address on port 443 or 8443 with a public host name."""


class Webhook(_RequiredWebhook, total=False):
    """Where to send a job's events."""

    events: Sequence[Literal["job.completed", "job.failed", "job.cancelled", "job.progress"]]
    """`job.progress` is sent at most twice a second, and only to a webhook that names it."""


class WorldChanges(TypedDict, total=False):
    """A merge patch (RFC 7396) of a world: what is left out stays, and null removes an optional field."""

    title: str
    story: str
    """Paragraphs, separated by an empty line."""

    quest: QuestChanges
    language: str | None
    pieces: Mapping[str, WorldPieceChanges | None] | None
    """By role. null instead of a piece removes the piece."""

    tags: Sequence[str] | None
    favourite: bool | None
    for_players: Sequence[str] | None
    """What a share link shows besides the title: "story", "quest", "pieces.<role>" for a whole piece, or
    "pieces.<role>.<field>" with "name", "description" or a key of its details."""


class WorldPayload(TypedDict, total=False):
    theme: str
    language: str | None
    """The language to write in (BCP 47), such as "de", "pt-BR" or "zh-Hant". Without it: the language of the premise or
    theme if that is clearly not English, else English."""

    premise: str | None
    """What must be true: the party, the campaign, the story so far."""

    canon: Sequence[str] | None
    """Ids of the caller's pieces that the job must not contradict."""

    user_id: str | int | None
    """Who the world is for. Required if the API runs without tokens; otherwise it is the caller."""

    title: str | None
    selectedLore: Mapping[str, GivenPiece | WrittenPiece]
    pieces: Sequence[str] | None
    """Ids of the caller's pieces, of any kind, that the world is made of."""


class WorldPieceChanges(TypedDict, total=False):
    """A new piece needs a name."""

    id: str | None
    """The piece in the library that it was made of."""

    name: str
    description: str | None
    type: str | None
    language: str | None
    details: Mapping[str, JsonValue] | None
