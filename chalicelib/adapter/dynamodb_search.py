"""Lists of documents in DynamoDB: by an index, filtered, a bounded number of documents for each page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.adapter import dynamodb_item as codec
from chalicelib.adapter.dynamodb_access import DynamoDbAccess
from chalicelib.adapter.dynamodb_table import BY_DELETED, BY_NAME, BY_NEWEST, EXPIRES_AT, NEWEST_KEYS, Index
from chalicelib.domain import position
from chalicelib.domain.document import Document, Order, Search, Shelf
from chalicelib.domain.document_search import folded_tag, is_descending, search_words, sort_key
from chalicelib.domain.position import Position

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

#: A page reads at most this often; a read ends after `_READ_ITEMS` documents, or 1 MB.
_MOST_READS = 2
_READ_ITEMS = 250


class DynamoDbSearch:
    def __init__(self, access: DynamoDbAccess) -> None:
        self._access = access

    def page(self, owner: str, search: Search, limit: int, after: str | None) -> tuple[list[Document], str | None]:
        """See `DocumentStore.page`."""
        from boto3.dynamodb.conditions import Key

        shelf, index = codec.partition(search.shelf, owner), _index(search)
        start = _start(shelf, index, position.decode(repr(search), after)) if after is not None else None
        condition = self._condition(search)
        arguments: dict[str, Any] = {
            "IndexName": index.name,
            "KeyConditionExpression": Key("shelf").eq(shelf),
            "ScanIndexForward": not is_descending(search),
            "Limit": limit + 1 if condition is None else max(limit + 1, _READ_ITEMS),
            **({} if condition is None else {"FilterExpression": condition}),
        }
        found: list[Document] = []
        end: Any = None
        for _ in range(_MOST_READS):
            answer = self._access.query(**arguments, **({"ExclusiveStartKey": start} if start else {}))
            found += map(codec.document_of, answer["Items"])
            start = end = answer.get("LastEvaluatedKey")
            if len(found) > limit:
                last = found[limit - 1]
                return found[:limit], position.encode(repr(search), Position(sort_key(last, search), last.id))
            if start is None:
                return found, None
        return found, position.encode(repr(search), Position(end[index.sort_key], end["id"]))

    def count(self, owner: str, shelf: Shelf, at_most: int) -> int:
        """See `DocumentStore.count`. Reads keys only."""
        from boto3.dynamodb.conditions import Key

        condition = Key("shelf").eq(codec.partition(shelf, owner))
        arguments: dict[str, Any] = {
            "IndexName": NEWEST_KEYS.name,
            "KeyConditionExpression": condition,
            "Select": "COUNT",
        }
        found = 0
        for answer in self._pages(arguments):
            found += answer["Count"]
            if found >= at_most:
                return at_most
        return found

    def versions(self, document: Document) -> list[Document]:
        """See `DocumentStore.versions`."""
        from boto3.dynamodb.conditions import Key

        partition = codec.partition(document.shelf, document.owner)
        condition = Key("shelf").eq(partition) & Key("id").begins_with(codec.version_prefix(document))
        arguments: dict[str, Any] = {"KeyConditionExpression": condition, "ScanIndexForward": False}
        found = (item for answer in self._pages(arguments) for item in answer["Items"])
        return [codec.document_of(item) for item in found if self._access.is_current(item)]

    def _pages(self, arguments: dict[str, Any]) -> Iterator[Any]:
        """As many answers as the caller takes."""
        answer = self._access.query(**arguments)
        yield answer
        while start := answer.get("LastEvaluatedKey"):
            answer = self._access.query(**arguments, ExclusiveStartKey=start)
            yield answer

    def _condition(self, search: Search) -> "ConditionBase | None":
        """What a document must have besides its place in the index; None if nothing."""
        from boto3.dynamodb.conditions import Attr

        conditions: list[ConditionBase] = [Attr("search").contains(word) for word in search_words(search)]
        if search.kind is not None:
            conditions.append(Attr("kind").eq(search.kind))
        if search.tag is not None:
            conditions.append(Attr("tags").contains(folded_tag(search.tag)))
        if search.favourite:
            conditions.append(Attr("favourite").eq(True))
        if search.canon:
            conditions.append(Attr("canon").eq(True))
        if search.trash:
            conditions.append(Attr(EXPIRES_AT).gt(self._access.now_s))
        if not conditions:
            return None
        together = conditions[0]
        for condition in conditions[1:]:
            together = together & condition
        return together


def _index(search: Search) -> Index:
    if search.trash:
        return BY_DELETED
    return BY_NAME if search.order is Order.NAME else BY_NEWEST


def _start(shelf: str, index: Index, place: Position) -> dict[str, str]:
    """The partition is the reader's own, whatever the cursor says."""
    return {"shelf": shelf, "id": place.item_id, index.sort_key: place.sort_key}
