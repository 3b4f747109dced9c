"""The library in DynamoDB: documents, their earlier versions, and the links that share worlds.

All are in the table `dynamodb_table.LIBRARY`:

    shelf               id                      what it is
    <shelf>#<owner>     <document id>           a document
    <shelf>#<owner>     <document id>#v<n>      its version n, without index keys
    share#<token>       share                   which world the token shows

Every change of a document writes all its items in one transaction, so a version or a link never outlives the document.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from chalicelib.adapter import dynamodb_item as codec
from chalicelib.adapter.dynamodb_access import ConditionFailed, DynamoDbAccess, NotNow, repeated
from chalicelib.adapter.dynamodb_search import DynamoDbSearch
from chalicelib.adapter.dynamodb_table import EXPIRES_AT, LIBRARY
from chalicelib.adapter.dynamodb_trash import DynamoDbTrash
from chalicelib.domain.document import KEPT_VERSIONS, Document, Search, Shelf
from chalicelib.domain.error import StaleVersion
from foundation.json_value import is_same


class DynamoDbDocumentStore:
    """`port.DocumentStore`. `clock` returns seconds since 1970."""

    def __init__(self, table_name: str, clock: Callable[[], float] = time.time) -> None:
        self._access = DynamoDbAccess(table_name, clock)
        self._search = DynamoDbSearch(self._access)
        self._trash = DynamoDbTrash(self._access)

    async def add(self, document: Document) -> Document:
        return await repeated(lambda: self._add(document))

    async def read(self, shelf: Shelf, owner: str, document_id: str) -> Document | None:
        stored = await asyncio.to_thread(self._access.get, {"shelf": codec.partition(shelf, owner), "id": document_id})
        return codec.document_of(stored) if stored else None

    async def replace(self, old: Document, new: Document) -> None:
        await repeated(lambda: self._replace(old, new))

    async def versions(self, document: Document) -> list[Document]:
        return await asyncio.to_thread(self._search.versions, document)

    async def page(
        self, owner: str, search: Search, limit: int, after: str | None = None
    ) -> tuple[list[Document], str | None]:
        return await asyncio.to_thread(self._search.page, owner, search, limit, after)

    async def count(self, owner: str, shelf: Shelf, at_most: int) -> int:
        return await asyncio.to_thread(self._search.count, owner, shelf, at_most)

    async def empty_trash(self, owner: str) -> int:
        return await self._trash.empty(owner)

    async def shared(self, token: str) -> Document | None:
        return await asyncio.to_thread(self._shared, token)

    def _add(self, document: Document) -> Document:
        try:
            self._access.add(codec.item(document, kept=[]), LIBRARY.sort_key)
        except ConditionFailed:
            stored = self._access.get(codec.key(document))
            return codec.document_of(stored) if stored else document
        return document

    def _replace(self, old: Document, new: Document) -> None:
        stored = self._access.get(codec.key(old))
        if stored is None or int(stored["version"]) != old.version:
            raise StaleVersion(codec.document_of(stored) if stored else None)
        try:
            self._access.write_together(_writes(old, new, codec.kept_versions(stored)))
        except ConditionFailed:
            raise NotNow from None  # the next try reads the document again

    def _shared(self, token: str) -> Document | None:
        link = self._access.get(codec.link_key(token))
        if link is None:
            return None
        owner, world_id = codec.linked(link)
        stored = self._access.get({"shelf": codec.partition(Shelf.WORLDS, owner), "id": world_id})
        world = codec.document_of(stored) if stored else None
        if world is None or world.deleted_at is not None or world.share is None or world.share.token != token:
            return None
        return world


def _writes(old: Document, new: Document, kept: list[int]) -> list[dict[str, Any]]:
    """The transaction that replaces `old` if it is still the stored version."""
    has_new_text = not is_same(new.content, old.content)
    now_kept = [*kept, old.version][-KEPT_VERSIONS:] if has_new_text else kept
    return [
        {
            "Put": {
                "Item": codec.item(new, now_kept),
                "ConditionExpression": "version = :old",
                "ExpressionAttributeValues": {":old": old.version},
            }
        },
        *([{"Put": {"Item": codec.version_item(old, new)}}] if has_new_text else []),
        *({"Delete": {"Key": codec.version_key(old, version)}} for version in kept if version not in now_kept),
        *_expiries(old, new, [version for version in kept if version in now_kept]),
        *_links(old, new),
    ]


def _expiries(old: Document, new: Document, kept: list[int]) -> list[dict[str, Any]]:
    """Make the kept versions expire with the document, or never if the document does not."""
    if codec.expiry(old) == codec.expiry(new):
        return []
    if expires := codec.expiry(new):
        change: dict[str, Any] = {
            "UpdateExpression": f"SET {EXPIRES_AT} = :at",
            "ExpressionAttributeValues": {":at": expires[EXPIRES_AT]},
        }
    else:
        change = {"UpdateExpression": f"REMOVE {EXPIRES_AT}"}
    # Without the condition, a deleted version would come back as an item that never expires.
    condition = {"ConditionExpression": "attribute_exists(id)"}
    return [{"Update": {"Key": codec.version_key(new, version), **change, **condition}} for version in kept]


def _links(old: Document, new: Document) -> list[dict[str, Any]]:
    """Make the document's token lead to it, and an old token lead nowhere."""
    writes: list[dict[str, Any]] = []
    if old.share and (new.share is None or new.share.token != old.share.token):
        writes.append({"Delete": {"Key": codec.link_key(old.share.token)}})
    if new.share and (new.share != old.share or codec.expiry(new) != codec.expiry(old)):
        writes.append({"Put": {"Item": codec.link_item(new, new.share)}})
    return writes
