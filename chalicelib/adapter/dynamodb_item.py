"""Documents as items of the LIBRARY table.

Content, marks and authors are JSON text, because numbers would come back from DynamoDB as `Decimal`. What a search
filters by is repeated in attributes of its own. A document in the trash has the sort key of no index but `by_deleted`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chalicelib.adapter.dynamodb_table import BY_DELETED, BY_NAME, BY_NEWEST, EXPIRES_AT
from chalicelib.domain.document import TRASH_S, Author, Document, Share, Shelf
from chalicelib.domain.document_search import deleted_key, folded_tags, name_key, newest_key, search_text
from foundation.json_value import Json

#: The versions that are kept, oldest first: the numbers in the keys of their items.
KEPT = "kept"
#: What a link's item holds: the owner and the id of the world.
_OWNER, _WORLD = "owner", "world_id"

Item = dict[str, Any]


def partition(shelf: Shelf, owner: str) -> str:
    """An owner's documents. The owner is part of the key, so another owner's document is simply not found."""
    return f"{shelf.value}#{owner}"


def key(document: Document) -> Item:
    return {"shelf": partition(document.shelf, document.owner), "id": document.id}


def version_key(document: Document, version: int) -> Item:
    """The key of an earlier version of the document."""
    return key(document) | {"id": f"{version_prefix(document)}{version:08d}"}


def version_prefix(document: Document) -> str:
    return f"{document.id}#v"


def link_key(token: str) -> Item:
    return {"shelf": f"share#{token}", "id": "share"}


def item(document: Document, kept: Sequence[int]) -> Item:
    """The current version of a document."""
    if document.deleted_at is None:
        sorted_by = {BY_NEWEST.sort_key: newest_key(document), BY_NAME.sort_key: name_key(document)}
    else:
        sorted_by = {BY_DELETED.sort_key: deleted_key(document)}
    filtered_by = {
        "tags": folded_tags(document),
        "favourite": bool(document.marks.get("favourite")),
        "canon": bool(document.marks.get("canon")),
        "search": search_text(document),
    }
    kind = {"kind": document.facts["kind"]} if "kind" in document.facts else {}
    return version_item(document, document) | key(document) | sorted_by | filtered_by | kind | {KEPT: list(kept)}


def version_item(version: Document, current: Document) -> Item:
    """An earlier version. It expires with the current one."""
    stored: Item = {
        **version_key(version, version.version),
        "version": version.version,
        "edited": version.edited,
        "created_at": version.created_at,
        "updated_at": version.updated_at,
        **{name: _text(getattr(version, name)) for name in ("facts", "content", "marks")},
        **{name: _text(asdict(getattr(version, name))) for name in ("origin", "author")},
    }
    if version.deleted_at is not None:
        stored["deleted_at"] = version.deleted_at
    if version.share is not None:
        stored["share"] = _text(asdict(version.share))
    return stored | expiry(current)


def link_item(world: Document, share: Share) -> Item:
    """What a token leads to. It expires with the world."""
    return link_key(share.token) | {_OWNER: world.owner, _WORLD: world.id} | expiry(world)


def linked(link: Item) -> tuple[str, str]:
    """The owner and the id of the world that a link leads to."""
    return link[_OWNER], link[_WORLD]


def expiry(document: Document) -> Item:
    """When DynamoDB may delete it; empty if it is not in the trash."""
    return {} if document.deleted_at is None else {EXPIRES_AT: document.deleted_at // 1000 + TRASH_S}


def document_of(stored: Item) -> Document:
    """The document, or the earlier version of one, that is stored in the item."""
    shelf, _, owner = stored["shelf"].partition("#")
    share = stored.get("share")
    return Document(
        id=stored["id"].partition("#")[0],
        owner=owner,
        shelf=Shelf(shelf),
        version=int(stored["version"]),
        facts=json.loads(stored["facts"]),
        content=json.loads(stored["content"]),
        marks=json.loads(stored["marks"]),
        origin=Author(**json.loads(stored["origin"])),
        author=Author(**json.loads(stored["author"])),
        edited=stored["edited"],
        created_at=int(stored["created_at"]),
        updated_at=int(stored["updated_at"]),
        deleted_at=int(stored["deleted_at"]) if "deleted_at" in stored else None,
        share=Share(**json.loads(share)) if share else None,
    )


def kept_versions(stored: Item) -> list[int]:
    return [int(version) for version in stored[KEPT]]


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
