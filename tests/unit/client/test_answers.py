"""A newer API does not break the client, and what the client has read can be sent back."""

from typing import Any

import pytest

from loresmith import AsyncJob, CreatedWorld, RewrittenPiece, RewrittenWorld, WrittenPiece
from loresmith.model import JobState
from tests.unit.client.scripted_api import ScriptedApi, answer, job

PIECE = {"name": "Lamp", "description": "It burns.", "type": "relic", "language": "en", "details": {"age": 3}}
QUEST = {"title": "Find it", "description": "It is lost."}
WORLD = {"world_id": "w", "language": None, "title": "T", "story": "S", "quest": QUEST, "pieces": {"relic": PIECE}}
TEXT = {"id": "p", "version": 2, "kind": "relic", "name": "Lamp", "description": "It", "language": "en", "details": {}}
RETOLD = {"id": "w", "version": 2, "title": "T", "story": "S", "quest": QUEST, "language": "en"}


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ([PIECE], WrittenPiece),
        (WORLD, CreatedWorld),
        ({"piece": TEXT}, RewrittenPiece),
        ({"world": RETOLD}, RewrittenWorld),
        ({"quest_log": [1, 2]}, dict),
        ("text", str),
        (None, type(None)),
    ],
)
def test_a_result_is_read_as_what_it_is(result: Any, kind: type) -> None:
    """A type of job that the client does not know has JSON as its result."""
    found = JobState.model_validate(job("completed", result=result)).result
    assert isinstance(found[0] if isinstance(found, list) else found, kind)


def test_unknown_fields_are_kept_and_unknown_values_are_accepted() -> None:
    newer = job("paused", type="generate_quests", priority={"level": 3})
    state = JobState.model_validate(newer | {"items": [PIECE | {"index": 0, "stages": [], "complete": True, "x": 1}]})
    assert (state.status, state.type) == ("paused", "generate_quests")
    assert state.model_extra == {"priority": {"level": 3}}
    assert state.items[0].model_extra == {"x": 1}


async def test_a_job_in_an_unknown_state_is_followed_to_its_end() -> None:
    api = ScriptedApi(answer(job("paused", 2)), answer(job("completed", 3, result=[PIECE])))
    followed = AsyncJob[Any](api.client()._performer, JobState.model_validate(job()))
    assert (await followed.wait())[0].name == "Lamp"


def test_what_may_be_null_may_be_missing() -> None:
    """A webhook leaves out a result that is too large."""
    short = {name: value for name, value in job("completed").items() if value is not None}
    assert JobState.model_validate(short).result is None


async def test_a_piece_that_was_read_can_be_sent_as_context() -> None:
    """As it was received: with fields that this client does not know, without those that it had not got."""
    api = ScriptedApi(answer(job(), 202))
    place = WrittenPiece.model_validate(PIECE | {"mood": "dark"})
    await api.client().submit("create_world", user_id="42", selectedLore={"relic": place})
    assert api.bodies[0]["payload"]["selectedLore"] == {"relic": PIECE | {"mood": "dark"}}


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object()])
async def test_what_json_cannot_hold_is_refused_before_anything_is_sent(value: Any) -> None:
    api = ScriptedApi(answer(job(), 202))
    with pytest.raises((TypeError, ValueError)):
        await api.client().submit("anything", {"field": value})
    assert api.requests == []


@pytest.mark.parametrize(
    ("given", "sent"),
    [("characters", "generate_characters"), ("create_world", "create_world"), ("side_quests", "side_quests")],
)
async def test_a_name_without_an_underscore_is_short(given: str, sent: str) -> None:
    api = ScriptedApi(answer(job(), 202))
    await api.client().submit(given, {})
    assert api.bodies[0]["type"] == sent


CHOSEN = {"url": "https://example.com/", "events": ["job.failed"]}


@pytest.mark.parametrize(
    ("webhook", "sent"),
    [
        (None, {}),
        (False, {"webhook": None}),
        ("https://example.com/", {"webhook": {"url": "https://example.com/"}}),
        (CHOSEN, {"webhook": CHOSEN}),
    ],
)
async def test_a_submission_can_have_a_webhook(webhook: Any, sent: Any) -> None:
    """None leaves the caller's default, and False turns it off."""
    api = ScriptedApi(answer(job(), 202), answer({"jobs": []}, 202))
    client = api.client()
    await client.submit("relics", webhook=webhook)
    await client.jobs.batch([{"type": "relics", "webhook": webhook}])
    assert api.bodies[0] == {"type": "generate_relics", "payload": {}} | sent
    (batched,) = api.bodies[1]["jobs"]
    assert {name: value for name, value in batched.items() if name != "type"} == sent


async def test_a_submission_can_have_a_deadline() -> None:
    api = ScriptedApi(answer(job(), 202))
    await api.client().submit("relics", deadline_s=30, count=2)
    assert api.bodies[0] == {"type": "generate_relics", "payload": {"count": 2}, "deadline_s": 30}
