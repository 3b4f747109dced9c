"""A fake document store in memory."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.domain import position
from chalicelib.domain.document import KEPT_VERSIONS, TRASH_S, Document, Search, Shelf
from chalicelib.domain.document_search import (
    folded_tag,
    folded_tags,
    is_descending,
    search_text,
    search_words,
    sort_key,
)
from chalicelib.domain.error import LibraryUnavailable, StaleVersion
from chalicelib.domain.position import Position
from foundation.json_value import is_same

Key = tuple[Shelf, str, str]


@dataclass
class _Stored:
    document: Document
    #: Oldest first.
    versions: list[Document] = field(default_factory=list)


class MemoryDocumentStore:
    """`port.DocumentStore`. `down` makes every call raise `LibraryUnavailable`. `clock` returns seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._stored: dict[Key, _Stored] = {}
        self._clock = clock
        self.down = False

    async def add(self, document: Document) -> Document:
        await self._step()
        return self.put_new(document)

    def put_new(self, document: Document) -> Document:
        """Like `add`, but no other task runs first."""
        _forget_expired(self._stored, self._clock())
        return self._stored.setdefault(_key(document), _Stored(document)).document

    async def read(self, shelf: Shelf, owner: str, document_id: str) -> Document | None:
        await self._step()
        found = self._stored.get((shelf, owner, document_id))
        return found.document if found else None

    async def replace(self, old: Document, new: Document) -> None:
        await self._step()
        stored = self._stored.get(_key(old))
        if stored is None or stored.document.version != old.version:
            raise StaleVersion(stored.document if stored else None)
        if not is_same(new.content, old.content):
            stored.versions = [*stored.versions, old][-KEPT_VERSIONS:]
        stored.document = new

    async def versions(self, document: Document) -> list[Document]:
        await self._step()
        stored = self._stored.get(_key(document))
        return list(reversed(stored.versions)) if stored else []

    async def page(
        self, owner: str, search: Search, limit: int, after: str | None = None
    ) -> tuple[list[Document], str | None]:
        await self._step()
        listed = sorted(
            (document for document in self._of(owner, search.shelf) if _matches(document, search)),
            key=lambda document: sort_key(document, search),
            reverse=is_descending(search),
        )
        if after is not None:
            start = position.decode(repr(search), after).sort_key
            listed = [document for document in listed if _follows(sort_key(document, search), start, search)]
        page, more = listed[:limit], len(listed) > limit
        if not more:
            return page, None
        return page, position.encode(repr(search), Position(sort_key(page[-1], search), page[-1].id))

    async def count(self, owner: str, shelf: Shelf, at_most: int) -> int:
        await self._step()
        return min(at_most, sum(document.deleted_at is None for document in self._of(owner, shelf)))

    async def empty_trash(self, owner: str) -> int:
        await self._step()
        gone = [key for key, stored in self._stored.items() if key[1] == owner and stored.document.deleted_at]
        for key in gone:
            del self._stored[key]
        return len(gone)

    async def shared(self, token: str) -> Document | None:
        await self._step()
        for stored in self._stored.values():
            document = stored.document
            if document.share and document.share.token == token and document.deleted_at is None:
                return document
        return None

    def _of(self, owner: str, shelf: Shelf) -> list[Document]:
        return [stored.document for key, stored in self._stored.items() if key[:2] == (shelf, owner)]

    async def _step(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise LibraryUnavailable
        _forget_expired(self._stored, self._clock())


def _forget_expired(stored: dict[Key, _Stored], now_s: float) -> None:
    for key, each in list(stored.items()):
        if each.document.deleted_at is not None and each.document.deleted_at / 1000 <= now_s - TRASH_S:
            del stored[key]


def _key(document: Document) -> Key:
    return document.shelf, document.owner, document.id


def _follows(key: str, start: str, search: Search) -> bool:
    return key < start if is_descending(search) else key > start


def _matches(document: Document, search: Search) -> bool:
    text = search_text(document)
    return (
        (document.deleted_at is not None) is search.trash
        and search.kind in (None, document.facts.get("kind"))
        and (search.tag is None or folded_tag(search.tag) in folded_tags(document))
        and (not search.favourite or bool(document.marks.get("favourite")))
        and (not search.canon or bool(document.marks.get("canon")))
        and all(word in text for word in search_words(search))
    )
