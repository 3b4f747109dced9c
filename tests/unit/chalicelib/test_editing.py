"""Merge patches, and which fields of documents people may change."""

from typing import Any

import pytest

from chalicelib.domain.editing import MAX_DOCUMENT_BYTES, check, merge_patch
from chalicelib.domain.error import InvalidSubmission
from chalicelib.domain.piece_content import KINDS, PIECE_FORM, NewPiece
from chalicelib.domain.world_content import WORLD_FORM

CONTENT: dict[str, Any] = {"name": "Ysolde", "description": "She rings.", "language": "en", "details": {"a": {"b": 1}}}
WORLD: dict[str, Any] = {
    "title": "Low Tarn",
    "story": "One.",
    "quest": {"title": "Ring", "description": "The bells."},
    "language": None,
    "pieces": {"relic": {"name": "Lantern", "description": "It burns."}},
}


def faults(form: Any, content: Any, patch: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidSubmission) as refused:
        form.patched(content, {}, patch)
    return [(fault.field, fault.message) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_the_rfc_shows(target: Any, patch: Any, expected: Any) -> None:
    """RFC 7396, appendix A."""
    assert merge_patch(target, patch) == expected


def test_a_patch_changes_what_it_names_and_nothing_else() -> None:
    content, marks = PIECE_FORM.patched(CONTENT, {"tags": ["x"]}, {"details": {"a": {"c": 2}}, "favourite": True})
    assert content == CONTENT | {"details": {"a": {"b": 1, "c": 2}}}
    assert marks == {"tags": ["x"], "favourite": True, "canon": False}


def test_null_removes_what_is_not_required() -> None:
    patch = dict.fromkeys(["description", "language", "details", "tags", "canon"])
    content, marks = PIECE_FORM.patched(CONTENT, {"tags": ["x"], "canon": True}, patch)
    assert content == {"name": "Ysolde", "description": "", "language": None, "details": {}}
    assert marks == {"tags": [], "canon": False, "favourite": False}


def test_every_fault_of_a_patch_is_named() -> None:
    patch: dict[str, Any] = {
        "name": None,
        "id": "x",
        "version": 3,
        "odd": 1,
        "favourite": "yes",
        "tags": ["", "a"],
        "language": "no such",
    }
    found = dict(faults(PIECE_FORM, CONTENT, patch))
    assert found.keys() == {"name", "id", "version", "odd", "favourite", "tags[0]", "language"}
    assert found["name"] == "is required"
    assert found["version"] == "cannot be changed; remove it"
    assert found["odd"] == "is not a field of a piece; remove it"


def test_a_required_part_of_a_part_cannot_be_removed() -> None:
    assert faults(WORLD_FORM, WORLD, {"quest": {"title": None}}) == [("quest.title", "is required")]
    assert faults(WORLD_FORM, WORLD, {"pieces": {"relic": {"name": None}}}) == [("pieces.relic.name", "is required")]


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"titel": None}, "titel"),
        ({"quest": {"name": None}}, "quest.name"),
        ({"pieces": {"relic": {"descripton": None, "name": None}}}, "pieces.relic.descripton"),
    ],
)
def test_a_name_that_no_field_has_cannot_be_removed(patch: Any, field: str) -> None:
    """Otherwise a typo would look like a change that was made."""
    assert faults(WORLD_FORM, WORLD, patch)[0] == (field, "is not a field of a world; remove it")


def test_what_is_not_there_can_be_removed() -> None:
    patch: dict[str, Any] = {"pieces": {"event": None, "relic": {"details": None, "type": None}}, "tags": None}
    content, _ = WORLD_FORM.patched(WORLD, {}, patch)
    assert content == WORLD
    content, _ = PIECE_FORM.patched(CONTENT, {}, {"details": {"odd": None}})
    assert content == CONTENT


