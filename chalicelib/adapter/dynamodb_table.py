"""The tables in DynamoDB: their keys and indexes. The stack, the local stack and the tests create them from here.

Both are billed by request. Keys are strings. All indexes are local: they have the table's partition key, and a reader
can see every earlier write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: The time after which DynamoDB may delete an item (TTL), in seconds since 1970. It deletes within days, so readers
#: must ignore items that have expired.
EXPIRES_AT = "expires_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A local index. An item without the sort key is not in it."""

    name: str
    sort_key: str
    #: Whether it holds only the keys of the items. It is then cheap to count.
    keys_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    #: The name locally, and the last part of the name on AWS.
    name: str
    partition_key: str
    sort_key: str
    indexes: Sequence[Index]

    @property
    def key_attributes(self) -> list[str]:
        """The attributes that are part of a key; each once."""
        return list(dict.fromkeys([self.partition_key, self.sort_key, *(index.sort_key for index in self.indexes)]))

    def creation(self, name: str) -> dict[str, Any]:
        """The arguments of `create_table` for a table with this name."""
        return {
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in self.key_attributes],
            "KeySchema": self._key(self.sort_key),
            "LocalSecondaryIndexes": [
                {
                    "IndexName": index.name,
                    "KeySchema": self._key(index.sort_key),
                    "Projection": {"ProjectionType": "KEYS_ONLY" if index.keys_only else "ALL"},
                }
                for index in self.indexes
            ],
        }

    def _key(self, sort_key: str) -> list[dict[str, str]]:
        return [
            {"AttributeName": self.partition_key, "KeyType": "HASH"},
            {"AttributeName": sort_key, "KeyType": "RANGE"},
        ]


BY_NEWEST = Index(name="by_newest", sort_key="newest_key")
#: The same documents in the same order.
NEWEST_KEYS = Index(name="newest_keys", sort_key="newest_key", keys_only=True)
BY_NAME = Index(name="by_name", sort_key="name_key")
#: Only documents in the trash. They are in no other index.
BY_DELETED = Index(name="by_deleted", sort_key="deleted_key")

#: Pieces, worlds, their versions, and the links that share worlds: `adapter/dynamodb_documents.py`.
LIBRARY = Table(
    name="library", partition_key="shelf", sort_key="id", indexes=(BY_NEWEST, NEWEST_KEYS, BY_NAME, BY_DELETED)
)

BY_ENDED = Index(name="by_ended", sort_key="ended_key")

#: Records of ended jobs.
HISTORY = Table(name="history", partition_key="owner", sort_key="job_id", indexes=(BY_ENDED,))

TABLES = (LIBRARY, HISTORY)
