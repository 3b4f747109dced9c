"""What owners do with their pieces and worlds. Every method may raise `LibraryUnavailable`."""

import uuid
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import replace

from chalicelib.domain.document import Author, Document, Search, Shelf
from chalicelib.domain.editing import Form, check
from chalicelib.domain.error import InvalidSubmission, LibraryFull, NotAllowedNow, NotFound, StaleVersion
from chalicelib.domain.piece_content import PIECE_FORM, NewPiece
from chalicelib.domain.sharing import still_marked
from chalicelib.domain.world_content import WORLD_FORM
from chalicelib.port.document_store import DocumentStore
from foundation.json_value import Json, is_same

FORMS: Mapping[Shelf, Form] = {Shelf.PIECES: PIECE_FORM, Shelf.WORLDS: WORLD_FORM}
#: The author of what no job has written.
_PERSON = Author()
_NOTHING_HERE = {
    Shelf.PIECES: "There is no piece with this id.",
    Shelf.WORLDS: "There is no world with this id.",
}
_IN_TRASH = "This is in the trash. Restore it before you change it."
_NOT_KEPT = "This version is no longer kept. The list of versions shows which ones are."
#: How often a change that permits any version is tried again while others change the document too.
_MOST_TRIES = 10

#: The next version of a document, or the document itself if there is nothing to change.
Change = Callable[[Document], Awaitable[Document]]


class Library:
    def __init__(self, documents: DocumentStore, now_ms: Callable[[], int], max_pieces: int | None = None) -> None:
        """`max_pieces` limits what people add; None: no limit. What jobs write is always kept."""
        self._documents = documents
        self._now_ms = now_ms
        self._max_pieces = max_pieces

    async def read(self, owner: str, shelf: Shelf, document_id: str) -> Document:
        """The document, in the trash or not. Raises `NotFound`."""
        found = await self._documents.read(shelf, owner, document_id)
        if found is None:
            raise NotFound(_NOTHING_HERE[shelf])
        return found

    async def page(
        self, owner: str, search: Search, limit: int, after: str | None
    ) -> tuple[list[Document], str | None]:
        """See `DocumentStore.page`."""
        return await self._documents.page(owner, search, limit, after)

    async def versions(self, owner: str, shelf: Shelf, document_id: str) -> list[Document]:
        """The kept versions before the current one, newest first. Raises `NotFound`."""
        return await self._documents.versions(await self.read(owner, shelf, document_id))

    async def add_piece(self, owner: str, given: Mapping[str, Json]) -> tuple[Document, bool]:
        """Add a piece that a person has written, unless the owner has one with the given id.

        Returns the stored piece, and whether it is new. Raises `InvalidSubmission`, `LibraryFull`.
        """
        fields = check(NewPiece, given, "a piece")
        chosen_id = fields.pop("id", None)
        if chosen_id is not None and (stored := await self._documents.read(Shelf.PIECES, owner, str(chosen_id))):
            return stored, False
        kind = fields.pop("kind")
        content, marks = PIECE_FORM.filled(fields)
        await self._check_room(owner)
        now = self._now_ms()
        piece = Document(
            id=str(chosen_id or uuid.uuid4()),
            owner=owner,
            shelf=Shelf.PIECES,
            facts={"kind": kind},
            content=content,
            marks=marks,
            origin=_PERSON,
            author=_PERSON,
            created_at=now,
            updated_at=now,
        )
        stored = await self._documents.add(piece)
        return stored, stored == piece

    async def edit(
        self, owner: str, shelf: Shelf, document_id: str, patch: Mapping[str, Json], versions: Container[int]
    ) -> Document:
        """Apply a merge patch to one of these versions. Returns the changed document.

        Raises `NotFound`, `InvalidSubmission`, `StaleVersion`; `NotAllowedNow` if the document is in the trash.
        """

        async def edited(current: Document) -> Document:
            content, marks = FORMS[shelf].patched(current.content, current.marks, patch)
            marks = still_marked(marks, current.content, content)
            has_new_text = not is_same(content, current.content)
            if not has_new_text and is_same(marks, current.marks):
                return current
            if current.deleted_at is not None:
                raise NotAllowedNow(_IN_TRASH)
            now = self._now_ms()
            new = current.with_content(content, _PERSON, now) if has_new_text else current.with_marks(marks, now)
            return replace(new, marks=marks)

        return await self.change(owner, shelf, document_id, versions, edited)

    async def delete(self, owner: str, shelf: Shelf, document_id: str, versions: Container[int]) -> Document:
        """Move the document to the trash. Idempotent. Raises `NotFound`, `StaleVersion`."""

        async def deleted(current: Document) -> Document:
            now = self._now_ms()
            return current if current.deleted_at is not None else current.moved(now, now)

        return await self.change(owner, shelf, document_id, versions, deleted)

    async def restore(
        self, owner: str, shelf: Shelf, document_id: str, version: int | None, versions: Container[int]
    ) -> Document:
        """Take the document out of the trash and, with a `version`, make its text the current one.

        Raises `NotFound`, even for a version that is not kept; `StaleVersion`.
        """

        async def restored(current: Document) -> Document:
            now = self._now_ms()
            kept = await self._version(current, version)
            if not is_same(kept.content, current.content):
                return replace(current.with_content(kept.content, kept.author, now), deleted_at=None)
            return current if current.deleted_at is None else current.moved(None, now)

        return await self.change(owner, shelf, document_id, versions, restored)

    async def empty_trash(self, owner: str) -> int:
        """Delete everything in the trash for good; returns how many documents were deleted."""
        return await self._documents.empty_trash(owner)

    async def _version(self, current: Document, version: int | None) -> Document:
        if version in (None, current.version):
            return current
        for kept in await self._documents.versions(current):
            if kept.version == version:
                return kept
        raise NotFound(_NOT_KEPT)

    async def _check_room(self, owner: str) -> None:
        """Two requests at the same time may both be accepted, so the limit may be exceeded by a few pieces."""
        most = self._max_pieces
        if most is not None and await self._documents.count(owner, Shelf.PIECES, at_most=most) >= most:
            raise LibraryFull(f"Your library has the maximum of {most:,} pieces. Delete some that you no longer need.")

    async def change(
        self, owner: str, shelf: Shelf, document_id: str, versions: Container[int], change: Change
    ) -> Document:
        """Replace the document if its version is one of `versions`.

        A change that has nothing to do succeeds for every version: it may repeat a request whose answer was lost
        (RFC 9110, 13.1.1).
        """
        for _ in range(_MOST_TRIES):
            current = await self.read(owner, shelf, document_id)
            is_stale = current.version not in versions
            try:
                new = await change(current)
            except (InvalidSubmission, NotAllowedNow, NotFound):
                if is_stale:
                    raise StaleVersion(current) from None
                raise
            if new == current:
                return current
            if is_stale:
                raise StaleVersion(current)
            try:
                await self._documents.replace(current, new)
            except StaleVersion:
                continue  # The next round sees whether the new version is permitted, too.
            return new
        raise StaleVersion(current)
