"""What an owner keeps: pieces of lore and worlds, as documents with versions.

A document has three parts. Its facts never change. Its content can be edited, and earlier versions of it are kept. Its
marks (tags, favourite) can be changed too, but have no versions. All times are milliseconds since 1970 (UTC).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from foundation.json_value import Json

#: How many earlier versions of a document are kept.
KEPT_VERSIONS = 20
#: How long a deleted document stays in the trash, seconds.
TRASH_S = 30 * 24 * 3600


class Shelf(Enum):
    """The two collections of an owner. The value is their name in addresses."""

    PIECES = "pieces"
    WORLDS = "worlds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a version of a document: a job, or a person if `job_id` is None."""

    job_id: str | None = None
    #: The first job of the chain of retries, which identifies what it wrote. None for a person.
    root_id: str | None = None
    #: What the job used, if the generator said so.
    model: str | None = None
    prompt_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A link through which everybody who has it can read a world."""

    #: What the link contains. Who knows it can read, so it must not be logged.
    token: str
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    id: str
    owner: str
    shelf: Shelf
    #: +1 with each change of content or marks; 1 for a new document. It is the ETag.
    version: int = 1
    facts: Mapping[str, Json] = field(default_factory=dict)
    content: Mapping[str, Json]
    marks: Mapping[str, Json] = field(default_factory=dict)
    #: Who wrote the first version.
    origin: Author
    #: Who wrote this version's content.
    author: Author
    #: Whether a person has changed the content of any version.
    edited: bool = False
    created_at: int
    #: When this version was made.
    updated_at: int
    #: When it was put into the trash; None if it is not there.
    deleted_at: int | None = None
    #: Only of a world. None: it is not shared.
    share: Share | None = None

    @property
    def name(self) -> str:
        """The name of a piece, the title of a world."""
        return str(self.content["name" if self.shelf is Shelf.PIECES else "title"])

    def with_content(self, content: Mapping[str, Json], author: Author, at: int) -> "Document":
        """The next version, with this content."""
        return replace(
            self,
            version=self.version + 1,
            content=content,
            author=author,
            edited=self.edited or author.job_id is None,
            updated_at=at,
        )

    def with_marks(self, marks: Mapping[str, Json], at: int) -> "Document":
        """The next version, with these marks."""
        return replace(self, version=self.version + 1, marks=marks, updated_at=at)

    def with_share(self, share: Share | None, at: int) -> "Document":
        """The next version, shared by this link, or not shared if None."""
        return replace(self, version=self.version + 1, share=share, updated_at=at)

    def moved(self, deleted_at: int | None, at: int) -> "Document":
        """The next version: in the trash since `deleted_at`, or out of it if None."""
        return replace(self, version=self.version + 1, deleted_at=deleted_at, updated_at=at)


class Order(Enum):
    """How a list of documents is sorted. The value is its name in addresses."""

    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which documents a list shows."""

    shelf: Shelf
    #: Found in names, descriptions and stories, whatever the case. None: no text is asked for.
    text: str | None = None
    #: The kind of the pieces.
    kind: str | None = None
    tag: str | None = None
    #: Only marked ones.
    favourite: bool = False
    canon: bool = False
    #: Those in the trash instead of the others.
    trash: bool = False
    order: Order = Order.NEWEST
