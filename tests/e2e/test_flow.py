"""Each job type through all real parts: HTTP, Chalice, Redis, SQS, worker, gRPC, LLM client, and back.

The tests need only the API's address, so they run against the local stack and a deployed one.
"""

import json
from typing import Any

import pytest

from tests.e2e.api import Api

PIECE = {"name": "Low Tarn", "description": "A drowned market town whose bells still ring under the water."}
EVENT = {"name": "The Night of Unlit Lamps", "description": "Every flame in Low Tarn went out at once."}

#: Job type → payload, message at the start, messages of its stages (guide, "Progress Updates"), message at the end.
TYPES: dict[str, tuple[dict[str, Any], str, set[str], str]] = {
    "generate_characters": (
        {"theme": "fantasy", "count": 3},
        "Generating characters...",
        {"names", "appearances", "backstories", "traits", "skills", "stats"},
        "Finalizing characters...",
    ),
    "generate_factions": (
        {"theme": "cyberpunk", "count": 3},
        "Generating factions...",
        {"names", "ideologies", "appearances", "summaries"},
        "Finalizing factions...",
    ),
    "generate_settings": (
        {"theme": "post-apocalyptic", "count": 3, "tone": "hopeful"},
        "Generating settings...",
        {"names", "landscapes", "cultures", "histories", "economies", "summaries"},
        "Finalizing settings...",
    ),
    "generate_events": (
        {"theme": "norse-mythology", "count": 3, "selectedSetting": PIECE},
        "Generating events...",
        {"names", "descriptions", "impacts"},
        "Finalizing events...",
    ),
    "generate_relics": (
        {"theme": "steampunk", "count": 3, "selectedSetting": PIECE, "selectedEvent": EVENT},
        "Generating relics...",
        {"names", "descriptions", "histories"},
        "Finalizing relics...",
    ),
    "create_world": (
        {"theme": "a drowned library", "user_id": "42", "selectedLore": {"setting": PIECE, "event": EVENT}},
        "Generating story...",
        {"story", "quest"},
        "Finalizing story...",
    ),
}

#: Job type → the details that a piece must have.
DETAILS = {
    "generate_characters": {"appearance", "traits", "skills", "stats"},
    "generate_factions": {"ideology", "appearance"},
    "generate_settings": {"landscape", "culture", "history", "economy"},
    "generate_events": {"impact"},
    "generate_relics": {"history"},
}


@pytest.mark.parametrize("type_name", TYPES)
def test_a_job_goes_through_every_stage_to_its_result(api: Api, type_name: str) -> None:
    payload, starting, stages, finalizing = TYPES[type_name]
    job = api.submit(type_name, payload)
    assert (job["status"], job["progress"], job["message"]) == ("pending", 0, "Preparing your request...")
    done = api.finished(job["id"])
    events = api.events(job["id"])
    progress = [event["progress"] for event in events]
    messages = [event["message"] for event in events]
    assert (done["status"], done["progress"], done["message"]) == ("completed", 100, "Job completed successfully")
    assert progress == sorted(progress)
    assert events[0]["status"] == "pending"
    assert (20, starting) in [(event["progress"], event["message"]) for event in events]
    assert {f"Generated {stage}..." for stage in stages} <= set(messages)
    assert (90, finalizing) in [(event["progress"], event["message"]) for event in events]
    assert messages[-2:] == [finalizing, "Job completed successfully"]
    assert done["usage"]["llm_calls"] > 0
    assert done["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize("type_name", DETAILS)
@pytest.mark.parametrize("count", [1, 3, 10])
def test_the_result_has_as_many_complete_pieces_as_requested(api: Api, type_name: str, count: int) -> None:
    job = api.submit(type_name, TYPES[type_name][0] | {"count": count})
    pieces = api.finished(job["id"])["result"]
    assert len(pieces) == count
    kinds = {entry["type"]: entry["kind"] for entry in api.ask("GET", "/job-types").json()["job_types"]}
    for piece in pieces:
        assert set(piece) == {"name", "description", "type", "details"}
        assert piece["name"]
        assert piece["description"]
        assert piece["type"] == kinds[type_name]
        assert set(piece["details"]) >= DETAILS[type_name]
        assert all(piece["details"][key] for key in DETAILS[type_name])
    assert len({piece["name"] for piece in pieces}) == count
    assert len({piece["description"] for piece in pieces}) == count


def test_details_have_their_declared_types(api: Api) -> None:
    (piece,) = api.finished(api.submit("generate_characters", {"count": 1})["id"])["result"]
    details = piece["details"]
    assert len(details["traits"]) == 3
    assert 3 <= len(details["skills"]) <= 5
    assert all(isinstance(value, int) for value in details["stats"].values())
    assert 50 <= details["stats"]["health"] <= 150


def test_names_to_avoid_are_not_used(api: Api) -> None:
    first = api.finished(api.submit("generate_characters", {"count": 10})["id"])["result"]
    avoid = [piece["name"] for piece in first]
    second = api.finished(api.submit("generate_characters", {"count": 10, "avoid": avoid})["id"])["result"]
    assert not {piece["name"] for piece in second} & set(avoid)


def test_a_result_can_be_used_as_context_of_the_next_job(api: Api) -> None:
    """As on the page: setting → event → relic → world."""
    (setting,) = api.finished(api.submit("generate_settings", {"count": 1})["id"])["result"]
    (event,) = api.finished(api.submit("generate_events", {"count": 1, "selectedSetting": setting})["id"])["result"]
    relic_payload = {"count": 1, "selectedSetting": setting, "selectedEvent": event}
    (relic,) = api.finished(api.submit("generate_relics", relic_payload)["id"])["result"]
    lore = {"setting": setting, "event": event, "relic": relic}
    world = api.finished(api.submit("create_world", {"user_id": "42", "selectedLore": lore})["id"])["result"]
    for piece in lore.values():
        assert piece["name"] in world["story"] + json.dumps(world["quest"])


def test_a_world_is_saved_and_can_be_read(api: Api) -> None:
    payload = {"theme": "fantasy", "user_id": "42", "title": "The Drowned Bells", "selectedLore": {"setting": PIECE}}
    result = api.finished(api.submit("create_world", payload)["id"])["result"]
    world = api.ask("GET", f"/worlds/{result['world_id']}").json()
    assert (world["title"], world["user_id"], world["theme"]) == ("The Drowned Bells", "42", "fantasy")
    assert 2 <= len(world["story"].split("\n\n")) <= 3
    assert set(world["quest"]) == {"title", "description"}
    assert world["pieces"]["setting"] == PIECE
    assert world["id"] in [listed["id"] for listed in api.ask("GET", "/worlds?limit=100").json()["worlds"]]
