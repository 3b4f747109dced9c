"""The pieces and worlds that owners keep."""

from typing import Protocol

from chalicelib.domain.document import Document, Search, Shelf


class DocumentStore(Protocol):
    """Documents with their last versions, by owner and id. Every method may raise `LibraryUnavailable`."""

    async def add(self, document: Document) -> Document:
        """Store the document unless one with its id exists, even in the trash. Returns the stored one. Idempotent."""
        ...

    async def read(self, shelf: Shelf, owner: str, document_id: str) -> Document | None:
        """The document, in the trash or not; None if the owner has none with this id.

        A document that was in the trash for `TRASH_S` no longer exists.
        """
        ...

    async def replace(self, old: Document, new: Document) -> None:
        """Replace the stored `old` with `new`, the next version. Keeps `old` as a version if its content differs.

        Of the kept versions, the oldest beyond `KEPT_VERSIONS` goes. A token that only `old.share` has no longer reads
        anything. Raises `StaleVersion` with the stored document, and changes nothing, if that is not `old.version` any
        more.
        """
        ...

    async def versions(self, document: Document) -> list[Document]:
        """The kept versions before this one, newest first: at most `KEPT_VERSIONS`."""
        ...

    async def page(
        self, owner: str, search: Search, limit: int, after: str | None = None
    ) -> tuple[list[Document], str | None]:
        """Up to `limit` of the owner's documents. With `after`, continues where an earlier page ended.

        Also returns where the page ended; None if no more follow. A short or empty page may be followed by another: a
        page reads a bounded number of documents. Raises `UnknownCursor` if `after` is not from an equal search.
        """
        ...

    async def count(self, owner: str, shelf: Shelf, at_most: int) -> int:
        """How many documents the owner has on the shelf, without the trash. Counts no further than `at_most`."""
        ...

    async def empty_trash(self, owner: str) -> int:
        """Delete the documents in the owner's trash, with their versions, for good; returns how many."""
        ...

    async def shared(self, token: str) -> Document | None:
        """The world whose `share` has this token; None if there is none, or it is in the trash."""
        ...
