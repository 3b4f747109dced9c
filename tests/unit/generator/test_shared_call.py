"""Several stages share one streamed call: each is delivered when it is whole, and paid for once."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from generator_service.error import InvalidOutput, ProviderUnavailable, Refused
from generator_service.llm.usage import Usage
from tests.unit.generator.scripted_provider import Provider, completion, failure
from tests.unit.generator.shared_call import SKILLS, STATS, TO_SKILLS, TO_STATS, TRAITS, WHOLE, Call, J
from tests.unit.generator.streamed import end, event, piece, streamed
from tests.unit.generator.until import until


@pytest.fixture
def call(provider: Provider) -> Call:
    return Call(provider)


async def test_a_part_is_delivered_before_the_next_one_is_written(call: Call) -> None:
    more, most = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(
        call.ask(streamed(TO_SKILLS, more, J[len(TO_SKILLS) : len(TO_STATS)], most, J[len(TO_STATS) :], end()))
    )
    await until(lambda: call.happened == ["traits"])
    more.set()
    await until(lambda: call.happened == ["traits", "skills"])
    assert not task.done()
    most.set()
    await task
    assert call.happened == ["traits", "skills", Usage(1, 100, 10), "stats"]
    assert call.outputs == WHOLE


async def test_a_call_for_several_parts_asks_for_a_stream_with_usage_and_one_for_a_single_part_does_not(
    call: Call,
) -> None:
    await call.ask(streamed(TO_STATS, end("length")), completion(json.dumps(STATS)))
    first, second = call.provider.requests
    assert (first["stream"], first["stream_options"]) == (True, {"include_usage": True})
    assert not {"stream", "stream_options"} & second.keys()
    assert set(first["response_format"]["json_schema"]["schema"]["properties"]) == {"traits", "skills", "stats"}


async def test_the_operators_can_switch_streams_off(provider: Provider) -> None:
    provider.body = {"stream": False}
    call = Call(provider)
    await call.ask(completion(J))
    assert call.outputs == WHOLE
    assert (provider.requests[0]["stream"], "stream_options" in provider.requests[0]) == (False, False)


@pytest.mark.parametrize(
    "text", [f"<think>A {{draft}}.</think>{J}", f"```json\n{J}\n```", f"Sure! {J}", json.dumps({"answer": WHOLE})]
)
async def test_an_answer_in_another_form_is_read_when_it_has_ended(call: Call, text: str) -> None:
    await call.ask(streamed(*text, end()))
    assert call.outputs == WHOLE
    assert len(call.provider.requests) == 1


async def test_an_invalid_part_is_asked_for_alone_and_the_others_are_kept(call: Call) -> None:
    wrong = json.dumps(WHOLE | {"skills": ["rope"]})
    await call.ask(streamed(wrong, end()), completion(json.dumps({"skills": SKILLS})))
    assert call.forms == ["character_traits_skills_stats", "character_skills"]
    assert call.outputs == WHOLE
    assert call.spent == Usage(2, 200, 20, unusable_answers=1)
    quoted, said = (message["content"] for message in call.provider.requests[1]["messages"][-2:])
    assert quoted == '{"skills": ["rope"]}'
    assert "skills: must have 3 or more entries" in said


async def test_a_missing_part_is_asked_for_alone(call: Call) -> None:
    await call.ask(streamed(json.dumps({"traits": TRAITS, "stats": STATS}), end()), completion(json.dumps(SKILLS)))
    assert call.forms[1] == "character_skills"
    assert "skills: is required" in call.provider.requests[1]["messages"][-1]["content"]
    assert call.outputs == WHOLE


async def test_an_answer_without_any_part_is_asked_for_again_as_a_whole(call: Call) -> None:
    await call.ask(streamed("I wonder.", end()), streamed(J, end()))
    assert call.forms == ["character_traits_skills_stats"] * 2
    assert "I wonder." in call.provider.requests[1]["messages"][-2]["content"]
    assert call.outputs == WHOLE


async def test_a_part_that_stays_invalid_fails_and_the_others_are_delivered(call: Call) -> None:
    wrong = json.dumps(WHOLE | {"skills": ["rope"]})
    error = await call.fail(streamed(wrong, end()), completion('{"skills": []}'))
    assert isinstance(error, InvalidOutput)
    assert call.outputs == {"traits": TRAITS, "stats": STATS}
    assert len(call.provider.requests) == 2


async def test_a_part_that_stays_out_of_bounds_is_adjusted(call: Call) -> None:
    await call.ask(
        streamed(json.dumps(WHOLE | {"stats": STATS | {"health": 160}}), end()),
        completion(json.dumps(STATS | {"health": 170})),
    )
    assert call.outputs["stats"]["health"] == 150
    assert call.answers["stats"].adjusted == ("health was 170, out of range, and was set to 150.",)
    assert call.answers["traits"].adjusted == ()


async def test_a_refusal_in_a_part_is_final_and_the_others_are_delivered(call: Call) -> None:
    refused = WHOLE | {"traits": TRAITS | {"flaw": {"name": "No", "description": "No."}, "traits": ["a", "b", "c"]}}
    error = await call.fail(streamed(json.dumps(refused), end("content_filter")))
    assert isinstance(error, Refused)
    assert list(call.answers) == ["traits", "skills"]


BREAKS = {
    "connection lost": [httpx2.ReadError("reset")],
    "body cut short": [httpx2.RemoteProtocolError("incomplete chunked read")],
    "no end": [],
    "error event": [event({"error": {"code": 502, "message": "upstream"}})],
    "broken event": [b"data: {\n\n"],
}


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS)
async def test_after_a_break_only_the_rest_is_asked_for(call: Call, broken: list[Any]) -> None:
    await call.ask(streamed(TO_STATS, *broken), completion(json.dumps(STATS)))
    assert call.forms == ["character_traits_skills_stats", "character_stats"]
    assert call.outputs == WHOLE
    assert call.spent.llm_calls == 2


async def test_several_parts_that_are_missing_after_a_break_share_a_stream_again(call: Call) -> None:
    rest = json.dumps({"skills": SKILLS, "stats": STATS})
    await call.ask(streamed(TO_SKILLS, httpx2.ReadError("reset")), streamed(rest, end()))
    assert call.forms[1] == "character_skills_stats"
    assert call.provider.requests[1]["stream"] is True
    assert call.outputs == WHOLE


async def test_a_cut_off_answer_keeps_its_whole_parts(call: Call) -> None:
    await call.ask(streamed(TO_STATS, end("length")), completion(json.dumps(STATS)))
    assert call.forms[1] == "character_stats"
    assert "Write less" in call.provider.requests[1]["messages"][-1]["content"]
    assert call.outputs == WHOLE


async def test_a_cut_off_answer_that_was_not_streamed_keeps_its_whole_parts(call: Call) -> None:
    await call.ask(completion(TO_STATS, "length"), completion(json.dumps(STATS)))
    assert call.forms[1] == "character_stats"
    assert call.outputs == WHOLE


async def test_if_no_attempt_is_left_the_delivered_parts_stay_delivered(call: Call) -> None:
    error = await call.fail(streamed(TO_STATS, httpx2.ReadError("reset")), *(failure(503) for _ in range(3)))
    assert isinstance(error, ProviderUnavailable)
    assert list(call.answers) == ["traits", "skills"]


@pytest.mark.parametrize("steps", [[J, end()], [*J, end()], [piece(J) + end()]], ids=["one", "letters", "at once"])
async def test_a_stream_may_come_in_any_pieces(call: Call, steps: list[Any]) -> None:
    await call.ask(streamed(*steps))
    assert call.outputs == WHOLE
    assert call.spent == Usage(1, 100, 10)


async def test_a_server_that_ignores_the_request_for_a_stream_is_read(call: Call) -> None:
    await call.ask(completion(J))
    assert call.outputs == WHOLE
    assert call.happened[0] == Usage(1, 100, 10)


async def test_a_stream_without_usage_counts_as_a_call(call: Call) -> None:
    await call.ask(streamed(J, end(usage=None)))
    assert call.spent == Usage(1, 0, 0)
