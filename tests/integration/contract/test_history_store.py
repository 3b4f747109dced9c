"""The contract of `port.HistoryStore`, on the fake and on every available DynamoDB."""

import json
import uuid
from dataclasses import replace

import pytest

from chalicelib.adapter.dynamodb_history import DynamoDbHistoryStore
from chalicelib.adapter.dynamodb_table import HISTORY, LIBRARY
from chalicelib.domain.error import LibraryUnavailable, UnknownCursor
from chalicelib.domain.job import Usage
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.record import JobRecord, Period
from chalicelib.domain.record_list import RecordFilter
from chalicelib.port.history_store import HistoryStore
from tests.backend import BACKENDS, UseBackend
from tests.clock import FakeClock
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.history_store import MemoryHistoryStore

#: How long records are kept, seconds.
KEEP_S = 100 * 86_400


@pytest.fixture(params=["memory", *BACKENDS])
def history(request: pytest.FixtureRequest, use_backend: UseBackend, clock: FakeClock) -> HistoryStore:
    def clock_s() -> float:
        return clock.now_ms() / 1000

    if request.param == "memory":
        return MemoryHistoryStore(MemoryDocumentStore(), KEEP_S, clock_s)
    use_backend(request.param, "dynamodb").queues()  # and the tables
    return DynamoDbHistoryStore(HISTORY.name, LIBRARY.name, KEEP_S, clock_s)


@pytest.fixture
def owner() -> str:
    return f"auth0|{uuid.uuid4()}"


def record(owner: str, ended_at: int, **changed: object) -> JobRecord:
    made = JobRecord(
        id=str(uuid.uuid4()),
        owner=owner,
        type="generate_relics",
        status=Status.COMPLETED,
        attempts=2,
        retry_of=str(uuid.uuid4()),
        usage=Usage(3, 1_000, 200, 1),
        cost_usd=0.000179,
        model="gpt-4o-mini",
        summary={"theme": "Nórdic ☃", "count": 3, "context": ["Low Tarn"]},
        made=[str(uuid.uuid4())],
        names=["The Borrowed Lantern"],
        created_at=ended_at - 5_000,
        started_at=ended_at - 4_000,
        ended_at=ended_at,
    )
    return replace(made, **changed)  # type: ignore[arg-type] # fields of JobRecord


async def listed(history: HistoryStore, owner: str, wanted: RecordFilter | None = None) -> list[JobRecord]:
    """All records of a list, page by page."""
    found: list[JobRecord] = []
    after: str | None = None
    while True:
        page, after = await history.page(owner, wanted or RecordFilter(), 3, after)
        found += page
        assert len(page) <= 3
        if after is None:
            return found


async def test_a_record_is_found_by_its_owner_and_its_job_until_it_expires(
    history: HistoryStore, owner: str, clock: FakeClock
) -> None:
    made = record(owner, clock.now_ms())
    await history.add(made)
    assert await history.find(owner, made.id) == made
    assert await history.find(f"{owner}-2", made.id) is None
    assert await history.find(owner, str(uuid.uuid4())) is None
    clock.advance(KEEP_S + 1)
    assert await history.find(owner, made.id) is None


async def test_a_record_reads_back_as_it_was(history: HistoryStore, owner: str, clock: FakeClock) -> None:
    added = record(owner, clock.now_ms())
    assert await history.add(added)
    (found,) = await listed(history, owner)
    assert found == added
    assert json.dumps(found.summary) == json.dumps(added.summary)


async def test_a_record_may_lack_everything_that_is_optional(
    history: HistoryStore, owner: str, clock: FakeClock
) -> None:
    bare = JobRecord(
        id=str(uuid.uuid4()),
        owner=owner,
        type="gone",
        status=Status.FAILED,
        error_code="job_lost",
        created_at=1,
        ended_at=clock.now_ms(),
    )
    await history.add(bare)
    assert [replace(found, made=(), names=()) for found in await listed(history, owner)] == [bare]


async def test_a_job_has_one_record(history: HistoryStore, owner: str, clock: FakeClock) -> None:
    """A job may be archived twice, and a message about a lost job may be late."""
    first = record(owner, clock.now_ms())
    assert await history.add(first)
    assert not await history.add(replace(first, status=Status.FAILED, ended_at=first.ended_at + 1))
    assert await listed(history, owner) == [first]


async def test_records_are_listed_by_their_end_and_only_to_their_owner(
    history: HistoryStore, owner: str, clock: FakeClock
) -> None:
    records = [record(owner, clock.now_ms() + n) for n in (3, 1, 4, 2, 5)]
    for each in (*records, record(f"{owner}2", clock.now_ms())):
        await history.add(each)
    assert await listed(history, owner) == sorted(records, key=lambda each: -each.ended_at)


async def test_records_that_ended_at_the_same_time_are_all_listed(
    history: HistoryStore, owner: str, clock: FakeClock
) -> None:
    records = [record(owner, clock.now_ms()) for _ in range(7)]
    for each in records:
        await history.add(each)
    assert sorted(found.id for found in await listed(history, owner)) == sorted(each.id for each in records)


