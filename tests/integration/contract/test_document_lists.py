"""The contract of `port.DocumentStore`, on the fake and on every available DynamoDB: lists, search, the trash."""

import base64
import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.document import TRASH_S, Document, Order, Search, Shelf
from chalicelib.domain.error import UnknownCursor
from tests.integration.contract.stored_document import NOW_MS, Library, edited, piece, world

PIECES = Search(shelf=Shelf.PIECES)
TRASH = replace(PIECES, trash=True)
#: Longer than any run of the tests.
DAY_S = 24 * 3600


@pytest.fixture
def owner() -> str:
    return str(uuid.uuid4())


async def added(library: Library, owner: str, *names: str, **changed: Any) -> list[Document]:
    """Pieces with these names, each a millisecond younger than the one before."""
    return [
        await library.store.add(piece(owner=owner, name=name, created_at=NOW_MS + number, **changed))
        for number, name in enumerate(names)
    ]


async def deleted(library: Library, document: Document, at: int = NOW_MS) -> Document:
    moved = document.moved(at, at)
    await library.store.replace(document, moved)
    return moved


async def names(library: Library, owner: str, search: Search = PIECES, limit: int = 100) -> list[str]:
    """The names of everything that the search finds, page by page."""
    found, after = await library.store.page(owner, search, limit)
    listed = [document.name for document in found]
    while after is not None:
        found, after = await library.store.page(owner, search, limit, after)
        listed += [document.name for document in found]
    return listed


async def test_documents_are_listed_newest_first(library: Library, owner: str) -> None:
    await added(library, owner, "a", "b", "c", "d", "e")
    await added(library, "somebody-else", "theirs")
    await library.store.add(world(owner=owner))
    assert await names(library, owner) == ["e", "d", "c", "b", "a"]
    assert await names(library, owner, limit=2) == ["e", "d", "c", "b", "a"]
    assert await names(library, owner, Search(shelf=Shelf.WORLDS)) == ["Low Tarn ☃"]


async def test_documents_can_be_listed_by_name_whatever_the_case(library: Library, owner: str) -> None:
    by_name, wanted = replace(PIECES, order=Order.NAME), ["Alpha", "ALPHA 2", "Älteste", "beta", "Zeta", "ζῆτα"]
    await added(library, owner, *reversed(wanted))
    assert await names(library, owner, by_name) == wanted
    assert await names(library, owner, by_name, limit=1) == wanted


async def test_a_list_continues_after_the_longest_name(library: Library, owner: str) -> None:
    """A cursor contains the name of the last document of its page."""
    wide = "\U0001f5dd" * 119
    await added(library, owner, "a", f"b{wide}", "c")
    assert await names(library, owner, replace(PIECES, order=Order.NAME), limit=1) == ["a", f"b{wide}", "c"]


async def test_a_renamed_document_moves_in_the_list(library: Library, owner: str) -> None:
    first, _ = await added(library, owner, "a", "b")
    await library.store.replace(first, edited(first, name="C"))
    assert await names(library, owner, replace(PIECES, order=Order.NAME)) == ["b", "C"]


async def test_a_full_page_with_the_last_document_has_no_next_page(library: Library, owner: str) -> None:
    await added(library, owner, "a", "b", "c", "d")
    first, after = await library.store.page(owner, PIECES, 2)
    rest, end = await library.store.page(owner, PIECES, 2, after)
    assert (len(first), len(rest), end) == (2, 2, None)


@pytest.mark.parametrize("order", Order)
async def test_a_list_continues_although_documents_come_and_go(library: Library, owner: str, order: Order) -> None:
    """Each page continues at a place in the list, even if the document at that place is gone."""
    search = replace(PIECES, order=order)
    made = await added(library, owner, *"abcdefgh")
    by_name = {document.name: document for document in made}
    first, after = await library.store.page(owner, search, 3)
    await deleted(library, by_name[first[-1].name])
    await library.store.empty_trash(owner)
    # Neither the start of the list, which was read, nor its end.
    await library.store.add(piece(owner=owner, name="a0" if order is Order.NAME else "x", created_at=NOW_MS + 100))
    second, after = await library.store.page(owner, search, 3, after)
    await deleted(library, by_name[second[-1].name])
    third, end = await library.store.page(owner, search, 3, after)
    expected = "abcdefgh" if order is Order.NAME else "hgfedcba"
    assert [document.name for document in first + second + third] == list(expected)
    assert end is None


