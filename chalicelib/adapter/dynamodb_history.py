"""Records of ended jobs in DynamoDB, in the table `dynamodb_table.HISTORY`.

A record and the pieces that its job has made are written in one transaction.

The owner is the partition key, so a reader never sees another owner's records. DynamoDB deletes a record some time
after it has expired; until then, readers skip it.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from chalicelib.adapter import dynamodb_item
from chalicelib.adapter.dynamodb_access import ConditionFailed, DynamoDbAccess, repeated
from chalicelib.adapter.dynamodb_table import BY_ENDED, EXPIRES_AT, HISTORY, LIBRARY
from chalicelib.domain import position
from chalicelib.domain.document import Document
from chalicelib.domain.error import LibraryUnavailable
from chalicelib.domain.job import Usage
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.position import Position
from chalicelib.domain.record import JobRecord, Period
from chalicelib.domain.record_list import RecordFilter, ended_key
from foundation.json_value import Json

#: How many records one query of a filtered page reads, and how many queries a page makes at most.
_READ_AT_ONCE = 100
_MOST_QUERIES = 5
#: What sums need. None of these is a reserved word of DynamoDB.
_SUMMED = (
    "job_id, job_type, job_status, llm_calls, prompt_tokens, completion_tokens, unusable_answers, cost_usd, "
    "created_at, ended_at"
)


class DynamoDbHistoryStore:
    """`port.HistoryStore` on the tables of the history and of the library."""

    def __init__(
        self, table_name: str, library_table: str, keep_s: int, clock: Callable[[], float] = time.time
    ) -> None:
        """`keep_s`: how long a record is kept after its job has ended. `clock` returns seconds since 1970."""
        self._access = DynamoDbAccess(table_name, clock)
        self._library = DynamoDbAccess(library_table, clock)
        self._keep_s = keep_s

    async def add(self, record: JobRecord, pieces: Sequence[Document] = ()) -> bool:
        return await repeated(lambda: self._add(record, pieces))

    async def find(self, owner: str, job_id: str) -> JobRecord | None:
        item = await asyncio.to_thread(self._access.get, {"owner": owner, "job_id": job_id})
        return None if item is None else _record(owner, item)

    async def page(
        self, owner: str, wanted: RecordFilter, limit: int, after: str | None = None
    ) -> tuple[list[JobRecord], str | None]:
        listed = repr(wanted)
        start = None if after is None else position.decode(listed, after)
        records, end = await asyncio.to_thread(self._page, owner, wanted, limit, start)
        return records, None if end is None else position.encode(listed, end)

    async def all_of(self, owner: str, period: Period) -> list[JobRecord]:
        return await asyncio.to_thread(self._all_of, owner, period)

    def _add(self, record: JobRecord, pieces: Sequence[Document]) -> bool:
        item = _item(record) | {EXPIRES_AT: record.ended_at // 1000 + self._keep_s}
        record_write = self._access.addition(item, HISTORY.sort_key)
        documents = [dynamodb_item.item(piece, kept=[]) for piece in pieces]
        writes = [record_write, *(self._library.addition(document, LIBRARY.sort_key) for document in documents)]
        while writes:
            try:
                self._access.write_together(writes)
                break
            except ConditionFailed as failed:
                if not failed.positions:
                    raise LibraryUnavailable from failed
                writes = [write for index, write in enumerate(writes) if index not in failed.positions]
        return any(write is record_write for write in writes)

    def _page(
        self, owner: str, wanted: RecordFilter, limit: int, start: Position | None
    ) -> tuple[list[JobRecord], Position | None]:
        """Read one record more than the page needs, to know whether another page follows."""
        at_once = _READ_AT_ONCE if wanted.status or wanted.type_name else limit + 1
        found: list[JobRecord] = []
        for queries, answer in enumerate(self._answers(owner, wanted, start, Limit=at_once), 1):
            found += [_record(owner, item) for item in answer["Items"]]
            if len(found) > limit:
                return found[:limit], Position(ended_key(found[limit - 1]), found[limit - 1].id)
            if queries == _MOST_QUERIES and (last := answer.get("LastEvaluatedKey")):
                return found, Position(last[BY_ENDED.sort_key], last["job_id"])
        return found, None

    def _all_of(self, owner: str, period: Period) -> list[JobRecord]:
        answers = self._answers(owner, RecordFilter(period=period), None, ProjectionExpression=_SUMMED)
        return [_record(owner, item) for answer in answers for item in answer["Items"]]

    def _answers(
        self, owner: str, wanted: RecordFilter, start: Position | None, **options: Any
    ) -> Iterator[Mapping[str, Any]]:
        """The answers of as many queries as the caller consumes, the latest end first."""
        query = options | self._query(owner, wanted)
        if start is not None:
            query["ExclusiveStartKey"] = {
                "owner": owner,
                "job_id": start.item_id,
                BY_ENDED.sort_key: start.sort_key,
            }
        while True:
            answer = self._access.query(**query)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _query(self, owner: str, wanted: RecordFilter) -> dict[str, Any]:
        from boto3.dynamodb.conditions import Attr, ConditionBase, Key

        key: ConditionBase = Key("owner").eq(owner)
        if wanted.period is not None:
            # Every key has more text after its time, so jobs that ended exactly at the end of the period are excluded.
            key &= Key(BY_ENDED.sort_key).between(f"{wanted.period.start:013d}", f"{wanted.period.end:013d}")
        shown: ConditionBase = Attr(EXPIRES_AT).gt(self._access.now_s)
        if wanted.status is not None:
            shown &= Attr("job_status").eq(wanted.status.value)
        if wanted.type_name is not None:
            shown &= Attr("job_type").eq(wanted.type_name)
        return {
            "IndexName": BY_ENDED.name,
            "KeyConditionExpression": key,
            "FilterExpression": shown,
            "ScanIndexForward": False,
        }


def _item(record: JobRecord) -> dict[str, Any]:
    """Leaves out fields without a value. The cost is text, because boto3 does not accept floats."""
    fields = {
        "owner": record.owner,
        "job_id": record.id,
        BY_ENDED.sort_key: ended_key(record),
        "job_type": record.type,
        "job_status": record.status.value,
        "error_code": record.error_code,
        "attempts": record.attempts,
        "retry_of": record.retry_of,
        **asdict(record.usage),
        "cost_usd": None if record.cost_usd is None else repr(record.cost_usd),
        "model": record.model,
        "summary": _json(record.summary),
        "made": _json(list(record.made)),
        "names": _json(list(record.names)),
        "created_at": record.created_at,
        "started_at": record.started_at,
        "ended_at": record.ended_at,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _record(owner: str, item: Mapping[str, Any]) -> JobRecord:
    """The record in an item. The item may lack the fields that sums do not need."""
    started_at = item.get("started_at")
    return JobRecord(
        id=item["job_id"],
        owner=owner,
        type=item["job_type"],
        status=Status(item["job_status"]),
        error_code=item.get("error_code"),
        attempts=int(item.get("attempts", 0)),
        retry_of=item.get("retry_of"),
        usage=Usage(*(int(item[name]) for name in Usage.__dataclass_fields__)),
        cost_usd=float(item["cost_usd"]) if "cost_usd" in item else None,
        model=item.get("model"),
        summary=json.loads(item.get("summary", "{}")),
        made=json.loads(item.get("made", "[]")),
        names=json.loads(item.get("names", "[]")),
        created_at=int(item["created_at"]),
        started_at=None if started_at is None else int(started_at),
        ended_at=int(item["ended_at"]),
    )


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
