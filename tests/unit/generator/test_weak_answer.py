"""A weak text is asked for once more, alone, and is never lost: the best version of it is taken."""

import asyncio
import json
from collections.abc import Collection, Mapping
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from generator_service.error import BelowStandard, InvalidOutput, LoreError, Refused
from generator_service.judging.weakness import Rule, Weakness
from generator_service.kinds.character import Appearance, Backstory, Stats
from generator_service.llm.ask import Answer, Ask, Part, Patience, Review, ReviewText
from generator_service.llm.openai_llm import TAKE_S
from generator_service.llm.usage import Usage
from tests.unit.generator.scripted_provider import QUESTION, Provider, completion, failure
from tests.unit.generator.streamed import end, streamed
from tests.unit.generator.until import until
from tests.virtual_time import now_s

#: A text has one weakness for each word "weak".
GOOD, WEAK, WEAKER = "good", "weak", "weak weak"
STATS = dict.fromkeys(Stats.model_fields, 10) | {"health": 90}


def weaknesses_of(output: BaseModel) -> list[Weakness]:
    count = json.dumps(output.model_dump()).count("weak")
    return [Weakness(Rule.TOO_SHORT, "text", f"Fix {number}.", f"Weak {number}.") for number in range(count)]


def fixable(output: BaseModel, _others: Mapping[str, BaseModel]) -> Review:
    return Review(weaknesses_of(output))


def acceptable(output: BaseModel, _others: Mapping[str, BaseModel]) -> Review:
    return Review((), weaknesses_of(output))


def question(*parts: Part) -> Ask:
    def rest(delivered: Collection[str]) -> Ask:
        return question(*(part for part in parts if part.key not in delivered))

    name = "_".join(("character", *(part.key for part in parts)))
    return Ask(name, parts, QUESTION, rest if len(parts) > 1 else None)


def appearance(review: ReviewText = fixable, *, is_strict: bool = False) -> Part:
    return Part("appearance", Appearance, 80, review, is_strict)


BACKSTORY = Part("backstory", Backstory, 160, fixable)


