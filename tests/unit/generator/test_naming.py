"""Each piece gets a different name. Names that repeat are asked for again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from pydantic import ValidationError

from generator_service.error import ProviderUnavailable
from generator_service.judging.judge import judge
from generator_service.judging.standard import Standard
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Weakness
from generator_service.kind import NAMED, Named
from generator_service.llm.ask import Answer
from generator_service.writing.naming import Judge, batch_schema, distinct, free_initial


class Proposer:
    """Proposes the given names, round by round, and records the questions. An error is raised."""

    def __init__(self, *rounds: Sequence[str] | Exception) -> None:
        self.rounds = list(rounds)
        self.asked: list[tuple[int, list[str]]] = []
        self.initials: list[str | None] = []
        #: What each question says about weak proposals: names and broken rules.
        self.rejected: list[list[tuple[str, str]]] = []

    async def __call__(
        self, count: int, taken: Sequence[str], rejected: Sequence[Answer], initial: str | None = None
    ) -> Sequence[Named]:
        self.asked.append((count, list(taken)))
        self.initials.append(initial)
        self.rejected.append(
            [(name_of(answer), weakness.rule) for answer in rejected for weakness in answer.weaknesses]
        )
        names = self.rounds.pop(0)
        if isinstance(names, Exception):
            raise names
        return [Named.model_construct(name=name, concept="keeps other people's bees") for name in names]


def name_of(answer: Answer) -> str:
    assert isinstance(answer.output, Named)
    return answer.output.name


def rules(standard: Standard = NAMED, given: Sequence[str] = ()) -> Judge:
    def weaknesses(proposal: Named, taken: Sequence[str], others: Sequence[Named]) -> Sequence[Weakness]:
        around = Surroundings(taken=taken, given=given, others=[other.fields() for other in others])
        return judge(proposal.fields(), standard, around)

    return weaknesses


async def rounds_of(
    propose: Proposer, count: int, taken: Sequence[str] = (), judge: Judge | None = None
) -> list[list[str]]:
    rounds = distinct(propose, count, taken, judge or rules())
    return [[name_of(answer) for answer in accepted] async for accepted in rounds]


async def test_good_names_take_one_call() -> None:
    propose = Proposer(["Ada", "Bo", "Cy"])
    assert await rounds_of(propose, 3) == [["Ada", "Bo", "Cy"]]


async def test_only_missing_names_are_asked_for_again_and_good_ones_must_be_avoided() -> None:
    propose = Proposer(["Ada", "ADA", "  "], ["Bo", "Äda"], ["Cy"])
    assert await rounds_of(propose, 3, ["Zed"]) == [["Ada"], ["Bo"], ["Cy"]]
    assert propose.asked == [(3, ["Zed"]), (2, ["Zed", "Ada"]), (1, ["Zed", "Ada", "Bo"])]


async def test_if_a_name_keeps_repeating_the_next_one_is_asked_for_with_another_initial() -> None:
    """A weak model proposes the same name for all pieces, even if told not to."""
    propose = Proposer(["Ilse"] * 3, ["Ilse"] * 2, ["Mara"], ["Tove"])
    assert await rounds_of(propose, 3) == [["Ilse"], [], ["Mara"], ["Tove"]]
    assert [count for count, _ in propose.asked] == [3, 2, 1, 1]
    assert propose.initials == [None, None, "M", "B"]


async def test_a_model_that_proposes_no_new_names_is_given_up() -> None:
    """Each question has an initial that was not tried before."""
    propose = Proposer(*[["Zed"]] * 9)
    assert await rounds_of(propose, 5, ["Zed"]) == [[], [], [], []]
    assert propose.initials == [None, None, "M", "B"]


async def test_of_too_many_names_the_first_good_ones_are_used() -> None:
    assert await rounds_of(Proposer(["Ada", "Ada", "Bo", "Cy"]), 2) == [["Ada", "Bo"]]


def test_a_free_initial_is_one_that_few_or_no_names_have() -> None:
    assert free_initial([]) == "M"
    assert free_initial(["Mara", "B\u00e4r", "永夜"]) == "T"
    assert free_initial([f"{letter}a" for letter in "abcdefghijklmnopqrstuvwxyz"] + ["Mo"]) == "B"


def test_in_other_scripts_the_initials_in_use_are_excluded() -> None:
    """Otherwise the generator would need an alphabet for each script."""
    assert free_initial(["मीरा", "मोहन", "रवि"]) == "none of these: म, र"
    assert free_initial(["김민수", "이영희"]) == "none of these: 김, 이"


async def test_names_that_are_easily_confused_are_asked_for_again() -> None:
    propose = Proposer(["मीरा शर्मा", "मिरा शर्मा"], ["रोहन वर्मा"])
    assert await rounds_of(propose, 2) == [["मीरा शर्मा"], ["रोहन वर्मा"]]
    assert propose.asked[-1] == (1, ["मीरा शर्मा", "मिरा शर्मा"])
    assert propose.rejected == [[], [("मिरा शर्मा", "similar_name")]]


async def test_people_need_different_first_names() -> None:
    propose = Proposer(["Mara Venn", "Mara Tull"], ["Osk Tull"])
    people = rules(replace(NAMED, of_people=True))
    assert await rounds_of(propose, 2, judge=people) == [["Mara Venn"], ["Osk Tull"]]


async def test_a_forbidden_name_is_asked_for_again_unless_the_caller_uses_it() -> None:
    assert await rounds_of(Proposer(["Elara Voss", "Bo"], ["Ilse"]), 2) == [["Bo"], ["Ilse"]]
    allowed = rules(given=["the court of Elara"])
    assert await rounds_of(Proposer(["Elara Voss", "Bo"]), 2, judge=allowed) == [["Elara Voss", "Bo"]]


async def test_a_weak_name_is_taken_if_nothing_better_comes() -> None:
    """A piece with a weak name is better than no piece, and asking once more is enough to pay for."""
    propose = Proposer(["Elara"] * 3, ["Elara", "Elara Voss"], ["Lyra"])
    assert await rounds_of(propose, 3) == [[], [], ["Elara", "Elara Voss"], ["Lyra"]]
    assert propose.initials == [None, None, "M"]


async def test_of_weak_names_those_with_the_fewest_weaknesses_are_taken_and_say_what_is_wrong() -> None:
    propose = Proposer(["Elara and Lyra", "Kael"], ["Kael"])
    (answer,) = [each async for accepted in distinct(propose, 1, (), rules()) for each in accepted]
    assert name_of(answer) == "Kael"
    assert [weakness.rule for weakness in answer.weaknesses] == ["forbidden_name"]


async def test_a_weak_name_is_taken_if_the_second_question_is_not_answered() -> None:
    assert await rounds_of(Proposer(["Bo", "Elara"], ProviderUnavailable()), 2) == [["Bo"], ["Elara"]]


async def test_names_that_are_missing_besides_weak_ones_fail_with_the_cause() -> None:
    """The weak ones are taken before."""
    rounds = distinct(Proposer(["Bo", "Elara", "Bo"], ProviderUnavailable()), 3, (), rules())
    assert [[name_of(answer) for answer in await anext(rounds)] for _ in range(2)] == [["Bo"], ["Elara"]]
    with pytest.raises(ProviderUnavailable):
        await anext(rounds)


async def test_a_concept_that_another_piece_has_is_weak() -> None:
    """A weak model gives all pieces the same concept."""
    concept = "a ferrywoman who has never learned to swim and never says why"
    proposals = [Named(name=name, concept=concept) for name in ("Osk", "Ilse")]

    async def propose(
        count: int, taken: Sequence[str], rejected: Sequence[Answer], initial: str | None = None
    ) -> Sequence[Named]:
        return proposals[-count:]

    found = [answer async for accepted in distinct(propose, 2, (), rules()) for answer in accepted]
    assert [(name_of(answer), [each.rule for each in answer.weaknesses]) for answer in found] == [
        ("Osk", []),
        ("Ilse", ["repeats_other_piece"]),
    ]


def test_a_call_for_names_asks_for_the_missing_number_and_accepts_any() -> None:
    """Missing names are asked for again anyway, so rejecting the answer would only cost another call."""
    form = batch_schema(Named, "names", 2)
    asked = form.model_json_schema()["properties"]["names"]
    assert (asked["minItems"], asked["maxItems"]) == (2, 2)
    names = [{"name": name, "concept": "c"} for name in ("Ada", "Bo", "Cy")]
    for given in (names, names[:2], names[:1]):
        form.model_validate({"names": given})
    with pytest.raises(ValidationError):
        form.model_validate({"names": []})
