"""A journal entry of Foundry VTT 12, as pydantic models.

From `JournalEntry.Schema`, `JournalEntryPage.Schema`, `DocumentStatsField` and `CONST` in foundry-vtt-types 13.346
(npm: @league-of-foundry-developers/foundry-vtt-types, src/foundry/client/documents and src/foundry/common), without
what version 13 added: categories. Every field that is required here is in the journal entries of version 12 that
foundryvtt/dnd5e publishes (packs/_source/rules), too.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


#: `DocumentIdField`: 16 letters and digits.
DocumentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{16}$")]
#: `StringField` with blank: false.
NotBlank = Annotated[str, Field(pattern=r"\S")]


class Ownership(_Exact):
    """`DocumentOwnershipField`: of everybody, and of single users by their ids, which an export cannot know."""

    default: Literal[-1, 0, 1, 2, 3]


class Stats(_Exact):
    """`DocumentStatsField`. Without `coreVersion`, `ClientDocument.fromImport` takes the data for older than 10."""

    model_config = ConfigDict(alias_generator=to_camel)

    core_version: Annotated[str, Field(pattern=r"^12\.\d+$")]
    system_id: str | None
    system_version: str | None
    created_time: Annotated[int, Field(gt=0)]
    modified_time: Annotated[int, Field(gt=0)]
    last_modified_by: DocumentId | None
    compendium_source: str | None
    duplicate_source: str | None


class Title(_Exact):
    show: bool
    level: Annotated[int, Field(ge=1, le=6)]


class Image(_Exact):
    caption: str = ""


class Text(_Exact):
    content: str
    #: `JOURNAL_ENTRY_PAGE_FORMATS.HTML`.
    format: Literal[1]


class Video(_Exact):
    controls: bool
    volume: Annotated[float, Field(ge=0, le=1)]


class NoSystemData(_Exact):
    """`TypeDataField`: pages of type "text" have none."""


class NoFlags(_Exact):
    """`DocumentFlagsField`: keys are the ids of installed packages."""


class Page(_Exact):
    id: Annotated[DocumentId, Field(alias="_id")]
    name: NotBlank
    type: Literal["text"]
    system: NoSystemData
    title: Title
    image: Image
    text: Text
    video: Video
    src: None
    sort: int
    ownership: Ownership
    flags: NoFlags
    stats: Annotated[Stats, Field(alias="_stats")]


class JournalEntry(_Exact):
    id: Annotated[DocumentId, Field(alias="_id")]
    name: NotBlank
    pages: list[Page]
    folder: DocumentId | None
    sort: int
    ownership: Ownership
    flags: NoFlags
    stats: Annotated[Stats, Field(alias="_stats")]
