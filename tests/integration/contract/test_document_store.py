"""The contract of `port.DocumentStore`, on the fake and on every available DynamoDB: documents and their versions."""

import asyncio
import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapter.dynamodb_documents import DynamoDbDocumentStore
from chalicelib.domain.document import KEPT_VERSIONS, Author, Document, Share, Shelf
from chalicelib.domain.editing import MAX_DOCUMENT_BYTES
from chalicelib.domain.error import LibraryUnavailable, StaleVersion
from chalicelib.port.document_store import DocumentStore
from tests.integration.contract.stored_document import NOW_MS, Library, edited, piece, world

PERSON = Author()


async def test_a_document_reads_back_as_it_was(library: Library) -> None:
    """Numbers stay numbers, paragraphs stay paragraphs, and names keep their order."""
    details = {
        "stats": {"health": 80, "luck": -0.5},
        "weight": 1.0,
        "none": None,
        "big": 2**53,
        "list": [1, "zwei", True],
    }
    origin = Author(job_id=str(uuid.uuid4()), root_id=str(uuid.uuid4()), model="m", prompt_version=3)
    saved = piece(details=details, origin=origin, author=origin, marks={"tags": ["Ünder"], "favourite": True})
    assert await library.store.add(saved) == saved
    found = await library.store.read(Shelf.PIECES, saved.owner, saved.id)
    assert found == saved
    assert json.dumps(found.content) == json.dumps(saved.content)


async def test_a_second_document_with_the_same_id_changes_nothing(library: Library) -> None:
    """A second delivery gets another text from the LLM. It must neither duplicate nor change the document."""
    first = await library.store.add(piece())
    second = await library.store.add(edited(first, name="Something else"))
    assert second == first
    assert await library.store.read(Shelf.PIECES, first.owner, first.id) == first


async def test_a_document_in_the_trash_is_not_added_again(library: Library) -> None:
    """A job that is delivered again must not bring back what its owner deleted."""
    first = await library.store.add(piece())
    deleted = first.moved(NOW_MS, NOW_MS)
    await library.store.replace(first, deleted)
    assert await library.store.add(first) == deleted


async def test_a_document_is_found_only_by_its_owner_and_on_its_shelf(library: Library) -> None:
    saved = await library.store.add(piece())
    assert await library.store.read(Shelf.PIECES, "somebody-else", saved.id) is None
    assert await library.store.read(Shelf.WORLDS, saved.owner, saved.id) is None
    assert await library.store.read(Shelf.PIECES, saved.owner, str(uuid.uuid4())) is None


@pytest.mark.parametrize("name", ["a#b", "pieces#alice", "share", "♥", "x" * 1_000])
async def test_any_owner_has_a_library_of_its_own(library: Library, name: str) -> None:
    """An owner is whatever the issuer of the tokens puts into `sub`."""
    owner = f"{uuid.uuid4()}{name}"
    saved = await library.store.add(piece(owner=owner))
    assert await library.store.read(Shelf.PIECES, owner, saved.id) == saved


async def test_a_change_keeps_the_version_before(library: Library) -> None:
    first = await library.store.add(piece())
    second = edited(first, name="Second")
    await library.store.replace(first, second)
    assert await library.store.read(Shelf.PIECES, first.owner, first.id) == second
    assert await library.store.versions(second) == [first]


async def test_a_change_of_marks_keeps_no_version(library: Library) -> None:
    first = await library.store.add(piece())
    second = first.with_marks({"favourite": True}, NOW_MS + 1)
    await library.store.replace(first, second)
    assert await library.store.read(Shelf.PIECES, first.owner, first.id) == second
    assert await library.store.versions(second) == []


async def test_of_two_writers_at_once_one_learns_that_it_is_late(library: Library) -> None:
    """Nothing is lost: the late one gets what the other has written."""
    first = await library.store.add(piece())
    changes = [edited(first, name=f"By writer {number}") for number in range(4)]
    results = await asyncio.gather(
        *(library.store.replace(first, change) for change in changes), return_exceptions=True
    )
    (won,) = [change for change, result in zip(changes, results, strict=True) if result is None]
    late = [result for result in results if result is not None]
    assert all(isinstance(result, StaleVersion) and result.current == won for result in late)
    assert await library.store.read(Shelf.PIECES, first.owner, first.id) == won
    assert await library.store.versions(won) == [first]


async def test_a_change_of_an_old_version_is_refused(library: Library) -> None:
    first = await library.store.add(piece())
    second = edited(first, name="Second")
    await library.store.replace(first, second)
    with pytest.raises(StaleVersion) as refused:
        await library.store.replace(first, edited(first, name="Late"))
    assert refused.value.current == second
    assert await library.store.versions(second) == [first]


