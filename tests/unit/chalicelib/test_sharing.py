"""What players may see of a world."""

from typing import Any

import pytest

from chalicelib.domain.sharing import hidden_from_players, kind_of, shown_to_owner, shown_to_players
from foundation.json_value import Json
from tests.unit.chalicelib.export.sample import world


def piece(**details: Json) -> Any:
    return {"id": "x", "name": "Mara", "description": "Rings.", "type": "character", "details": details}


def shown(*paths: str, **pieces: Json) -> Any:
    return shown_to_players(world(pieces=pieces or {"character": piece(flaw="Pride")}, for_players=paths))


def test_without_marks_only_the_title_is_shown() -> None:
    assert shown() == {"title": "The Drowned Bell", "language": "en", "pieces": {}}


def test_the_story_and_the_quest_have_paths() -> None:
    assert shown("story", "quest") == {
        "title": "The Drowned Bell",
        "language": "en",
        "story": "Mara Voss stole the Salt Crown.\n\nNobody has slept since.",
        "quest": {"title": "Still the bell", "description": "Return the crown."},
        "pieces": {},
    }


def test_a_whole_piece_is_shown_without_its_id() -> None:
    assert shown("pieces.character")["pieces"] == {
        "character": {
            "type": "character",
            "language": None,
            "name": "Mara",
            "description": "Rings.",
            "details": {"flaw": "Pride"},
        }
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pieces.character.name", {"name": "Mara"}),
        ("pieces.character.description", {"description": "Rings."}),
        ("pieces.character.flaw", {"details": {"flaw": "Pride"}}),
    ],
)
def test_a_field_is_shown_alone(path: str, expected: dict[str, Any]) -> None:
    assert shown(path)["pieces"] == {"character": {"type": "character", "language": None, **expected}}


@pytest.mark.parametrize(
    "path",
    [
        *("title", "theme", "owner", "user_id", "job_id", "tags", "for_players", "share", "pieces", "quest.title", ""),
        *("pieces.character.id", "pieces.character.type", "pieces.character.details", "pieces.character."),
        *("pieces.character.flaw.name", "pieces.character_2", "pieces.relic.name", "character", "Pieces.character"),
    ],
)
def test_other_paths_show_nothing(path: str) -> None:
    assert shown(path) == shown()


def test_the_path_of_a_name_does_not_show_a_detail_with_that_name() -> None:
    both = {"character": piece(name="her true name", description="her true past")}
    assert shown("pieces.character.name", "pieces.character.description", **both)["pieces"]["character"] == {
        "type": "character",
        "language": None,
        "name": "Mara",
        "description": "Rings.",
    }
    whole = shown("pieces.character", **both)["pieces"]["character"]["details"]
    assert whole == {"name": "her true name", "description": "her true past"}


def test_a_path_does_not_show_the_piece_of_another_role() -> None:
    """With a point in it, a role could be spelled like a field of another."""
    pieces = {"a": piece(**{"b.c": "marked"}), "a.b": piece(c="secret")}
    assert shown("pieces.a.b.c", **pieces)["pieces"] == {
        "a": {"type": "a", "language": None, "details": {"b.c": "marked"}}
    }
    assert shown("pieces.a.b", **pieces)["pieces"] == {}


def test_what_is_not_shown_is_hidden() -> None:
    document = world(
        pieces={"character": piece(flaw="Pride", concept="deaf"), "relic": piece()},
        for_players=("story", "pieces.relic", "pieces.character.name", "pieces.character.flaw"),
    )
    assert hidden_from_players(document) == {
        "title": "The Drowned Bell",
        "language": "en",
        "quest": {"title": "Still the bell", "description": "Return the crown."},
        "pieces": {
            "character": {
                "type": "character",
                "language": None,
                "description": "Rings.",
                "details": {"concept": "deaf"},
            }
        },
    }


def test_the_owner_sees_everything_in_the_same_form() -> None:
    roles = ("character", "a.b")
    document = world(pieces={role: piece(flaw="Pride") for role in roles})
    seen: Any = shown_to_owner(document)
    assert list(seen) == ["title", "language", "story", "quest", "pieces"]
    assert [seen["pieces"][role]["details"] for role in roles] == [{"flaw": "Pride"}] * 2


def test_a_piece_keeps_its_own_language() -> None:
    arabic = {**piece(), "language": "ar"}
    assert shown("pieces.character.name", character=arabic)["pieces"]["character"]["language"] == "ar"


@pytest.mark.parametrize(("role", "kind"), [("character", "character"), ("relic_12", "relic"), ("a_b", "a_b")])
def test_a_role_names_its_kind(role: str, kind: str) -> None:
    assert kind_of(role) == kind
