"""Parts of a piece and of a world are rewritten through all real parts, and their own lore is context for new jobs."""

import json
import secrets
from typing import Any

import pytest
import requests

from local.stack.local_stack import LocalStack
from tests.e2e.api import Api

#: A piece that a person has written. No stage writes its secret, and its traits are too few for their stage.
OSK: dict[str, Any] = {
    "kind": "character",
    "name": "Osk Venn",
    "description": "He ferried the plague ship. He tells nobody. The toll is still owed. Somebody keeps the book.",
    "details": {
        "concept": "a ferry keeper who has never once looked at the far bank",
        "appearance": "Tall, in tar-black oilskins.",
        "traits": ["hums before he lies"],
        "secret": "He can swim.",
    },
}


@pytest.fixture
def osk(api: Api) -> dict[str, Any]:
    added = api.ask("POST", "/pieces", json=OSK)
    assert added.status_code == 201, added.text
    return dict(added.json())


def calls_of(stack: LocalStack, trace_id: str) -> list[str]:
    """The names of the forms that the provider was asked for, in the requests of a trace."""
    assert stack.urls.llm is not None
    log = requests.get(f"{stack.urls.llm.removesuffix('/v1')}/control/calls", timeout=120).json()["log"]
    return [call["schema"] for call in log if call["trace"] and call["trace"].split("-")[1] == trace_id]


@pytest.mark.parametrize(
    ("fields", "calls"),
    [
        (["description"], ["character_backstory"]),
        (["appearance", "description"], ["character_appearance_backstory"]),
        (["traits"], ["character_traits"]),
        (["name"], ["character_names"]),
    ],
)
def test_only_what_was_asked_for_is_written_and_paid_for(
    stack: LocalStack, api: Api, osk: dict[str, Any], fields: list[str], calls: list[str]
) -> None:
    trace_id = secrets.token_hex(16)
    payload = {"piece_id": osk["id"], "fields": fields}
    job = api.submit("rewrite_piece", payload, traceparent=f"00-{trace_id}-00f067aa0ba902b7-01")
    done = api.finished(job["id"])
    assert done["status"] == "completed", done
    assert calls_of(stack, trace_id) == calls
    assert done["usage"]["llm_calls"] == len(calls)
    now = api.ask("GET", f"/pieces/{osk['id']}").json()
    shown = {name: now[name] for name in ("id", "version", "kind", "name", "description", "language", "details")}
    assert done["result"] == {"piece": shown}
    assert changed(osk, now) == set(fields)
    assert (now["version"], now["author"]["job_id"], now["source"]) == (2, job["id"], None)
    (before,) = api.ask("GET", f"/pieces/{osk['id']}/versions").json()["versions"]
    assert (before["version"], before["details"], before["name"]) == (1, osk["details"], osk["name"])


def changed(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """The fields whose text differs."""
    own = {name for name in ("name", "description") if old[name] != new[name]}
    details = old["details"].keys() | new["details"].keys()
    return own | {name for name in details if old["details"].get(name) != new["details"].get(name)}


def test_a_wish_is_honoured_and_the_first_text_can_be_restored(api: Api, osk: dict[str, Any]) -> None:
    payload = {"piece_id": osk["id"], "fields": ["description"], "instruction": "less solemn"}
    done = api.finished(api.submit("rewrite_piece", payload)["id"])
    assert "less solemn" in done["result"]["piece"]["description"]
    restored = api.ask("POST", f"/pieces/{osk['id']}/restore", json={"version": 1}).json()
    assert restored["description"] == osk["description"]


def test_a_quest_is_rewritten_and_its_world_keeps_its_story(api: Api, osk: dict[str, Any]) -> None:
    """The world is made of a piece in full and of a piece in the library."""
    setting = {"name": "Low Tarn", "description": "A drowned market town whose bells still ring."}
    lore = {"user_id": "42", "selectedLore": {"setting": setting}, "pieces": [osk["id"]]}
    created = api.finished(api.submit("create_world", lore)["id"])["result"]
    assert created["pieces"]["character"]["id"] == osk["id"]
    assert "Low Tarn" in json.dumps(created)
    payload = {"world_id": created["world_id"], "fields": ["quest"], "instruction": "shorter"}
    done = api.finished(api.submit("rewrite_world", payload)["id"])
    assert (done["status"], done["usage"]["llm_calls"]) == ("completed", 1)
    now = api.ask("GET", f"/worlds/{created['world_id']}").json()
    assert (now["title"], now["story"], now["version"]) == (created["title"], created["story"], 2)
    assert len(now["quest"]["description"]) < len(created["quest"]["description"])


def test_canon_reaches_the_writer(api: Api) -> None:
    """The offline writer uses every setting that it is given."""
    setting = {"kind": "setting", "name": "Gull Rock", "description": "A rock.", "canon": True}
    added = api.ask("POST", "/pieces", json=setting).json()
    done = api.finished(api.submit("generate_characters", {"count": 1, "canon": [added["id"]]})["id"])
    assert "Gull Rock" in json.dumps(done["result"])


def test_another_owners_piece_is_an_unknown_one(api: Api) -> None:
    payload = {"piece_id": "8bc11506-4fc3-4ef0-8e0e-61c766af0c11", "fields": ["description"]}
    for query in ("", "?dry_run=true"):
        refused = api.ask("POST", f"/jobs{query}", json={"type": "rewrite_piece", "payload": payload})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "payload.piece_id")
