"""The contract of `port.HistoryStore.add` with pieces, on the fakes and on every available DynamoDB."""

import asyncio
import uuid
from dataclasses import dataclass, replace

import pytest

from chalicelib.adapter.dynamodb_documents import DynamoDbDocumentStore
from chalicelib.adapter.dynamodb_history import DynamoDbHistoryStore
from chalicelib.adapter.dynamodb_table import HISTORY, LIBRARY
from chalicelib.domain.document import TRASH_S, Document, Search, Shelf
from chalicelib.domain.error import LibraryUnavailable
from chalicelib.domain.record import JobRecord
from chalicelib.domain.record_list import RecordFilter
from chalicelib.port.document_store import DocumentStore
from chalicelib.port.history_store import HistoryStore
from tests.backend import BACKENDS, UseBackend
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.history_store import MemoryHistoryStore
from tests.integration.contract.stored_document import NOW_MS, PERSON, Clock, edited, piece
from tests.integration.contract.test_history_store import KEEP_S, record


@dataclass(frozen=True, slots=True)
class Stores:
    history: HistoryStore
    library: DocumentStore
    clock: Clock
    owner: str

    async def pieces(self) -> dict[str, Document]:
        """The owner's pieces by name."""
        found, _ = await self.library.page(self.owner, Search(shelf=Shelf.PIECES), 100)
        return {document.name: document for document in found}

    async def records(self) -> list[JobRecord]:
        found, _ = await self.history.page(self.owner, RecordFilter(), 100)
        return found


@pytest.fixture(params=["memory", *BACKENDS])
def stores(request: pytest.FixtureRequest, use_backend: UseBackend) -> Stores:
    clock, owner = Clock(), str(uuid.uuid4())
    if request.param == "memory":
        library = MemoryDocumentStore(clock)
        return Stores(MemoryHistoryStore(library, KEEP_S, clock), library, clock, owner)
    use_backend(request.param, "dynamodb").queues()  # and the tables
    history = DynamoDbHistoryStore(HISTORY.name, LIBRARY.name, KEEP_S, clock)
    return Stores(history, DynamoDbDocumentStore(LIBRARY.name, clock), clock, owner)


async def test_a_record_is_stored_with_the_pieces_of_its_job(stores: Stores) -> None:
    made = [piece(owner=stores.owner, name=name, marks={"tags": [], "canon": False}) for name in ("Ada", "Bran")]
    kept = record(stores.owner, NOW_MS)
    assert await stores.history.add(kept, made)
    assert await stores.records() == [kept]
    assert await stores.pieces() == {"Ada": made[0], "Bran": made[1]}


async def test_a_piece_that_the_library_has_stays_as_it_is(stores: Stores) -> None:
    """A retry delivers the first job's pieces again. Someone may have edited them since, or moved them to the trash."""
    mine, gone, new = (piece(owner=stores.owner, name=name) for name in ("Ada", "Bran", "Cyr"))
    await stores.history.add(record(stores.owner, NOW_MS), [mine, gone])
    now_mine, now_gone = edited(mine, name="Mine"), gone.moved(NOW_MS, NOW_MS)
    await stores.library.replace(mine, now_mine)
    await stores.library.replace(gone, now_gone)
    assert await stores.history.add(record(stores.owner, NOW_MS), [mine, new, gone])
    assert await stores.pieces() == {"Mine": now_mine, "Cyr": new}
    assert await stores.library.versions(now_mine) == [mine]
    assert await stores.library.read(Shelf.PIECES, stores.owner, gone.id) == now_gone
    assert len(await stores.records()) == 2


async def test_a_piece_that_has_expired_in_the_trash_is_added(stores: Stores) -> None:
    first = piece(owner=stores.owner)
    await stores.library.add(first)
    await stores.library.replace(first, first.moved(NOW_MS, NOW_MS))
    stores.clock.ahead_s += TRASH_S + 1
    assert await stores.history.add(record(stores.owner, NOW_MS), [first])
    assert await stores.pieces() == {first.name: first}


async def test_a_job_that_ends_a_second_time_keeps_its_record_and_adds_its_new_pieces(stores: Stores) -> None:
    """Redis may lose the first end in a failover. The second end may have more pieces."""
    first, made = record(stores.owner, NOW_MS), [piece(owner=stores.owner, name=name) for name in ("Ada", "Bran")]
    assert await stores.history.add(first, made[:1])
    assert not await stores.history.add(replace(first, ended_at=NOW_MS + 1), made)
    assert await stores.records() == [first]
    assert await stores.pieces() == {"Ada": made[0], "Bran": made[1]}
    assert not await stores.history.add(first, made)


async def test_writers_of_the_same_job_store_it_once(stores: Stores) -> None:
    kept = record(stores.owner, NOW_MS)
    made = [piece(owner=stores.owner, name=str(number), author=PERSON) for number in range(3)]
    answers = await asyncio.gather(*(stores.history.add(kept, made) for _ in range(4)))
    assert sorted(answers) == [False, False, False, True]
    assert await stores.records() == [kept]
    assert set(await stores.pieces()) == {"0", "1", "2"}


async def test_without_the_library_nothing_is_stored(stores: Stores) -> None:
    if isinstance(stores.library, MemoryDocumentStore):
        stores.library.down = True
        history = stores.history
    else:
        history = DynamoDbHistoryStore(HISTORY.name, "no-such-table", KEEP_S)
    with pytest.raises(LibraryUnavailable):
        await history.add(record(stores.owner, NOW_MS), [piece(owner=stores.owner)])
    assert await stores.records() == []


@pytest.mark.parametrize("stores", BACKENDS, indirect=True)
async def test_if_one_piece_is_refused_nothing_is_stored(stores: Stores) -> None:
    """DynamoDB takes no item of more than 400 KB. The fake has no limit."""
    made = [piece(owner=stores.owner), piece(owner=stores.owner, details={"text": "x" * 500_000})]
    with pytest.raises(LibraryUnavailable):
        await stores.history.add(record(stores.owner, NOW_MS), made)
    assert (await stores.records(), await stores.pieces()) == ([], {})
