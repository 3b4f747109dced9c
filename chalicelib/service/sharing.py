"""Links through which everybody who has one can read what is marked for players in a world."""

import re
import secrets
from collections.abc import Callable

from chalicelib.domain.document import Document, Share, Shelf
from chalicelib.domain.error import NotAllowedNow, NotFound
from chalicelib.port.document_store import DocumentStore
from chalicelib.service.library import Library

#: 192 random bits: nobody finds a token by trying.
_TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_EVERY_VERSION = range(10**9)
_IN_TRASH = "This world is in the trash. Restore it before you share it."
_NOTHING_SHARED = "There is nothing behind this link. Its owner may have taken it back."


class Sharing:
    """Every method may raise `LibraryUnavailable`."""

    def __init__(self, library: Library, documents: DocumentStore, now_ms: Callable[[], int]) -> None:
        self._library = library
        self._documents = documents
        self._now_ms = now_ms

    async def share(self, owner: str, world_id: str) -> Document:
        """The world with its link: the one that it has, or a new one.

        Raises `NotFound`; `NotAllowedNow` if the world is in the trash.
        """

        async def shared(world: Document) -> Document:
            if world.deleted_at is not None:
                raise NotAllowedNow(_IN_TRASH)
            if world.share is not None:
                return world
            now = self._now_ms()
            return world.with_share(Share(token=secrets.token_urlsafe(_TOKEN_BYTES), created_at=now), now)

        return await self._library.change(owner, Shelf.WORLDS, world_id, _EVERY_VERSION, shared)

    async def unshare(self, owner: str, world_id: str) -> Document:
        """The world without a link. Who has the old link can no longer read anything. Raises `NotFound`."""

        async def unshared(world: Document) -> Document:
            return world if world.share is None else world.with_share(None, self._now_ms())

        return await self._library.change(owner, Shelf.WORLDS, world_id, _EVERY_VERSION, unshared)

    async def world(self, token: str) -> Document:
        """The world behind a link. Raises `NotFound` if there is none, or none any more."""
        found = await self._documents.shared(token) if _TOKEN.fullmatch(token) else None
        if found is None:
            raise NotFound(_NOTHING_SHARED)
        return found