@pytest.mark.parametrize("count", [3, 6])
async def test_a_full_last_page_is_the_last(history: HistoryStore, owner: str, clock: FakeClock, count: int) -> None:
    for n in range(count):
        await history.add(record(owner, clock.now_ms() + n))
    after: str | None = None
    for _ in range(count // 3):
        page, after = await history.page(owner, RecordFilter(), 3, after)
        assert len(page) == 3
    assert after is None


async def test_a_list_can_be_filtered(history: HistoryStore, owner: str, clock: FakeClock) -> None:
    now = clock.now_ms()
    failed = record(owner, now, status=Status.FAILED, error_code="refused")
    world = record(owner, now + 1, type="create_world")
    for each in (failed, world):
        await history.add(each)
    for wanted, found in (
        (RecordFilter(status=Status.FAILED), [failed]),
        (RecordFilter(type_name="create_world"), [world]),
        (RecordFilter(status=Status.FAILED, type_name="create_world"), []),
        (RecordFilter(period=Period(start=now, end=now + 1)), [failed]),
        (RecordFilter(period=Period(start=now + 1, end=now + 2)), [world]),
        (RecordFilter(period=Period(start=now, end=now + 2)), [world, failed]),
        (RecordFilter(period=Period(start=0, end=now)), []),
    ):
        assert await listed(history, owner, wanted) == found


async def test_a_rare_record_is_found_behind_many_others(history: HistoryStore, owner: str, clock: FakeClock) -> None:
    """A page reads a bounded number of records, so an empty page may be followed by another."""
    rare = record(owner, clock.now_ms(), status=Status.CANCELLED)
    await history.add(rare)
    for n in range(700):
        await history.add(record(owner, clock.now_ms() + 1 + n))
    assert await listed(history, owner, RecordFilter(status=Status.CANCELLED)) == [rare]


async def test_a_page_continues_where_the_last_one_ended_even_if_records_were_added(
    history: HistoryStore, owner: str, clock: FakeClock
) -> None:
    records = [record(owner, clock.now_ms() + n) for n in range(4)]
    for each in records:
        await history.add(each)
    first, after = await history.page(owner, RecordFilter(), 2)
    await history.add(record(owner, clock.now_ms() + 100))
    rest, end = await history.page(owner, RecordFilter(), 5, after)
    assert first + rest == list(reversed(records))
    assert end is None


async def test_a_cursor_of_another_list_is_refused(history: HistoryStore, owner: str, clock: FakeClock) -> None:
    for n in range(3):
        await history.add(record(owner, clock.now_ms() + n))
    _, after = await history.page(owner, RecordFilter(), 2)
    assert after is not None
    for wanted, cursor in (
        (RecordFilter(status=Status.FAILED), after),
        (RecordFilter(), "rubbish"),
        (RecordFilter(), after[:-4]),
        (RecordFilter(), ""),
    ):
        with pytest.raises(UnknownCursor):
            await history.page(owner, wanted, 2, cursor)


async def test_another_owners_cursor_shows_nothing_of_that_owner(
    history: HistoryStore, owner: str, clock: FakeClock
) -> None:
    for n in range(3):
        await history.add(record("somebody", clock.now_ms() + n))
    mine = record(owner, clock.now_ms() - 5)
    await history.add(mine)
    _, after = await history.page("somebody", RecordFilter(), 2)
    assert await history.page(owner, RecordFilter(), 5, after) == ([mine], None)


async def test_sums_read_every_record_of_the_period(history: HistoryStore, owner: str, clock: FakeClock) -> None:
    """There are more records than one answer of DynamoDB can hold (1 MB)."""
    now = clock.now_ms()
    long = {"premise": "x" * 20_000}
    records = [record(owner, now + n, summary=long) for n in range(120)]
    for each in (*records, record(owner, now + 500), record(f"{owner}2", now)):
        await history.add(each)
    found = await history.all_of(owner, Period(start=now, end=now + 500))
    assert sorted((each.id, each.type, each.status, each.usage, each.cost_usd, each.ended_at) for each in found) == (
        sorted((each.id, each.type, each.status, each.usage, each.cost_usd, each.ended_at) for each in records)
    )
    assert {(len(each.summary), len(each.made), len(each.names)) for each in found} == {(0, 0, 0)}


async def test_a_record_that_has_expired_is_no_longer_shown(
    history: HistoryStore, owner: str, clock: FakeClock
) -> None:
    """DynamoDB deletes it hours or days later."""
    old, young = record(owner, clock.now_ms()), record(owner, clock.now_ms() + 60_000)
    for each in (old, young):
        await history.add(each)
    clock.advance(KEEP_S + 30)
    assert await listed(history, owner) == [young]
    period = Period(start=old.ended_at, end=young.ended_at + 1)
    assert [each.id for each in await history.all_of(owner, period)] == [young.id]


async def test_a_missing_table_is_unavailable(aws: object, clock: FakeClock) -> None:
    missing = DynamoDbHistoryStore("no-such-table", "no-such-table", KEEP_S)
    with pytest.raises(LibraryUnavailable):
        await missing.add(record("alice", clock.now_ms()))
    with pytest.raises(LibraryUnavailable):
        await missing.page("alice", RecordFilter(), 3)
    with pytest.raises(LibraryUnavailable):
        await missing.all_of("alice", Period(start=0, end=1))
