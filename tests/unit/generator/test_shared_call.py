"""Several stages share one streamed call: each is delivered when it is whole, and paid for once."""

import asyncio
import json
from collections.abc import Collection
from typing import Any

import httpx2
import pytest

from generator_service.error import InvalidOutput, LoreError, ProviderTimeout, ProviderUnavailable, Refused
from generator_service.llm.ask import Answer, Ask, Part, Patience
from generator_service.llm.usage import Usage
from generator_service.registry import load_kinds
from tests.unit.generator.scripted_provider import QUESTION, Provider, completion, failure, rejection
from tests.unit.generator.streamed import end, event, piece, streamed
from tests.unit.generator.until import until
from tests.virtual_time import now_s

CHARACTER = load_kinds()["character"]
TRAITS = {"traits": ["loud", "kind", "late"], "flaw": {"name": "Pride", "description": "Never asks."}}
SKILLS = ["rope", "lies", "bread"]
STATS = dict.fromkeys(CHARACTER.stage["stats"].output.model_fields, 10) | {"health": 90, "stress": 5}
WHOLE = {"traits": TRAITS, "skills": SKILLS, "stats": STATS}
J = json.dumps(WHOLE)
#: The answer up to the middle of the skills, and of the stats.
TO_SKILLS, TO_STATS = J[: J.index("lies")], J[: J.index("stress")]


def question(*keys: str) -> Ask:
    stages = [CHARACTER.stage[key] for key in keys]
    parts = tuple(Part(stage.key, stage.output, stage.max_words) for stage in stages)

    def rest(delivered: Collection[str]) -> Ask:
        return question(*(key for key in keys if key not in delivered))

    return Ask(f"character_{'_'.join(keys)}", parts, QUESTION, rest if len(keys) > 1 else None)


