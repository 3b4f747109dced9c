"""A streamed call that runs away is closed. Whole parts are kept, the rest is asked for again, and all calls count."""

import itertools
import json
from collections.abc import Iterator

import pytest

from generator_service.error import Truncated
from generator_service.llm.runaway import ceiling
from generator_service.llm.usage import Usage, estimated_tokens
from tests.unit.generator.scripted_provider import QUESTION, Provider, completion
from tests.unit.generator.shared_call import SKILLS, STATS, TO_SKILLS, TO_STATS, TRAITS, WHOLE, Call, J, question
from tests.unit.generator.streamed import Endless, end, piece, streamed
from tests.virtual_time import now_s

PASSAGE = "walks on rope in the rain, "
PROMPT_TOKENS = sum(estimated_tokens(message["content"]) for message in QUESTION)
#: What the scripted provider counts for each answered call.
COUNTED = Usage(1, 100, 10)


@pytest.fixture
def call(provider: Provider) -> Call:
    return Call(provider)


def loop(before: str) -> Endless:
    """The beginning of an answer, and then the same passage without end."""
    return Endless(itertools.chain([before], itertools.repeat(PASSAGE)))


def rambling(before: str) -> Endless:
    """The beginning of an answer, and then a text that never ends and never repeats itself."""
    return Endless(itertools.chain([before], (f"and then the {number}th, " for number in itertools.count())))


def chinese() -> Iterator[str]:
    return (chr(code) for code in range(0x4E00, 0x9FFF))


def stopped(stream: Endless) -> Usage:
    """The estimated cost of a stream that was stopped."""
    return Usage(1, PROMPT_TOKENS, estimated_tokens(stream.sent))


async def test_a_loop_is_closed_and_only_the_rest_is_asked_for(call: Call) -> None:
    stream = loop(TO_SKILLS)
    rest = json.dumps({"skills": SKILLS, "stats": STATS})
    await call.ask(stream.respond, streamed(rest, end()))
    assert stream.is_closed
    assert len(stream.sent) < len(TO_SKILLS) + 1_000
    assert call.forms == ["character_traits_skills_stats", "character_skills_stats"]
    assert call.outputs == WHOLE
    assert call.spent == stopped(stream) + Usage(unusable_answers=1) + COUNTED


async def test_the_second_request_has_a_penalty_for_repetition_and_does_not_quote_the_first_answer(call: Call) -> None:
    await call.ask(loop(TO_STATS).respond, completion(json.dumps(STATS)))
    second = call.provider.requests[1]
    assert second["frequency_penalty"] > 0
    assert "Write less" in second["messages"][-1]["content"]
    assert PASSAGE not in json.dumps(second)


async def test_a_part_that_never_ends_is_closed_at_its_own_limit(call: Call) -> None:
    stream = rambling('{"traits": {"traits": ["')
    await call.ask(stream.respond, streamed(J, end()))
    assert stream.is_closed
    most = ceiling(question("traits").parts[0])
    assert most < len(stream.sent) < most + 300
    assert call.outputs == WHOLE
    assert call.spent == stopped(stream) + Usage(unusable_answers=1) + COUNTED


async def test_a_later_part_has_its_own_limit(call: Call) -> None:
    stream = rambling(TO_SKILLS)
    await call.ask(stream.respond, streamed(json.dumps({"skills": SKILLS, "stats": STATS}), end()))
    most = ceiling(question("skills").parts[0])
    assert most < len(stream.sent) - len(TO_SKILLS) < most + 300
    assert call.happened[0] == "traits"
    assert call.outputs == WHOLE


async def test_the_part_that_is_whole_when_the_loop_is_noticed_is_kept(call: Call) -> None:
    """Both came in one piece."""
    stream = Endless(iter([TO_SKILLS + PASSAGE * 100]))
    await call.ask(stream.respond, streamed(json.dumps({"skills": SKILLS, "stats": STATS}), end()))
    assert call.forms[1] == "character_skills_stats"
    assert call.outputs == WHOLE


async def test_a_loop_after_the_whole_answer_costs_no_second_call(call: Call) -> None:
    stream = Endless(itertools.chain([J], itertools.repeat("\n")))
    await call.ask(stream.respond)
    assert stream.is_closed
    assert call.outputs == WHOLE
    assert call.spent == stopped(stream)


async def test_thinking_that_repeats_itself_is_stopped(call: Call) -> None:
    stream = loop("<think>They want traits. ")
    await call.ask(stream.respond, streamed(J, end()))
    assert call.outputs == WHOLE
    assert call.spent == stopped(stream) + Usage(unusable_answers=1) + COUNTED


async def test_a_model_that_runs_away_twice_fails_what_is_missing(call: Call) -> None:
    first, second = loop(TO_SKILLS), loop('{"skills": ["')
    error = await call.fail(first.respond, second.respond)
    assert isinstance(error, Truncated)
    assert call.outputs == {"traits": TRAITS}
    assert call.spent.llm_calls == call.spent.unusable_answers == 2
    assert call.spent.completion_tokens == stopped(first).completion_tokens + stopped(second).completion_tokens


async def test_an_estimate_does_not_show_that_the_provider_ignores_the_output_limit(call: Call) -> None:
    """Chinese text is estimated at more tokens than it has."""
    stream = Endless(itertools.chain(['{"traits": {"traits": ["'], chinese()))
    await call.ask(stream.respond, streamed(J, end()))
    first, second = call.provider.requests
    assert stopped(stream).completion_tokens > 1.25 * first["max_tokens"]
    assert second["max_tokens"] == first["max_tokens"]


async def test_the_connection_is_not_waited_for(call: Call) -> None:
    """A stream that has ended is read to its end, so that the connection can be used again. This one has no end."""
    await call.ask(Endless(iter([TO_STATS + PASSAGE * 100])).respond, completion(json.dumps(STATS)))
    assert now_s() == 0


async def test_a_stream_that_has_ended_is_not_stopped(call: Call) -> None:
    """The provider counts its tokens after the last text."""
    last = piece(J + "\n" * 1_000).replace(b'"finish_reason": null', b'"finish_reason": "stop"')
    await call.ask(streamed(last, end()))
    assert call.spent == COUNTED


async def test_what_came_before_a_loop_is_taken_if_the_second_answer_is_no_better(call: Call) -> None:
    first, second = loop(TO_SKILLS), loop(json.dumps({"skills": [*SKILLS, "nets"]})[:-3])
    error = await call.fail(first.respond, second.respond)
    assert isinstance(error, Truncated)  # the stats are still missing
    assert call.outputs == {"traits": TRAITS, "skills": SKILLS}
    assert call.answers["skills"].adjusted == ("skills was cut off before its end.",)