async def test_a_change_of_a_document_that_is_gone_is_refused(library: Library) -> None:
    gone = piece()
    with pytest.raises(StaleVersion) as refused:
        await library.store.replace(gone, edited(gone, name="Late"))
    assert refused.value.current is None
    assert await library.store.read(Shelf.PIECES, gone.owner, gone.id) is None


async def test_the_oldest_version_beyond_the_limit_goes(library: Library) -> None:
    current = await library.store.add(piece())
    for number in range(KEPT_VERSIONS + 2):
        new = edited(current, name=f"Number {number}")
        await library.store.replace(current, new)
        current = new
    kept = await library.store.versions(current)
    assert [version.version for version in kept] == list(range(current.version - 1, 2, -1))
    assert len(kept) == KEPT_VERSIONS
    assert kept[0].name == f"Number {KEPT_VERSIONS}"


async def test_versions_of_one_document_are_not_those_of_another(library: Library) -> None:
    """All of an owner's documents are in one partition."""
    owner = str(uuid.uuid4())
    first = await library.store.add(piece(owner=owner))
    other = await library.store.add(piece(owner=owner))
    await library.store.replace(first, edited(first, name="New"))
    assert await library.store.versions(other) == []


async def test_a_document_as_large_as_permitted_can_be_kept_changed_and_deleted(library: Library) -> None:
    """DynamoDB limits an item to 400 KB, and a transaction to 4 MB."""
    texts = [f"{number} " + "漢" * (MAX_DOCUMENT_BYTES // 3 - 200) for number in range(KEPT_VERSIONS + 2)]
    current = await library.store.add(world(story=texts[0]))
    for text in texts[1:]:
        new = current.with_content({**current.content, "story": text}, PERSON, NOW_MS)
        await library.store.replace(current, new)
        current = new
    deleted = current.moved(NOW_MS, NOW_MS)
    await library.store.replace(current, deleted)
    assert await library.store.read(Shelf.WORLDS, current.owner, current.id) == deleted
    assert [version.content["story"] for version in await library.store.versions(deleted)] == texts[-2:0:-1]
    assert await library.store.empty_trash(current.owner) == 1


async def test_a_shared_world_is_found_by_its_token(library: Library) -> None:
    token = str(uuid.uuid4())
    saved = await library.store.add(world())
    shared = saved.with_share(Share(token=token, created_at=NOW_MS), NOW_MS)
    await library.store.replace(saved, shared)
    assert await library.store.shared(token) == shared
    assert await library.store.read(Shelf.WORLDS, saved.owner, saved.id) == shared
    assert await library.store.shared("another") is None
    renamed = edited(shared, title="Renamed")
    await library.store.replace(shared, renamed)
    assert await library.store.shared(token) == renamed


async def test_a_token_that_was_taken_back_finds_nothing(library: Library) -> None:
    token, next_token = str(uuid.uuid4()), str(uuid.uuid4())
    saved = await library.store.add(world())
    shared = saved.with_share(Share(token=token, created_at=NOW_MS), NOW_MS)
    await library.store.replace(saved, shared)
    hidden = shared.with_share(None, NOW_MS)
    await library.store.replace(shared, hidden)
    assert await library.store.shared(token) is None
    again = hidden.with_share(Share(token=next_token, created_at=NOW_MS), NOW_MS)
    await library.store.replace(hidden, again)
    assert (await library.store.shared(token), await library.store.shared(next_token)) == (None, again)


async def test_a_shared_world_in_the_trash_is_not_shown_until_it_is_restored(library: Library) -> None:
    token = str(uuid.uuid4())
    saved = await library.store.add(replace(world(), share=None))
    shared = saved.with_share(Share(token=token, created_at=NOW_MS), NOW_MS)
    await library.store.replace(saved, shared)
    deleted = shared.moved(NOW_MS, NOW_MS)
    await library.store.replace(shared, deleted)
    assert await library.store.shared(token) is None
    restored = deleted.moved(None, NOW_MS)
    await library.store.replace(deleted, restored)
    assert await library.store.shared(token) == restored


async def test_a_missing_table_is_unavailable(aws: object) -> None:
    missing: DocumentStore = DynamoDbDocumentStore("no-such-table")
    saved: Document = piece()
    calls: list[Any] = [
        missing.add(saved),
        missing.read(Shelf.PIECES, "alice", "x"),
        missing.replace(saved, edited(saved, name="x")),
        missing.versions(saved),
        missing.count("alice", Shelf.PIECES, at_most=1),
        missing.empty_trash("alice"),
        missing.shared("x"),
    ]
    for call in calls:
        with pytest.raises(LibraryUnavailable):
            await call