def test_a_world_can_lose_and_get_pieces() -> None:
    new: dict[str, Any] = {"name": "Ysolde", "details": {"health": 80}}
    content, _ = WORLD_FORM.patched(WORLD, {}, {"pieces": {"relic": None, "character_2": new}})
    assert content["pieces"] == {"character_2": new}


def test_a_world_has_at_most_ten_pieces() -> None:
    many = {f"relic_{number}": {"name": "x"} for number in range(2, 12)}
    assert faults(WORLD_FORM, WORLD, {"pieces": many}) == [("pieces", "must have at most 10 entries")]


@pytest.mark.parametrize(
    "path", ["story", "quest", "pieces.relic", "pieces.character_2.name", "pieces.relic.two words"]
)
def test_parts_of_a_world_can_be_marked_for_players(path: str) -> None:
    _, marks = WORLD_FORM.patched(WORLD, {}, {"for_players": [path]})
    assert marks["for_players"] == [path]


@pytest.mark.parametrize("path", ["title", "pieces", "pieces.", "Story", "pieces.Relic", "story.x", ""])
def test_other_paths_cannot_be_marked(path: str) -> None:
    (fault,) = faults(WORLD_FORM, WORLD, {"for_players": [path]})
    assert fault[0] == "for_players[0]"


def test_what_a_job_wrote_may_be_longer_than_what_people_may_write() -> None:
    """Otherwise its other fields could not be changed."""
    long = CONTENT | {"description": "x" * 5_000}
    content, _ = PIECE_FORM.patched(long, {}, {"name": "New"})
    assert content["description"] == long["description"]
    assert faults(PIECE_FORM, CONTENT, {"description": "x" * 4_001}) == [
        ("description", "must have at most 4000 characters")
    ]


def test_a_change_fills_in_fields_that_are_newer_than_the_document() -> None:
    content, _ = PIECE_FORM.patched({"name": "Ysolde", "details": {}}, {}, {"name": "New"})
    assert content == {"name": "New", "description": "", "language": None, "details": {}}


def test_a_document_is_limited_as_a_whole() -> None:
    """A transaction of DynamoDB must be able to move it with all its versions."""
    wide = "漢" * 4_000
    pieces = {f"relic_{n}": {"name": "x", "description": wide, "details": {"a": "漢" * 10_000}} for n in range(2, 7)}
    assert faults(WORLD_FORM, WORLD, {"pieces": pieces}) == [
        ("", f"must be at most {MAX_DOCUMENT_BYTES // 1024} KiB in total")
    ]


def test_tags_are_each_kept_once_in_any_case() -> None:
    _, marks = PIECE_FORM.patched(CONTENT, {}, {"tags": ["Act One", "x", "ACT ONE", "X", "y"]})
    assert marks["tags"] == ["Act One", "x", "y"]


def test_a_new_piece_needs_a_kind_and_a_name() -> None:
    with pytest.raises(InvalidSubmission) as refused:
        check(NewPiece, {"kind": "spoon", "id": "7", "tags": [3]}, "a piece")
    assert {fault.field: fault.message for fault in refused.value.faults} == {
        "kind": f"must be one of: {', '.join(KINDS)}",
        "name": "is required",
        "id": "must be a UUID",
        "tags[0]": "must be text",
    }
    with pytest.raises(InvalidSubmission) as refused:
        check(NewPiece, {"name": "x"}, "a piece")
    assert [fault.field for fault in refused.value.faults] == ["kind"]


def test_text_is_cleaned_and_details_are_checked() -> None:
    content, _ = PIECE_FORM.patched(CONTENT, {}, {"name": " Yso\u200blde ", "details": {"k\u200bey": "a\r\nb"}})
    assert content["name"] == "Ysolde"
    assert content["details"] == {"a": {"b": 1}, "key": "a\nb"}
    assert faults(PIECE_FORM, CONTENT, {"details": {"long": "x" * 17_000}}) == [
        ("details", "must be at most 16,384 characters of JSON")
    ]
