"""DynamoDB as AWS has it: requests do not see each other half done, and transactions can be repeated.

moto answers requests in several threads at once. For a transaction, it copies whole tables and, if a condition does not
hold, puts the copies back, and with them loses what other requests have written meanwhile. It also applies a repeated
transaction twice. For a query of an index, it looks at every item of the table, and copies all that it has found.
"""

import copy
import threading
from collections import OrderedDict
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import MultipleTransactionsException, TransactionCanceledException
from moto.dynamodb.models import DynamoDBBackend, table
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from local.stack.moto_server.journal import Journal

#: Repeated transactions are recognised by their token, as many as a client can repeat within seconds.
_MOST_TOKENS = 1_000
#: The position of this argument of `Table.query`.
_INDEX_NAME = 7
#: An item's place: its table and its key.
Place = tuple[str, str]


class _Once:
    """One request at a time, with the items that it has changed."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.changed: dict[Place, dict[str, Any]] = {}
        self.tokens: OrderedDict[str, None] = OrderedDict()
        #: The partition that a query of a local index asks for.
        self.partition: DynamoType | None = None


def improve(journal: Journal | None = None) -> None:
    """Changes moto for the whole process. With a journal, tables keep their items."""
    once = _Once()
    _one_at_a_time(once, journal)
    _note_changes(once)
    _transactions(once)
    _queries(once)
    if journal is not None:
        _restore(journal)


def _one_at_a_time(once: _Once, journal: Journal | None) -> None:
    call_action = DynamoHandler.call_action

    def called(self: DynamoHandler) -> Any:
        with once.lock:
            once.changed.clear()
            try:
                return call_action(self)
            finally:
                if journal is not None and once.changed:
                    backend = self.dynamodb_backend
                    journal.write(
                        (name, key, _attributes(backend.get_item(name, key))) for (name, _), key in once.changed.items()
                    )

    DynamoHandler.call_action = called  # type: ignore[method-assign]


def _attributes(item: Item | None) -> dict[str, Any] | None:
    return None if item is None else dict(item.to_json()["Attributes"])


def _note_changes(once: _Once) -> None:
    put_item, update_item, delete_item = (
        DynamoDBBackend.put_item,
        DynamoDBBackend.update_item,
        DynamoDBBackend.delete_item,
    )

    def note(backend: DynamoDBBackend, table_name: str, attributes: dict[str, Any]) -> None:
        key = _key(backend.get_table(table_name), attributes)
        once.changed[_place(table_name, key)] = key

    def put(self: DynamoDBBackend, table_name: str, item_attrs: dict[str, Any], *rest: Any, **named: Any) -> Any:
        note(self, table_name, item_attrs)
        return put_item(self, table_name, item_attrs, *rest, **named)

    def update(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **named: Any) -> Any:
        note(self, table_name, key)
        return update_item(self, table_name, key, *rest, **named)

    def delete(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **named: Any) -> Any:
        note(self, table_name, key)
        return delete_item(self, table_name, key, *rest, **named)

    DynamoDBBackend.put_item = put  # type: ignore[method-assign]
    DynamoDBBackend.update_item = update  # type: ignore[method-assign]
    DynamoDBBackend.delete_item = delete  # type: ignore[method-assign]


def _key(of: Table, attributes: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in (of.hash_key_attr, of.range_key_attr) if name is not None]
    return {name: attributes[name] for name in names if name in attributes}


def _place(table_name: str, key: dict[str, Any]) -> Place:
    return table_name, str(sorted(key.items()))


def _transactions(once: _Once) -> None:
    answer = DynamoHandler.transact_write_items

    def once_for_a_token(self: DynamoHandler) -> ActionResult:
        token = self.body.get("ClientRequestToken")
        if token in once.tokens:
            return ActionResult({})
        answered = answer(self)
        if token is not None:
            once.tokens[token] = None
            if len(once.tokens) > _MOST_TOKENS:
                once.tokens.popitem(last=False)
        return answered

    DynamoHandler.transact_write_items = once_for_a_token  # type: ignore[method-assign]
    DynamoDBBackend.transact_write_items = write_together  # type: ignore[method-assign]


def write_together(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """A method of moto's backend. All conditions are checked before anything is written."""
    writes = [_Write(self, *next(iter(write.items()))) for write in transact_items]
    if len({_place(write.table, write.key) for write in writes}) < len(writes):
        raise MultipleTransactionsException
    reasons = [write.refusal() for write in writes]
    if any(code for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
    try:
        for write in writes:
            write.apply()
    except Exception:
        for write in writes:
            write.undo()
        raise


class _Write:
    """One write of a transaction. `given` is as in the API's `TransactItems`."""

    def __init__(self, backend: DynamoDBBackend, action: str, given: dict[str, Any]) -> None:
        self._backend = backend
        self._action = action
        self._given = given
        self.table: str = given["TableName"]
        self.key = _key(backend.get_table(self.table), given.get("Item") or given["Key"])
        self._before = copy.deepcopy(backend.get_item(self.table, self.key))

    def refusal(self) -> tuple[str | None, str | None, None]:
        """Code and message if the condition does not hold."""
        names, values = self._given.get("ExpressionAttributeNames"), self._given.get("ExpressionAttributeValues")
        condition = self._given.get("ConditionExpression")
        if condition is None or get_filter_expression(condition, names, values).expr(self._before):
            return None, None, None
        return "ConditionalCheckFailed", "The conditional request failed", None

    def apply(self) -> None:
        match self._action:
            case "Put":
                self._backend.put_item(self.table, self._given["Item"])
            case "Delete":
                self._backend.delete_item(self.table, self.key)
            case "Update":
                self._backend.update_item(
                    self.table,
                    self.key,
                    self._given["UpdateExpression"],
                    expression_attribute_names=self._given.get("ExpressionAttributeNames") or {},
                    expression_attribute_values=self._given.get("ExpressionAttributeValues") or {},
                )

    def undo(self) -> None:
        attributes = _attributes(self._before)
        if attributes is None:
            self._backend.delete_item(self.table, self.key)
        else:
            self._backend.put_item(self.table, attributes)


def _queries(once: _Once) -> None:
    query, all_items = Table.query, Table.all_items

    def of_partition(self: Table, *given: Any, **named: Any) -> Any:
        conditions, index_name = named.get("hash_key_conditions"), given[_INDEX_NAME]
        is_local = any(index.name == index_name for index in self.indexes)
        with once.lock:
            once.partition = conditions[0][1] if conditions and is_local else None
            try:
                return query(self, *given, **named)
            finally:
                once.partition = None

    def items(self: Table) -> list[Item]:
        if once.partition is None:
            return all_items(self)
        return list(self.items.get(once.partition, {}).values())

    def sorted_items(
        self: Table, hash_key_attrs: list[str], range_key_attrs: list[str | None], items: list[Item]
    ) -> list[Item]:
        names = self._generate_attr_to_sort_by(hash_key_attrs, range_key_attrs)
        items.sort(key=lambda item: [item.attrs[name].cast_value for name in names])
        return items

    table.copy = _Copy  # type: ignore[attr-defined,assignment]
    Table.query = of_partition  # type: ignore[method-assign]
    Table.sorted_items = sorted_items  # type: ignore[method-assign]
    Table.all_items = items  # type: ignore[method-assign]


class _Copy:
    """Takes the place of the module `copy` in moto: an answer needs no items of its own."""

    copy = staticmethod(copy.copy)

    @staticmethod
    def deepcopy(value: Any) -> Any:
        are_items = isinstance(value, list) and all(isinstance(each, Item) for each in value)
        return list(value) if are_items else copy.deepcopy(value)


def _restore(journal: Journal) -> None:
    create_table = DynamoDBBackend.create_table

    def create(self: DynamoDBBackend, name: str, *rest: Any, **named: Any) -> Table:
        made = create_table(self, name, *rest, **named)
        for attributes in journal.saved(name):
            made.put_item(attributes)
        return made

    DynamoDBBackend.create_table = create  # type: ignore[method-assign]
