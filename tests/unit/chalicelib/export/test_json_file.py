"""The JSON file."""

import json
from typing import Any

from chalicelib.export.file_format import Format
from chalicelib.export.view import View
from tests.unit.chalicelib.export.sample import PIECES, text_of, world


def exported(view: View = View.ALL, **world_fields: Any) -> dict[str, Any]:
    value = json.loads(text_of(world(**world_fields), Format.JSON, view))
    assert isinstance(value, dict)
    return value


def test_a_file_has_everything_that_a_person_wrote_or_chose() -> None:
    assert exported(for_players=("story",)) == {
        "format": "loresmith-world",
        "format_version": 1,
        "world": {
            "id": "8bc11506-4fc3-4ef0-8e0e-61c766af0c11",
            "theme": "norse_mythology",
            "title": "The Drowned Bell",
            "story": "Mara Voss stole the Salt Crown.\n\nNobody has slept since.",
            "quest": {"title": "Still the bell", "description": "Return the crown."},
            "language": "en",
            "pieces": PIECES,
            "tags": ["sea", "two words", "1066"],
            "favourite": True,
            "for_players": ["story"],
            "version": 7,
            "edited": False,
            "created_at": "2023-11-14T22:13:20.000Z",
            "updated_at": "2023-11-14T22:13:21.000Z",
        },
    }


def test_the_file_for_players_is_what_a_link_shows() -> None:
    assert exported(View.PLAYERS, for_players=("pieces.relic",)) == {
        "format": "loresmith-shared-world",
        "format_version": 1,
        "world": {
            "title": "The Drowned Bell",
            "language": "en",
            "pieces": {
                "relic": {
                    "type": "relic",
                    "language": None,
                    "name": "The Salt Crown",
                    "description": "It is cold.",
                }
            },
        },
    }


def test_no_file_has_the_link_the_owner_or_the_job() -> None:
    for view in View:
        text = text_of(world(for_players=("story", "quest")), Format.JSON, view)
        assert not [word for word in ("the-token", "the-owner", "the-user", "the-job", "the-root") if word in text]
