"""Each job type through all real parts: HTTP, Chalice, Redis, SQS, worker, gRPC, LLM client, and back.

The tests need only the API's address, so they run against the local stack and a deployed one.
"""

import io
import json
import zipfile
from itertools import chain

import pytest

from chalicelib.domain.job_type import WRITING_TYPES, Delivery, JobType
from generator_service.kind import Kind
from generator_service.registry import load_kinds
from tests.e2e.api import Api

PIECE = {"name": "Low Tarn", "description": "A drowned market town whose bells still ring under the water."}
KINDS = load_kinds()
#: The job types whose result is pieces.
PIECE_TYPES = [job_type for job_type in WRITING_TYPES.values() if job_type.delivery is Delivery.PIECES]


def details_of(kind: Kind) -> set[str]:
    """The details that a piece of this kind must have."""
    fields = [[stage.key] if stage.nested else stage.output.model_fields for stage in kind.stages]
    return set(chain.from_iterable(fields)) - {kind.title, kind.description}


@pytest.mark.parametrize("job_type", WRITING_TYPES.values(), ids=WRITING_TYPES)
def test_a_job_goes_through_every_stage_to_its_result(api: Api, job_type: JobType) -> None:
    kind = KINDS[job_type.kind]
    starting, finalizing = f"Generating {kind.plural}...", f"Finalizing {kind.plural}..."
    job = api.submit(job_type.name, dict(job_type.example))
    assert (job["status"], job["progress"], job["message"]) == ("pending", 0, "Preparing your request...")
    done = api.finished(job["id"])
    events = api.events(job["id"])
    progress = [event["progress"] for event in events]
    messages = [event["message"] for event in events]
    assert (done["status"], done["progress"], done["message"]) == ("completed", 100, "Job completed successfully")
    assert progress == sorted(progress)
    assert events[0]["status"] == "pending"
    assert (20, starting) in [(event["progress"], event["message"]) for event in events]
    assert {stage.message for stage in kind.stages} <= set(messages)
    assert (90, finalizing) in [(event["progress"], event["message"]) for event in events]
    assert messages[-2:] == [finalizing, "Job completed successfully"]
    assert done["usage"]["llm_calls"] > 0
    assert done["usage"]["completion_tokens"] > 0


def test_a_dry_run_shows_what_a_job_would_cost_and_starts_none(api: Api) -> None:
    before = api.ask("GET", "/jobs").json()["jobs"]
    submission = {"type": "generate_relics", "payload": {"count": 2}}
    answer = api.ask("POST", "/jobs", params={"dry_run": "true"}, json=submission)
    assert answer.status_code == 200
    assert answer.json()["llm_calls"] > 0
    assert answer.json()["prompt_tokens"] > answer.json()["completion_tokens"] > 0
    assert [job["id"] for job in api.ask("GET", "/jobs").json()["jobs"]] == [job["id"] for job in before]


@pytest.mark.parametrize("job_type", PIECE_TYPES, ids=lambda job_type: job_type.name)
@pytest.mark.parametrize("count", [1, 3, 10])
def test_the_result_has_as_many_complete_pieces_as_requested(api: Api, job_type: JobType, count: int) -> None:
    job = api.submit(job_type.name, {**job_type.example, "count": count})
    pieces = api.finished(job["id"])["result"]
    details = details_of(KINDS[job_type.kind])
    assert len(pieces) == count
    for piece in pieces:
        assert set(piece) == {"name", "description", "type", "language", "details"}
        assert piece["name"]
        assert piece["description"]
        assert piece["type"] == job_type.kind
        assert set(piece["details"]) >= details
        assert all(piece["details"][key] for key in details)
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


def test_a_world_can_be_downloaded_and_shown_to_players(api: Api) -> None:
    """The bytes of the zip file pass through API Gateway unchanged, whatever the caller accepts."""
    result = api.finished(api.submit("create_world", {"user_id": "42", "selectedLore": {"setting": PIECE}})["id"])
    address = f"/worlds/{result['result']['world_id']}"
    for accept in ("*/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8"):
        file = api.ask("GET", f"{address}/export?format=obsidian", headers={"Accept": accept})
        assert (file.status_code, file.headers["Content-Type"]) == (200, "application/zip")
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            assert archive.testzip() is None
            assert any(name.endswith("/Low Tarn.md") for name in archive.namelist())
    text = api.ask("GET", f"{address}/export?format=markdown")
    assert text.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert "## Setting: Low Tarn" in text.content.decode()
    marked = {"for_players": ["pieces.setting.name"]}
    assert api.ask("PATCH", address, json=marked, headers={"If-Match": "*"}).status_code == 200
    shared = api.ask("POST", f"{address}/share").json()["share"]
    seen = api.ask("GET", shared["path"])
    assert (seen.status_code, list(seen.json()["pieces"]["setting"])) == (200, ["type", "language", "name"])
    assert seen.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert api.ask("DELETE", f"{address}/share").json()["share"] is None
    assert api.ask("GET", shared["path"]).status_code == 404
