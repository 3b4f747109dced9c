"""A text that breaks a rule is asked for once more with the reason. What is still weak is taken with a remark.

Over real gRPC and real HTTP.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.integration.generator.client import Client, Events
from tests.integration.generator.conftest import Generator
from tests.integration.generator.provider import Call, Provider, Status, Text
from tests.unit.generator.judging.prose import PROSE

GERMAN = (
    f"{PROSE['de'][0]} Wer ihn hört, zählt mit und schweigt bis zum Morgen.",
    f"{PROSE['de'][1]} Niemand fragt zweimal nach dem Öl und nach den Schlüsseln der Mühle.",
)
SETTING = {"setting": {"name": "Low Tarn", "description": "A drowned town."}}
BOTH, HISTORY, DESCRIPTION = "relic_description_history", "relic_history", "relic_description"

#: Makes a weak version of two good texts, a description and a history.
Spoil = Callable[[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """A weak answer of a model, and what follows."""

    name: str
    spoil: Spoil
    #: The reason for the model, and the message for the caller if the text stays weak.
    reason: str
    remark: str
    #: The call that asks again.
    again: str = HISTORY
    params: dict[str, Any] = field(default_factory=dict)
    #: A good answer, if the usual one is not.
    good: tuple[str, str] | None = None


CASES = [
    Case(
        "answers-in-english",
        lambda description, history: (description, history),
        "must be in German, not in English",
        "The text is in English instead of German.",
        again=BOTH,
        params={"language": "de"},
        good=GERMAN,
    ),
    Case(
        "one-word",
        lambda description, _: (description, "Elder."),
        "`history` has 1 word; write 90 to 130 words.",
        "history is too short: 1 word instead of 90 to 130 words.",
    ),
    Case(
        "runs-on",
        lambda description, _: (
            description,
            " ".join(
                description.replace("before", word).replace("The", word) for word in ("after", "near", "for", "with")
            ),
        ),
        "write 90 to 130 words.",
        "words instead of 90 to 130 words.",
    ),
    Case(
        "repeats-a-paragraph",
        lambda description, history: (description, f"{history} {history}"),
        "`history` says this twice",
        "history says the same thing twice.",
    ),
    Case(
        "repeats-another-field",
        lambda description, _: (description, description),
        "`history` repeats `description`",
        "history repeats description.",
    ),
    Case(
        "forgets-the-context",
        lambda description, history: (description, history.replace("Low Tarn", "some town")),
        'must use these pieces of the context by name: "Low Tarn"',
        'The text does not mention "Low Tarn".',
        params={"context": SETTING},
    ),
    Case(
        "uses-a-forbidden-name",
        lambda description, history: (f"{description} Elara made it.", history),
        'contains the forbidden name "Elara"',
        'description contains "Elara", a name that language models write too often.',
        again=DESCRIPTION,
    ),
    Case(
        "is-cut-off",
        lambda description, history: (description, f"{history} And then the"),
        "`history` stops in the middle of a sentence",
        "history stops in the middle of a sentence.",
    ),
    Case(
        "links-to-a-page",
        lambda description, history: (f"{description} See https://www.example.org/relics/ for more.", history),
        "`description` contains a web address",
        "description contains a web address.",
        again=DESCRIPTION,
    ),
]


class Run:
    """Jobs for relics, whose model gives weak answers."""

    def __init__(self, client: Client, provider: Provider) -> None:
        self.client = client
        self.provider = provider

    def answer(self, texts: tuple[str, str], call: str = BOTH) -> Text:
        """The answer to this call, which has one of the texts or both."""
        return Text(json.dumps(fields_of(texts, call)))

    def english(self) -> tuple[str, str]:
        """A good description and history."""
        description, history = self.provider.paragraphs(2)
        return description, f"{history} It lay in Low Tarn."

    @property
    def again(self) -> list[Call]:
        """The calls that asked again."""
        return [call for call in self.provider.calls if len(call.body["messages"]) > 2]


@pytest.fixture
async def run(generator: Generator, provider: Provider) -> Run:
    return Run(await generator(), provider)


def fields_of(texts: tuple[str, str], call: str) -> dict[str, str]:
    fields = dict(zip(("description", "history"), texts, strict=True))
    return {key: text for key, text in fields.items() if key in call}


def remarks_in(events: Events) -> list[tuple[str, str, str]]:
    """Stage, code and message of each remark."""
    return [(stage.stage, each.code, each.message) for stage in events.stages for each in stage.remarks]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_weak_text_is_asked_for_once_more_with_the_reason_and_the_better_one_is_taken(
    run: Run, case: Case
) -> None:
    good = case.good or run.english()
    run.provider.script(BOTH, run.answer(case.spoil(*run.english())))
    run.provider.script(case.again, run.answer(good, case.again))
    events = await run.client.generate("relic", count=1, **case.params)
    (again,) = run.again
    assert again.name == case.again
    *_, quoted, told = (message["content"] for message in again.body["messages"])
    assert told.startswith("That answer does not meet the standard.")
    assert case.reason in told
    assert quoted.startswith("{")
    assert remarks_in(events) == []
    (piece,) = events.result
    written = {"description": piece["description"], "history": piece["details"]["history"]}
    assert fields_of(good, case.again).items() <= written.items()
    assert sum(stage.usage.llm_calls for stage in events.stages) == len(run.provider.calls) == 3
    assert sum(stage.usage.prompt_tokens for stage in events.stages) == 300
    assert sum(stage.usage.unusable_answers for stage in events.stages) == 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_text_that_stays_weak_is_taken_with_a_remark(run: Run, case: Case) -> None:
    description, history = run.english()
    for call in (BOTH, case.again):
        run.provider.script(call, run.answer(case.spoil(description, history), call))
    events = await run.client.generate("relic", count=1, **case.params)
    assert len(run.again) == 1
    assert not events.generated.failures
    ((_, code, message),) = remarks_in(events)
    assert code == "below_standard"
    assert case.remark in message


async def test_a_text_is_also_compared_with_a_weak_one_of_the_same_answer(run: Run) -> None:
    description, history = run.english()
    weak = f"{description} Elara made it."
    run.provider.script(BOTH, run.answer((weak, description)), run.answer((description, history)))
    events = await run.client.generate("relic", count=1)
    (again,) = run.again
    assert again.name == BOTH
    assert "`history` repeats `description`" in again.body["messages"][-1]["content"]
    assert remarks_in(events) == []


async def test_of_two_weak_texts_the_one_with_fewer_weaknesses_is_taken(run: Run) -> None:
    history = run.provider.paragraphs(1)[0]
    run.provider.script(BOTH, run.answer((run.provider.paragraphs(1)[0], f"{history} And then the")))
    run.provider.script(HISTORY, run.answer(("", "Elara"), HISTORY))
    events = await run.client.generate("relic", count=1)
    assert events.result[0]["details"]["history"] == f"{history} And then the"
    assert len(remarks_in(events)) == 1


async def test_a_passage_of_another_piece_is_asked_for_again(run: Run) -> None:
    """Which of the two pieces is the later one depends on the provider."""
    first, second, same = run.provider.paragraphs(3)
    run.provider.script(BOTH, run.answer((same, first)), number=1)
    run.provider.script(BOTH, run.answer((same, second)), number=2)
    events = await run.client.generate("relic", count=2)
    (again,) = run.again
    assert again.name == DESCRIPTION
    assert "`description` repeats another piece" in again.body["messages"][-1]["content"]
    assert len({piece["description"] for piece in events.result}) == 2
    assert remarks_in(events) == []


async def test_names_that_are_alike_in_devanagari_are_asked_for_again(run: Run) -> None:
    def names(*given: str) -> Text:
        return Text(json.dumps({"names": [{"name": name, "concept": "नाविक, जो तैरना नहीं जानती"} for name in given]}))

    run.provider.script("relic_names", names("मीरा शर्मा", "मिरा शर्मा"), names("रोहन वर्मा"))
    events = await run.client.generate("relic", count=2)
    first, again = (call.data for call in run.provider.calls if call.name == "relic_names")
    assert "rejected" not in first
    (rejected,) = again["rejected"]
    assert (again["count"], rejected["name"]) == (1, "मिरा शर्मा")
    assert '"मीरा शर्मा", which is taken' in rejected["reason"]
    assert [piece["name"] for piece in events.result] == ["मीरा शर्मा", "रोहन वर्मा"]
    assert remarks_in(events) == []


async def test_a_name_that_stays_weak_is_taken_and_later_stages_may_use_it(run: Run) -> None:
    """Otherwise every stage of the piece would be asked for twice."""
    names = Text(json.dumps({"names": [{"name": "Elara Voss", "concept": "a knife that hums"}]}))
    description, history = run.provider.paragraphs(2)
    run.provider.script("relic_names", names, names)
    run.provider.script(BOTH, run.answer((f"{description} Elara left.", f"{history} Elara came back.")))
    events = await run.client.generate("relic", count=1)
    ((stage, code, message),) = remarks_in(events)
    assert (stage, code) == ("name", "below_standard")
    assert '"Elara"' in message
    assert len(run.provider.calls) == 3


async def test_a_weak_text_is_taken_if_the_provider_fails_when_asked_again(run: Run) -> None:
    description, history = run.provider.paragraphs(2)
    run.provider.script(BOTH, run.answer((description, f"{history} And then the")))
    run.provider.script(HISTORY, *[Status(500)] * 2)
    events = await run.client.generate("relic", count=1)
    assert [code for _, code, _ in remarks_in(events)] == ["below_standard"]
    assert not events.generated.failures


async def test_a_weak_text_is_taken_if_the_model_refuses_when_asked_again(run: Run) -> None:
    description, history = run.provider.paragraphs(2)
    run.provider.script(BOTH, run.answer((description, f"{history} And then the")))
    run.provider.script(HISTORY, Text(None, refusal="I cannot help with that."))
    events = await run.client.generate("relic", count=1)
    assert [code for _, code, _ in remarks_in(events)] == ["below_standard"]
    assert not events.generated.failures


async def test_a_model_that_does_not_write_the_language_is_not_asked_again_for_every_stage(run: Run) -> None:
    """Otherwise such a job would cost twice as much. Each piece has one remark on its language."""
    events = await run.client.generate("setting", count=3, language="de")
    assert "setting_summary" in run.provider.names()
    assert "setting_summary" not in [call.name for call in run.again]
    assert [message for _, _, message in remarks_in(events)] == ["The text is in English instead of German."] * 3
