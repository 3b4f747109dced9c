"""The contract of `port.WorldStore`, on the fake and on every available DynamoDB."""

import json
import uuid
from dataclasses import replace

import boto3
import pytest

from chalicelib.adapter.dynamodb_worlds import DynamoDbWorldStore
from chalicelib.domain.error import LibraryUnavailable, UnknownCursor
from chalicelib.domain.world import World
from chalicelib.port.world_store import WorldStore
from tests.backend import BACKENDS, UseBackend
from tests.fake.world_store import MemoryWorldStore


@pytest.fixture(params=["memory", *BACKENDS])
def worlds(request: pytest.FixtureRequest, use_backend: UseBackend) -> WorldStore:
    if request.param == "memory":
        return MemoryWorldStore()
    use_backend(request.param, "dynamodb").queues()  # and the table
    return DynamoDbWorldStore("worlds")


def world(owner: str = "alice", **changed: object) -> World:
    made = World(
        id=str(uuid.uuid4()),
        owner=owner,
        user_id="42",
        job_id=str(uuid.uuid4()),
        theme="steampunk",
        language="de-AT",
        title="Low Tarn ☃",
        story="One.\n\nTwo.",
        quest={"title": "Ring", "description": "The bells."},
        pieces={"character": {"name": "Ysolde", "details": {"stats": {"health": 80}, "weight": 1.5, "none": None}}},
        created_at=1_760_000_000_000,
    )
    return replace(made, **changed)  # type: ignore[arg-type] # fields of World


async def test_a_saved_world_reads_back_as_it_was(worlds: WorldStore) -> None:
    """Numbers stay numbers, paragraphs stay paragraphs."""
    saved = await worlds.save(world())
    found = await worlds.read("alice", saved.id)
    assert found == saved
    assert json.dumps(found.pieces) == json.dumps(saved.pieces)


@pytest.mark.parametrize("backend", BACKENDS)
async def test_a_world_that_was_saved_without_a_language_is_english(backend: str, use_backend: UseBackend) -> None:
    """Version 0.2.0 wrote English only, and its worlds are kept."""
    use_backend(backend, "dynamodb").queues()
    worlds = DynamoDbWorldStore("worlds")
    saved = await worlds.save(world())
    boto3.resource("dynamodb").Table("worlds").update_item(
        Key={"owner": "alice", "world_id": saved.id},
        UpdateExpression="REMOVE #language",
        ExpressionAttributeNames={"#language": "language"},
    )
    assert await worlds.read("alice", saved.id) == replace(saved, language="en")


async def test_a_second_save_under_the_same_id_changes_nothing(worlds: WorldStore) -> None:
    """A second delivery gets another text from the LLM. It must neither duplicate nor change the world."""
    first = await worlds.save(world())
    second = await worlds.save(replace(first, title="Something else"))
    assert second == first
    assert await worlds.read("alice", first.id) == first


async def test_another_owners_world_is_not_found(worlds: WorldStore) -> None:
    saved = await worlds.save(world())
    assert await worlds.read("bob", saved.id) is None
    assert await worlds.read("alice", str(uuid.uuid4())) is None


async def test_an_owners_worlds_are_listed_newest_first(worlds: WorldStore) -> None:
    owner = str(uuid.uuid4())
    saved = [await worlds.save(world(owner, created_at=1_760_000_000_000 + n)) for n in range(5)]
    await worlds.save(world("somebody-else"))
    first, last_id = await worlds.page(owner, 3)
    rest, end = await worlds.page(owner, 3, last_id)
    assert [found.id for found in first + rest] == [made.id for made in reversed(saved)]
    assert end is None


async def test_a_full_page_with_the_last_world_has_no_next_page(worlds: WorldStore) -> None:
    owner = str(uuid.uuid4())
    for number in range(4):
        await worlds.save(world(owner=owner, created_at=number))
    first, last_id = await worlds.page(owner, 2)
    assert last_id == first[-1].id
    rest, last_id = await worlds.page(owner, 2, last_id)
    assert (len(rest), last_id) == (2, None)


async def test_a_list_can_start_only_after_one_of_the_owners_worlds(worlds: WorldStore) -> None:
    theirs = await worlds.save(world("somebody-else"))
    for unknown in (theirs.id, str(uuid.uuid4())):
        with pytest.raises(UnknownCursor):
            await worlds.page("alice", 3, unknown)


async def test_a_missing_table_is_unavailable(aws: object) -> None:
    missing = DynamoDbWorldStore("no-such-table")
    with pytest.raises(LibraryUnavailable):
        await missing.save(world())
    with pytest.raises(LibraryUnavailable):
        await missing.read("alice", "x")
    with pytest.raises(LibraryUnavailable):
        await missing.page("alice", 3, None)
