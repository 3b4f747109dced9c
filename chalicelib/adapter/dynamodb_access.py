"""Access to one DynamoDB table. Loads boto3 on first use."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.adapter.aws import client_config
from chalicelib.adapter.dynamodb_table import EXPIRES_AT
from chalicelib.domain.error import LibraryUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class ConditionFailed(Exception):
    """A write was refused because of its condition, and changed nothing."""


class WriteConflict(Exception):
    """Another write of the same items was under way, and this one changed nothing."""


class DynamoDbAccess:
    """The calls to one table. Each may raise `LibraryUnavailable`. `clock` returns seconds since 1970."""

    def __init__(self, table_name: str, clock: Callable[[], float] = time.time) -> None:
        self.table_name = table_name
        self._clock = clock

    @property
    def now_s(self) -> int:
        return int(self._clock())

    @cached_property
    def table(self) -> "Table":
        import boto3

        return boto3.resource("dynamodb", config=client_config()).Table(self.table_name)

    def get(self, key: dict[str, Any]) -> dict[str, Any] | None:
        """The item as every earlier write left it; None if there is none, or it has expired."""
        with _reaching():
            found = self.table.get_item(Key=key, ConsistentRead=True).get("Item")
        return found if found is not None and self.is_current(found) else None

    def is_current(self, item: dict[str, Any]) -> bool:
        """Whether the item has not expired. DynamoDB deletes expired items days later."""
        return EXPIRES_AT not in item or int(item[EXPIRES_AT]) > self.now_s

    def add(self, item: dict[str, Any], sort_key: str) -> None:
        """Raises `ConditionFailed` if there is an item with this key, unless it has expired; `WriteConflict`."""
        with _reaching():
            self.table.put_item(
                Item=item,
                ConditionExpression=f"attribute_not_exists({sort_key}) OR {EXPIRES_AT} <= :now",
                ExpressionAttributeValues={":now": self.now_s},
            )

    def query(self, **arguments: Any) -> Any:
        """One page of a query."""
        with _reaching():
            return self.table.query(ConsistentRead=True, **_with_texts(arguments))

    def write_together(self, writes: Sequence[dict[str, Any]]) -> None:
        """All of these writes, or none. Raises `ConditionFailed`, `WriteConflict`.

        A write is an entry of `TransactItems` without the table's name. botocore repeats a transaction with the same
        token, so one whose answer was lost is not applied twice (API reference, ClientRequestToken).
        """
        named: Any = [
            {action: {"TableName": self.table_name, **arguments} for action, arguments in write.items()}
            for write in writes
        ]
        with _reaching():
            self.table.meta.client.transact_write_items(TransactItems=named)


def _with_texts(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with their conditions as texts.

    boto3 would do the same with one builder for all threads, and mix up the values of queries at the same time.
    """
    from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder

    builder = ConditionExpressionBuilder()
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for argument, condition in arguments.items():
        if isinstance(condition, ConditionBase):
            built = builder.build_expression(condition, is_key_condition=argument == "KeyConditionExpression")
            texts[argument] = built.condition_expression
            names |= built.attribute_name_placeholders
            values |= built.attribute_value_placeholders
    return {**arguments, **texts, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}


@contextmanager
def _reaching() -> Iterator[None]:
    """Translates botocore's errors."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        response: Any = error.response
        reasons = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
        reasons.add(response["Error"]["Code"].removesuffix("Exception"))
        if "ConditionalCheckFailed" in reasons:
            raise ConditionFailed from error
        if "TransactionConflict" in reasons:
            raise WriteConflict from error
        raise LibraryUnavailable from error
    except BotoCoreError as error:
        raise LibraryUnavailable from error
