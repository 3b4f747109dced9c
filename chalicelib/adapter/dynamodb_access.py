"""Access to one DynamoDB table. Loads boto3 on first use."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.adapter.aws import client_config
from chalicelib.domain.error import LibraryUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class ConditionFailed(Exception):
    """A write was refused because of its condition, and changed nothing."""


class WriteConflict(Exception):
    """Another write of the same items was under way, and this one changed nothing."""


class DynamoDbAccess:
    """The calls to one table. Each may raise `LibraryUnavailable`."""

    def __init__(self, table_name: str) -> None:
        self.table_name = table_name

    @cached_property
    def table(self) -> "Table":
        import boto3

        return boto3.resource("dynamodb", config=client_config()).Table(self.table_name)

    def get(self, key: dict[str, Any]) -> dict[str, Any] | None:
        """The item as every earlier write left it; None if there is none."""
        with _reaching():
            return self.table.get_item(Key=key, ConsistentRead=True).get("Item")

    def put(self, item: dict[str, Any], condition: str, values: dict[str, Any] | None = None) -> None:
        """Raises `ConditionFailed`."""
        given: Any = {"ExpressionAttributeValues": values} if values else {}
        with _reaching():
            self.table.put_item(Item=item, ConditionExpression=condition, **given)

    def query(self, **arguments: Any) -> Any:
        """One page of a query."""
        with _reaching():
            return self.table.query(ConsistentRead=True, **arguments)

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


@contextmanager
def _reaching() -> Iterator[None]:
    """Translates botocore's errors."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        response: Any = error.response
        reasons = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
        if "ConditionalCheckFailed" in reasons or response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise ConditionFailed from error
        if "TransactionConflict" in reasons:
            raise WriteConflict from error
        raise LibraryUnavailable from error
    except BotoCoreError as error:
        raise LibraryUnavailable from error