class Call:
    """Asks for traits, skills and stats, and keeps what is delivered and what is spent, in order."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.llm = provider.llm()
        self.happened: list[str | Usage] = []
        self.answers: dict[str, Answer] = {}

    async def ask(self, *answers: Any, patience: Patience | None = None) -> None:
        self.provider.answers = list(answers)
        await self.llm.complete(
            question("traits", "skills", "stats"), patience or Patience(), self.happened.append, self._deliver
        )

    async def fail(self, *answers: Any, patience: Patience | None = None) -> LoreError:
        with pytest.raises(LoreError) as raised:
            await self.ask(*answers, patience=patience)
        return raised.value

    def _deliver(self, key: str, answer: Answer) -> None:
        assert key not in self.answers
        self.answers[key] = answer
        self.happened.append(key)

    @property
    def outputs(self) -> dict[str, Any]:
        """What was delivered, in the form of the whole answer."""
        found = {key: answer.output.model_dump() for key, answer in self.answers.items()}
        return {key: value["skills"] if key == "skills" else value for key, value in found.items()}

    @property
    def forms(self) -> list[str]:
        """The names of the forms of the requests."""
        return [request["response_format"]["json_schema"]["name"] for request in self.provider.requests]

    @property
    def spent(self) -> Usage:
        return sum((each for each in self.happened if isinstance(each, Usage)), Usage())


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


async def test_several_parts_that_a_break_has_left_share_a_stream_again(call: Call) -> None:
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


NO_OPTIONS = [
    (
        422,
        {
            "detail": [
                {"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}
            ]
        },
    ),
    (422, {"message": {"detail": [{"loc": ["body", "stream_options", "include_usage"], "type": "extra_forbidden"}]}}),
    (400, {"error": {"message": "property 'stream_options' is unsupported"}}),
    (400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}}),
]


@pytest.mark.parametrize(("status", "body"), NO_OPTIONS)
async def test_a_server_without_stream_options_still_streams(call: Call, status: int, body: Any) -> None:
    await call.ask(httpx2.Response(status, json=body), streamed(TO_STATS, J[len(TO_STATS) :], end(usage=None)))
    assert call.outputs == WHOLE
    assert [("stream" in each, "stream_options" in each) for each in call.provider.requests] == [
        (True, True),
        (True, False),
    ]


NO_STREAM = [
    "Streaming is not supported for this model.",
    "Unsupported value: 'stream' does not support true with this model. Only the default (false) value is supported.",
    "This model does not support streaming.",
    "response_format json_schema is not supported with streaming",
    "stream must be false",
    "Bad Request",
]


@pytest.mark.parametrize("words", NO_STREAM)
async def test_a_server_without_streams_is_asked_without_and_that_is_remembered(call: Call, words: str) -> None:
    confirmed = question("stats")
    call.provider.answers = [completion(json.dumps(STATS))]
    await call.llm.complete(confirmed, Patience(), lambda _: None, lambda _key, _answer: None)
    await call.ask(rejection(words), completion(J))
    assert call.outputs == WHOLE
    call.answers.clear()
    await call.ask(completion(J))
    streams = [request.get("stream") for request in call.provider.requests]
    assert streams == [None, True, None, None]
    formats = {request["response_format"]["type"] for request in call.provider.requests}
    assert formats == {"json_schema"}, "only the stream was rejected"


async def test_one_rejected_prompt_does_not_end_streams_that_have_worked(call: Call) -> None:
    await call.ask(streamed(J, end()))
    call.answers.clear()
    await call.fail(rejection("Bad Request"))
    await call.ask(streamed(J, end()))
    assert [request["stream"] for request in call.provider.requests] == [True] * 3


async def test_the_clock_of_a_call_starts_again_with_each_part(call: Call) -> None:
    """A call has 30 s. Three parts of 20 s each are in time."""

    async def after(seconds: float, *opened: asyncio.Event) -> None:
        for each in opened:
            await asyncio.sleep(seconds)
            each.set()

    first, second, third = asyncio.Event(), asyncio.Event(), asyncio.Event()
    texts = (TO_SKILLS, J[len(TO_SKILLS) : len(TO_STATS)], J[len(TO_STATS) :])
    async with asyncio.TaskGroup() as group:
        group.create_task(after(20, first, second, third))
        await call.ask(streamed(first, texts[0], second, texts[1], third, texts[2], end()))
    assert call.outputs == WHOLE
    assert now_s() == pytest.approx(60)
    assert call.provider.limiter.limit == 4, "a long answer is no sign of a queue"


async def test_a_part_that_does_not_come_in_time_is_given_up(call: Call) -> None:
    error = await call.fail(
        streamed(TO_SKILLS, asyncio.Event()), patience=Patience(deadline_at=now_s() + 29, may_repair=lambda: False)
    )
    assert isinstance(error, ProviderTimeout)
    assert list(call.answers) == ["traits"]


async def test_cancelling_closes_the_connection(call: Call) -> None:
    closed = asyncio.Event()

    class Body(httpx2.AsyncByteStream):
        async def __aiter__(self) -> Any:
            yield piece(TO_SKILLS)
            await asyncio.Event().wait()

        async def aclose(self) -> None:
            closed.set()

    async def respond() -> httpx2.Response:
        await asyncio.sleep(0)
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=Body())

    task = asyncio.create_task(call.ask(respond))
    await until(lambda: call.happened == ["traits"])
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert closed.is_set()
    assert call.spent == Usage(1)


async def test_the_first_part_shows_that_the_provider_accepts_requests(provider: Provider) -> None:
    """Until then, calls go out one at a time."""
    slow = asyncio.Event()
    call, other = Call(provider), Call(provider)
    task = asyncio.create_task(call.ask(streamed(TO_SKILLS, slow, J[len(TO_SKILLS) :], end())))
    await until(lambda: call.answers)
    await other.ask(streamed(J, end()))
    assert other.outputs == WHOLE
    assert not task.done()
    slow.set()
    await task
