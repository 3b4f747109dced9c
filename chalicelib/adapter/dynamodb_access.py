"""Access to one DynamoDB table. Loads boto3 on first use."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.adapter.aws import client_config
from chalicelib.adapter.dynamodb_table import EXPIRES_AT
from chalicelib.domain.error import LibraryUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


T = TypeVar("T")

#: How many times a write is tried if DynamoDB cannot take it now, and the first pause, seconds. Each pause is twice as
#: long as the one before.
_MOST_TRIES = 5
_PAUSE_S = 0.02
#: The key of the code for the whole request. The writes of a transaction have 0, 1, 2, ...
_WHOLE = -1
#: Reasons of DynamoDB to refuse a transaction for now. botocore does not repeat it (API reference, TransactWriteItems).
_NOT_NOW = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class ConditionFailed(Exception):
    """A write was refused because its condition did not hold. It changed nothing.

    `positions`: the positions, from 0, of the writes whose conditions did not hold. Empty for a single write.
    """

    def __init__(self, positions: frozenset[int]) -> None:
        super().__init__()
        self.positions = positions


class NotNow(Exception):
    """The write changed nothing: another write of the same items is in progress, or there are too many writes."""


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
        """The item, with all earlier writes; None if it does not exist or has expired."""
        with _reaching():
            found = self.table.get_item(Key=key, ConsistentRead=True).get("Item")
        return found if found is not None and self.is_current(found) else None

    def is_current(self, item: dict[str, Any]) -> bool:
        """Whether the item has not expired. DynamoDB deletes expired items days later."""
        return EXPIRES_AT not in item or int(item[EXPIRES_AT]) > self.now_s

    def add(self, item: dict[str, Any], sort_key: str) -> None:
        """Raises `ConditionFailed` if an item with this key exists and has not expired; `NotNow`."""
        with _reaching():
            self.table.put_item(**self._addition(item, sort_key))

    def addition(self, item: dict[str, Any], sort_key: str) -> dict[str, Any]:
        """What `add` writes, as an entry for `write_together`."""
        return {"Put": {"TableName": self.table_name, **self._addition(item, sort_key)}}

    def query(self, **arguments: Any) -> Any:
        """One page of a query."""
        with _reaching():
            return self.table.query(ConsistentRead=True, **_with_texts(arguments))

    def write_together(self, writes: Sequence[dict[str, Any]]) -> None:
        """All of these writes, or none. Raises `ConditionFailed`, `NotNow`.

        A write is an entry of `TransactItems`. If it names no table, it goes to this one. botocore repeats a
        transaction with the same token, so a transaction whose answer was lost is not applied twice (API reference,
        ClientRequestToken).
        """
        named: Any = [
            {action: {"TableName": self.table_name, **arguments} for action, arguments in write.items()}
            for write in writes
        ]
        with _reaching():
            self.table.meta.client.transact_write_items(TransactItems=named)

    def _addition(self, item: dict[str, Any], sort_key: str) -> dict[str, Any]:
        return {
            "Item": item,
            "ConditionExpression": f"attribute_not_exists({sort_key}) OR {EXPIRES_AT} <= :now",
            "ExpressionAttributeValues": {":now": self.now_s},
        }


async def repeated(write: Callable[[], T]) -> T:
    """Try again while DynamoDB cannot take the write. Raises `LibraryUnavailable` after too many tries."""
    for tries in range(_MOST_TRIES):
        try:
            return await asyncio.to_thread(write)
        except NotNow:
            await asyncio.sleep(_PAUSE_S * 2**tries * random.uniform(0.5, 1))  # noqa: S311 # no secret
    raise LibraryUnavailable


def _with_texts(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with their conditions as text.

    boto3 does this with one builder for all threads, which mixes up the values of simultaneous queries.
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
        reasons = _reasons(error.response)
        if "ConditionalCheckFailed" in reasons.values():
            failed = {position for position, code in reasons.items() if code == "ConditionalCheckFailed"}
            raise ConditionFailed(frozenset(failed - {_WHOLE})) from error
        if not _NOT_NOW.isdisjoint(reasons.values()):
            raise NotNow from error
        raise LibraryUnavailable from error
    except BotoCoreError as error:
        raise LibraryUnavailable from error


def _reasons(response: Mapping[str, Any]) -> dict[int, str]:
    """Why a request was refused: a code for each write of a transaction, and one for the whole request."""
    reasons = dict(enumerate(reason.get("Code", "None") for reason in response.get("CancellationReasons", [])))
    return reasons | {_WHOLE: response["Error"]["Code"].removesuffix("Exception")}