@pytest.mark.parametrize(
    "text", ["tarn", "TARN", "low tarn", "tarn LOW", "straße", "STRASSE", "ＴＡＲＮ", "ΣΊΣΥΦΟΣ", "σίσυφος"]
)
async def test_text_is_found_in_any_case_and_any_order_of_words(library: Library, owner: str, text: str) -> None:
    await added(library, owner, "Low Tarn, Hauptstraße: Σίσυφος", "High Fell")
    assert await names(library, owner, replace(PIECES, text=text)) == ["Low Tarn, Hauptstraße: Σίσυφος"]


async def test_text_is_found_in_descriptions_and_in_all_of_a_world(library: Library, owner: str) -> None:
    await added(library, owner, "Ysolde")
    await library.store.add(world(owner=owner, story="The long night.\n\nAgain."))
    assert await names(library, owner, replace(PIECES, text="rings BELLS")) == ["Ysolde"]
    for text in ("long night", "bells", "ysolde", "ring", "tarn"):
        assert await names(library, owner, Search(shelf=Shelf.WORLDS, text=text)) == ["Low Tarn ☃"], text
    assert await names(library, owner, Search(shelf=Shelf.WORLDS, text="short night")) == []


async def test_a_changed_text_is_found_and_the_old_one_is_not(library: Library, owner: str) -> None:
    (first,) = await added(library, owner, "Before")
    await library.store.replace(first, edited(first, name="After"))
    assert await names(library, owner, replace(PIECES, text="after")) == ["After"]
    assert await names(library, owner, replace(PIECES, text="before")) == []


async def test_documents_are_found_by_kind_tag_favourite_and_canon(library: Library, owner: str) -> None:
    await added(library, owner, "plain")
    await added(library, owner, "relic", kind="relic")
    await added(
        library, owner, "marked", kind="relic", marks={"tags": ["Act One", "x"], "favourite": True, "canon": True}
    )
    for search, expected in (
        (replace(PIECES, kind="relic"), {"relic", "marked"}),
        (replace(PIECES, tag="act one"), {"marked"}),
        (replace(PIECES, tag="act"), set()),
        (replace(PIECES, favourite=True), {"marked"}),
        (replace(PIECES, canon=True, kind="relic", text="MARK"), {"marked"}),
        (replace(PIECES, canon=True, kind="character"), set()),
    ):
        assert set(await names(library, owner, search)) == expected, search


async def test_a_search_finds_what_is_rare_in_a_large_library(library: Library, owner: str) -> None:
    """A page may be short or empty before the last one; no page is skipped."""
    wanted = {"rare 0", "rare 299", "rare 599"}
    for number in range(600):
        name = f"rare {number}" if f"rare {number}" in wanted else f"usual {number}"
        await library.store.add(piece(owner=owner, name=name, created_at=NOW_MS + number))
    assert set(await names(library, owner, replace(PIECES, text="rare"), limit=1)) == wanted
    assert await library.store.count(owner, Shelf.PIECES, at_most=1_000) == 600
    assert await library.store.count(owner, Shelf.PIECES, at_most=599) == 599


async def test_the_trash_is_a_list_of_its_own(library: Library, owner: str) -> None:
    made = await added(library, owner, "a", "b", "c")
    await deleted(library, made[0], NOW_MS + 2)
    await deleted(library, made[2], NOW_MS + 1)
    assert await names(library, owner) == ["b"]
    assert await names(library, owner, replace(PIECES, order=Order.NAME)) == ["b"]
    assert await names(library, owner, TRASH, limit=1) == ["a", "c"], "what was deleted last comes first"
    assert await names(library, owner, replace(TRASH, text="C")) == ["c"]
    assert await library.store.count(owner, Shelf.PIECES, at_most=10) == 1


async def test_a_restored_document_is_listed_where_it_was_with_its_versions(library: Library, owner: str) -> None:
    first, _ = await added(library, owner, "a", "b")
    second = edited(first, name="A")
    await library.store.replace(first, second)
    moved = await deleted(library, second)
    restored = moved.moved(None, NOW_MS)
    await library.store.replace(moved, restored)
    assert await names(library, owner) == ["b", "A"]
    assert await names(library, owner, TRASH) == []
    library.clock.ahead_s = 2 * TRASH_S
    assert await library.store.read(Shelf.PIECES, owner, first.id) == restored
    assert await library.store.versions(restored) == [first]


