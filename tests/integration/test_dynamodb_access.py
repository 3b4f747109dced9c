"""What the access to DynamoDB sends, and how it translates errors that no emulator gives on demand."""

from collections.abc import Callable
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr, BeginsWith, Key
from boto3.dynamodb.types import TypeSerializer

from chalicelib.adapter import dynamodb_item as codec
from chalicelib.adapter.dynamodb_access import DynamoDbAccess
from chalicelib.adapter.dynamodb_documents import DynamoDbDocumentStore
from chalicelib.adapter.dynamodb_history import DynamoDbHistoryStore
from chalicelib.domain.document import Shelf
from chalicelib.domain.error import LibraryUnavailable
from tests.integration.scripted_dynamodb import ScriptedDynamoDb
from tests.unit.chalicelib.kept import piece
from tests.unit.chalicelib.test_record import record


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without these variables, boto3 would look for credentials on the network."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")


class Interrupted(BeginsWith):
    """A condition during which another thread gets its turn."""

    def __init__(self, name: str, value: str, other: Callable[[], object]) -> None:
        super().__init__(Key(name), value)
        self._other = other

    def __deepcopy__(self, _memo: object) -> "Interrupted":
        return self

    def get_expression(self) -> Any:
        self._other()
        return super().get_expression()


def test_a_query_is_not_mixed_up_with_one_that_another_thread_makes_meanwhile() -> None:
    """boto3 has one builder of expressions for all threads; the second query would restart its numbers."""
    access = DynamoDbAccess("library")
    aws = ScriptedDynamoDb(access, [{"Items": []}])
    access.query(
        KeyConditionExpression=Key("shelf").eq("pieces#alice")
        & Interrupted("id", "a", lambda: access.query(KeyConditionExpression=Key("shelf").eq("pieces#bob"))),
        FilterExpression=Attr("kind").eq("relic"),
    )
    (_, interrupting), (_, sent) = aws.requests
    assert interrupting["ExpressionAttributeValues"] == {":v0": {"S": "pieces#bob"}}
    assert sorted(sent["ExpressionAttributeNames"].values()) == ["id", "kind", "shelf"]
    assert sorted(value["S"] for value in sent["ExpressionAttributeValues"].values()) == ["a", "pieces#alice", "relic"]


async def test_a_piece_that_is_being_changed_is_not_added_again() -> None:
    """A retry adds the pieces of the first job again. DynamoDB refuses that during a transaction of the same item."""
    store = DynamoDbDocumentStore("library")
    kept = {"Item": wire(codec.item(piece(), kept=[]))}
    refused = ["TransactionConflictException", "TransactionConflictException", "ConditionalCheckFailedException"]
    aws = ScriptedDynamoDb(store._access, [*refused, kept])
    assert await store.add(piece(name="Another text")) == piece()
    assert [operation for operation, _ in aws.requests] == ["PutItem"] * 3 + ["GetItem"]


async def test_a_refused_transaction_is_repeated_without_the_pieces_that_are_there() -> None:
    """DynamoDB may name only some of the writes whose conditions did not hold."""
    history = DynamoDbHistoryStore("history", "library", keep_s=1)
    has_a, conflict = refused("None", "ConditionalCheckFailed", "None"), refused("TransactionConflict", "None")
    has_b = refused("None", "ConditionalCheckFailed")
    aws = ScriptedDynamoDb(history._access, [has_a, conflict, has_a, has_b, {}])
    assert await history.add(record(), [piece("a"), piece("b")])
    sent = [
        [write["Put"]["Item"].get("id", {}).get("S") for write in body["TransactItems"]] for _, body in aws.requests
    ]
    assert sent == [[None, "a", "b"], [None, "b"], [None, "a", "b"], [None, "b"], [None]]


async def test_a_throttled_transaction_is_repeated() -> None:
    """botocore repeats other throttled requests, but no transaction."""
    history = DynamoDbHistoryStore("history", "library", keep_s=1)
    aws = ScriptedDynamoDb(history._access, [refused("ThrottlingError"), refused("ProvisionedThroughputExceeded"), {}])
    assert await history.add(record())
    assert len(aws.requests) == 3


async def test_a_refusal_that_names_no_write_is_an_outage() -> None:
    history = DynamoDbHistoryStore("history", "library", keep_s=1)
    ScriptedDynamoDb(history._access, ["ConditionalCheckFailedException"])
    with pytest.raises(LibraryUnavailable):
        await history.add(record())


async def test_a_change_that_always_conflicts_gives_up() -> None:
    store = DynamoDbDocumentStore("library")
    aws = ScriptedDynamoDb(store._access, ["TransactionConflictException"])
    with pytest.raises(LibraryUnavailable):
        await store.add(piece())
    assert 1 < len(aws.requests) < 10


async def test_counting_reads_no_more_than_it_must() -> None:
    """Jobs may have written any number of pieces, and each `POST /pieces` counts them."""
    store = DynamoDbDocumentStore("library")
    page = {"Count": 7_000, "LastEvaluatedKey": {"shelf": {"S": "pieces#alice"}, "id": {"S": "x"}}}
    aws = ScriptedDynamoDb(store._access, [page, page, {"Count": 1}])
    assert await store.count("alice", Shelf.PIECES, at_most=5_000) == 5_000
    assert len(aws.requests) == 1


def wire(item: dict[str, Any]) -> dict[str, Any]:
    return {name: TypeSerializer().serialize(value) for name, value in item.items()}


def refused(*codes: str) -> dict[str, Any]:
    """The answer to a transaction, with a code for each of its writes."""
    error = {"Code": "TransactionCanceledException", "Message": "scripted"}
    return {"Error": error, "CancellationReasons": [{"Code": code} for code in codes]}
