"""Empties an owner's trash for good."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

from chalicelib.adapter import dynamodb_item as codec
from chalicelib.adapter.dynamodb_access import ConditionFailed, DynamoDbAccess, repeated
from chalicelib.adapter.dynamodb_table import BY_DELETED
from chalicelib.domain.document import Document, Shelf

#: Simultaneous deletions.
_AT_ONCE = 8
#: The most documents that one call deletes: it must finish within the time of a request.
MOST_DELETED = 500


class DynamoDbTrash:
    def __init__(self, access: DynamoDbAccess) -> None:
        self._access = access

    async def empty(self, owner: str) -> int:
        """See `DocumentStore.empty_trash`."""
        found = await asyncio.to_thread(lambda: list(self._in_trash(owner)))
        gone = 0
        for first in range(0, len(found), _AT_ONCE):
            some = found[first : first + _AT_ONCE]
            gone += sum(await asyncio.gather(*(repeated(partial(self._delete, each)) for each in some)))
        return gone

    def _in_trash(self, owner: str) -> Iterator[dict[str, Any]]:
        from boto3.dynamodb.conditions import Key

        left = MOST_DELETED
        for shelf in Shelf:
            condition = Key("shelf").eq(codec.partition(shelf, owner))
            start: dict[str, Any] = {}
            while left:
                answer = self._access.query(
                    IndexName=BY_DELETED.name, KeyConditionExpression=condition, Limit=left, **start
                )
                yield from answer["Items"]
                left -= len(answer["Items"])
                if "LastEvaluatedKey" not in answer:
                    break
                start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _delete(self, stored: dict[str, Any]) -> bool:
        """Delete the document with its versions and its link; False if somebody has restored or deleted it."""
        document = codec.document_of(stored)
        unchanged = {
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": document.version},
        }
        keys = [codec.version_key(document, version) for version in codec.kept_versions(stored)]
        try:
            self._access.write_together(
                [
                    {"Delete": {"Key": codec.key(document), **unchanged}},
                    *({"Delete": {"Key": key}} for key in [*keys, *_link(document)]),
                ]
            )
        except ConditionFailed:
            return False
        return True


def _link(document: Document) -> list[dict[str, Any]]:
    return [codec.link_key(document.share.token)] if document.share else []