async def test_a_document_can_be_restored_to_an_earlier_text_in_one_step(library: Library, owner: str) -> None:
    (first,) = await added(library, owner, "First")
    second = edited(first, name="Second")
    await library.store.replace(first, second)
    moved = await deleted(library, second)
    restored = replace(edited(moved, name="First"), deleted_at=None)
    await library.store.replace(moved, restored)
    library.clock.ahead_s = 2 * TRASH_S
    assert await library.store.read(Shelf.PIECES, owner, first.id) == restored
    assert await library.store.versions(restored) == [moved, first]


async def test_the_trash_is_emptied_for_good(library: Library, owner: str) -> None:
    first, kept = await added(library, owner, "a", "kept")
    second = edited(first, name="b")
    await library.store.replace(first, second)
    gone = await deleted(library, second)
    await deleted(library, await library.store.add(world(owner=owner)))
    theirs = await deleted(library, await library.store.add(piece(owner="somebody-else")))
    assert await library.store.empty_trash(owner) == 2
    assert await library.store.empty_trash(owner) == 0
    assert await library.store.read(Shelf.PIECES, owner, first.id) is None
    assert await library.store.versions(gone) == []
    assert await library.store.read(Shelf.PIECES, owner, kept.id) == kept
    assert await library.store.read(Shelf.PIECES, theirs.owner, theirs.id) == theirs


async def test_a_document_is_gone_after_its_time_in_the_trash(library: Library, owner: str) -> None:
    """Even if DynamoDB, which takes days, has not deleted it yet."""
    first, kept = await added(library, owner, "a", "kept")
    second = edited(first, name="b")
    await library.store.replace(first, second)
    gone = await deleted(library, second)
    library.clock.ahead_s = TRASH_S - DAY_S
    assert await names(library, owner, TRASH) == ["b"]
    library.clock.ahead_s = TRASH_S + DAY_S
    assert await names(library, owner, TRASH) == []
    assert await library.store.read(Shelf.PIECES, owner, first.id) is None
    assert await library.store.versions(gone) == []
    assert await library.store.read(Shelf.PIECES, owner, kept.id) == kept
    again = await library.store.add(replace(first, created_at=NOW_MS + 5))
    assert again.created_at == NOW_MS + 5, "its id is free again"
    assert await library.store.versions(again) == []


async def test_a_cursor_is_good_for_an_equal_search_only(library: Library, owner: str) -> None:
    await added(library, owner, "a", "b", "c")
    _, after = await library.store.page(owner, PIECES, 1)
    assert after is not None
    for other in (replace(PIECES, order=Order.NAME), replace(PIECES, text="a"), TRASH, Search(shelf=Shelf.WORLDS)):
        with pytest.raises(UnknownCursor):
            await library.store.page(owner, other, 1, after)


@pytest.mark.parametrize(
    "changed", [lambda place: [*place, 1], lambda place: [place[0], "", place[2]], lambda place: 3]
)
async def test_a_made_up_cursor_is_refused(library: Library, owner: str, changed: Any) -> None:
    await added(library, owner, "a", "b", "c")
    _, after = await library.store.page(owner, PIECES, 1)
    assert after is not None
    place = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    made_up = base64.urlsafe_b64encode(json.dumps(changed(place)).encode()).rstrip(b"=").decode()
    for cursor in ("", "x", "ä", made_up, "A" * 3000):
        with pytest.raises(UnknownCursor):
            await library.store.page(owner, PIECES, 1, cursor)


async def test_a_forged_place_shows_nothing_but_the_callers_own_list(library: Library, owner: str) -> None:
    """A place of another owner's list is only a place: it says nothing about whether something is there."""
    await added(library, owner, "mine 1", "mine 2")
    other = str(uuid.uuid4())
    await added(library, other, "theirs 1", "theirs 2")
    _, after = await library.store.page(other, PIECES, 1)
    found, _ = await library.store.page(owner, PIECES, 10, after)
    assert {document.owner for document in found} <= {owner}