class Call:
    """Asks a question and keeps what is delivered and what is spent."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.taken: dict[str, Answer] = {}
        self.costs: list[Usage] = []

    async def ask(self, ask: Ask, *answers: Any, patience: Patience | None = None) -> None:
        self.provider.answers = list(answers)
        await self.provider.llm().complete(ask, patience or Patience(), self.costs.append, self._deliver)

    def _deliver(self, key: str, answer: Answer) -> None:
        assert key not in self.taken
        self.taken[key] = answer

    @property
    def texts(self) -> dict[str, tuple[Any, int]]:
        """What was taken, and how many weaknesses it has."""
        return {key: (getattr(each.output, key), len(each.weaknesses)) for key, each in self.taken.items()}

    @property
    def told(self) -> list[str]:
        """The last message of each request that asked again."""
        requests = (request["messages"] for request in self.provider.requests)
        return [messages[-1]["content"] for messages in requests if len(messages) > len(QUESTION)]

    @property
    def spent(self) -> Usage:
        return sum(self.costs, Usage())


@pytest.fixture
def call(provider: Provider) -> Call:
    return Call(provider)


def looks(text: str) -> Any:
    return completion(json.dumps({"appearance": text}))


async def test_a_good_text_is_taken_at_once(call: Call) -> None:
    await call.ask(question(appearance()), looks(GOOD))
    assert call.texts == {"appearance": (GOOD, 0)}
    assert call.spent == Usage(1, 100, 10)


async def test_a_weak_text_is_asked_for_again_with_the_reasons_and_its_own_words(call: Call) -> None:
    await call.ask(question(appearance()), looks(WEAKER), looks(GOOD))
    assert call.texts == {"appearance": (GOOD, 0)}
    assert call.told == [
        "That answer does not meet the standard. Fix 0. Fix 1. Write it again, with one JSON object that fits the "
        "schema."
    ]
    assert call.provider.requests[1]["messages"][-2]["content"] == json.dumps({"appearance": WEAKER})


async def test_weak_answers_are_not_counted_as_unusable(call: Call) -> None:
    """A small model would otherwise use up what its job may pay for, and lose the piece."""
    await call.ask(question(appearance()), looks(WEAK), looks(WEAK))
    assert call.spent == Usage(2, 200, 20, unusable_answers=0, weak_answers=2)


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [(WEAKER, WEAK, (WEAK, 1)), (WEAK, WEAKER, (WEAK, 1)), ("weak old", "weak new", ("weak new", 1))],
)
async def test_of_two_weak_texts_the_better_one_is_taken(
    call: Call, first: str, second: str, taken: tuple[str, int]
) -> None:
    await call.ask(question(appearance()), looks(first), looks(second))
    assert call.texts == {"appearance": taken}


@pytest.mark.parametrize(
    "second",
    [
        completion("I wonder."),
        completion(None, refusal="I cannot help with that."),
        failure(401, "invalid_api_key"),
        failure(400, "content_filter"),
    ],
    ids=["unusable", "refused", "no-account", "filtered"],
)
async def test_a_weak_text_is_taken_if_no_other_comes(call: Call, second: Any) -> None:
    await call.ask(question(appearance()), looks(WEAK), second)
    assert call.texts == {"appearance": (WEAK, 1)}


async def test_a_weak_text_is_taken_if_it_may_not_be_asked_for_again(call: Call) -> None:
    await call.ask(question(appearance()), looks(WEAK), patience=Patience(may_repair=lambda: False))
    assert call.texts == {"appearance": (WEAK, 1)}


async def test_a_weak_text_is_taken_before_the_deadline(call: Call) -> None:
    """At the deadline, pieces that have no text are given up."""

    async def never() -> Any:
        await asyncio.Event().wait()

    began_at = now_s()
    await call.ask(question(appearance()), looks(WEAK), never, patience=Patience(began_at + 20))
    assert now_s() == pytest.approx(began_at + 20 - TAKE_S)
    assert call.texts == {"appearance": (WEAK, 1)}


async def test_a_weak_text_is_not_asked_for_again_if_no_time_is_left(call: Call) -> None:
    await call.ask(question(appearance()), looks(WEAK), patience=Patience(now_s() + TAKE_S))
    assert call.texts == {"appearance": (WEAK, 1)}


async def test_a_text_that_another_question_would_not_fix_is_taken_at_once(call: Call) -> None:
    await call.ask(question(appearance(acceptable)), looks(WEAK))
    assert call.texts == {"appearance": (WEAK, 1)}
    assert call.spent.weak_answers == 0


async def test_a_strict_part_fails_if_it_stays_weak(call: Call) -> None:
    with pytest.raises(BelowStandard):
        await call.ask(question(appearance(is_strict=True)), looks(WEAK), looks(WEAK))
    assert call.taken == {}


@pytest.mark.parametrize(
    ("second", "error"), [(completion("I wonder."), InvalidOutput), (completion(None, refusal="No."), Refused)]
)
async def test_a_strict_part_that_is_not_written_again_fails_with_the_cause(
    call: Call, second: Any, error: type[LoreError]
) -> None:
    with pytest.raises(error):
        await call.ask(question(appearance(is_strict=True)), looks(WEAK), second)


def parts(**texts: str) -> str:
    return json.dumps(texts)


async def test_only_the_weak_part_of_several_is_asked_for_again(call: Call) -> None:
    await call.ask(
        question(appearance(), BACKSTORY),
        streamed(parts(appearance=GOOD, backstory=WEAK), end()),
        completion(parts(backstory=GOOD)),
    )
    assert call.texts == {"appearance": (GOOD, 0), "backstory": (GOOD, 0)}
    assert call.provider.requests[1]["response_format"]["json_schema"]["name"] == "character_backstory"


async def test_a_weak_part_waits_while_the_others_are_delivered(call: Call) -> None:
    more = asyncio.Event()
    answer = (
        parts(appearance=WEAK, backstory=GOOD, stats="")[: -len('"stats": ""}')] + f'"stats": {json.dumps(STATS)}}}'
    )
    before, after = answer[:-5], answer[-5:]
    task = asyncio.create_task(
        call.ask(
            question(appearance(), BACKSTORY, Part("stats", Stats)), streamed(before, more, after, end()), looks(GOOD)
        )
    )
    await until(lambda: list(call.taken) == ["backstory"])
    more.set()
    await task
    assert list(call.taken) == ["backstory", "stats", "appearance"]


async def test_a_weak_part_of_a_stream_that_breaks_is_not_lost(call: Call) -> None:
    """It is paid for, and the next attempt at the job need not write it again."""
    begun = parts(appearance=WEAK, backstory=GOOD)[:-3]
    with pytest.raises(Refused):
        await call.ask(
            question(appearance(), BACKSTORY),
            streamed(begun, httpx2.ReadError("gone")),
            completion(None, refusal="I cannot help with that."),
        )
    assert call.texts == {"appearance": (WEAK, 1)}


async def test_a_part_is_judged_beside_taken_and_held_ones_before_it(call: Call) -> None:
    seen: list[dict[str, str]] = []

    def review(_output: BaseModel, others: Mapping[str, BaseModel]) -> Review:
        seen.append({key: getattr(other, key) for key, other in others.items()})
        return Review()

    stats = Part("stats", Stats, None, review)
    answer = json.dumps({"appearance": WEAK, "backstory": GOOD, "stats": STATS})
    await call.ask(question(appearance(), BACKSTORY, stats), streamed(answer, end()), looks(GOOD))
    assert seen == [{"appearance": WEAK, "backstory": GOOD}]


async def test_an_unusable_and_a_weak_part_are_asked_for_together(call: Call) -> None:
    await call.ask(
        question(appearance(), BACKSTORY),
        streamed(json.dumps({"appearance": 5, "backstory": WEAK}), end()),
        streamed(parts(appearance=GOOD, backstory=GOOD), end()),
    )
    assert call.texts == {"appearance": (GOOD, 0), "backstory": (GOOD, 0)}
    (told,) = call.told
    assert told.startswith("That answer cannot be used.")
    assert "Fix 0." in told
    assert call.spent == Usage(2, 200, 20, unusable_answers=1, weak_answers=1)


async def test_a_part_out_of_bounds_is_also_reviewed(call: Call) -> None:
    stats = Part("stats", Stats, None, lambda *_: Review([Weakness(Rule.NOT_PLAIN, "", "Fix.", "Weak.")]))
    wrong = completion(json.dumps(STATS | {"health": 170}))
    await call.ask(question(stats), wrong, wrong)
    (answer,) = call.taken.values()
    assert (len(answer.adjusted), [each.for_user for each in answer.weaknesses]) == (1, ["Weak."])
