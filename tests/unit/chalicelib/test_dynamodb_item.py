"""How large the items of documents are. No emulator checks the limits of DynamoDB."""

from typing import Any

from chalicelib.adapter import dynamodb_item as codec
from chalicelib.adapter.dynamodb_table import LIBRARY, Index
from chalicelib.domain.document import KEPT_VERSIONS, Author, Document, Share, Shelf
from chalicelib.domain.editing import MAX_DOCUMENT_BYTES
from foundation.json_value import size_bytes

#: With its entries in all local indexes (developer guide, "Constraints", item size for tables with local indexes).
_MAX_ITEM_BYTES = 400 * 1024
#: What the longest text of a rewriting job adds to what people may write.
_REWRITTEN_BYTES = 16 * 1024
#: A character of four bytes.
_WIDE = "\U00020000"


def largest() -> Document:
    author = Author(job_id="j" * 36, root_id="r" * 36, model="m" * 100, prompt_version=99)
    content: dict[str, Any] = {"title": _WIDE * 120, "story": "", "quest": {}, "language": "zh-Hant", "pieces": {}}
    marks: dict[str, Any] = {"tags": [f"{number:02}{_WIDE * 78}" for number in range(20)], "for_players": ["story"]}
    content["story"] = _WIDE * ((MAX_DOCUMENT_BYTES + _REWRITTEN_BYTES - size_bytes({**content, **marks})) // 4)
    return Document(
        id="i" * 36,
        owner=_WIDE * 255,
        shelf=Shelf.WORLDS,
        version=10**6,
        facts={"user_id": _WIDE * 120, "job_id": "j" * 36, "theme": _WIDE * 80},
        content=content,
        marks=marks,
        origin=author,
        author=author,
        created_at=10**12,
        updated_at=10**12,
        share=Share(token="t" * 32, created_at=10**12),
    )


def test_the_largest_document_fits_into_dynamodb_with_its_entries_in_all_indexes() -> None:
    for document in (largest(), largest().moved(10**12, 10**12)):
        item = codec.item(document, kept=range(10**6, 10**6 + KEPT_VERSIONS))
        entries = [_entry(item, index) for index in LIBRARY.indexes if index.sort_key in item]
        assert sum(map(_bytes, [item, *entries])) <= _MAX_ITEM_BYTES


def _entry(item: dict[str, Any], index: Index) -> dict[str, Any]:
    keys = (LIBRARY.partition_key, LIBRARY.sort_key, index.sort_key)
    return {name: item[name] for name in keys} if index.keys_only else item


def _bytes(value: Any) -> int:
    """As DynamoDB counts (developer guide, "Item sizes"); a number is at most 21 bytes."""
    match value:
        case str():
            return len(value.encode())
        case bool() | None:
            return 1
        case int():
            return 21
        case list():
            return 3 + sum(1 + _bytes(each) for each in value)
    return 3 + sum(1 + len(name) + _bytes(each) for name, each in value.items())
