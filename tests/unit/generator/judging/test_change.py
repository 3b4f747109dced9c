"""A rewrite must differ from what it replaces: with a wish somewhere, without one everywhere."""

import pytest

from foundation.json_value import Json
from generator_service.judging.change import judge_change
from generator_service.judging.weakness import Rule, Weakness
from tests.unit.generator.judging.prose import PROSE

BELL = "A ship's bell of green bronze hangs over the eel stall. Whoever hears it forgets the last thing that was said."
OTHER = "The crack runs to the crown. Three harbour masters tried to melt the bell, and none of them found the forge."
FLAW: dict[str, Json] = {"name": "Old Debts", "description": "He pays whatever he is told that he owes."}
TRAITS: list[Json] = ["hums before he lies", "counts every coin twice, aloud", "never sits with his back to water"]
NEW_TRAITS: list[Json] = ["whistles at dogs", "folds each bill into a boat", "asks the price of everything"]
STATS: dict[str, Json] = {"health": 110, "stress": 30}


def fields(new: dict[str, Json], old: dict[str, Json], *, is_wished: bool) -> list[str]:
    found = list(judge_change(new, old, is_wished=is_wished))
    assert {weakness.rule for weakness in found} <= {Rule.UNCHANGED}
    return [weakness.field for weakness in found]


@pytest.mark.parametrize("is_wished", [True, False])
@pytest.mark.parametrize(
    ("new", "old"),
    [
        (BELL, BELL),
        (BELL.replace(". ", ".\n\n"), BELL),
        (TRAITS, TRAITS),
        (FLAW, dict(reversed(FLAW.items()))),
        (STATS, STATS),
    ],
)
def test_a_copy_is_found_in_texts_lists_and_numbers(new: Json, old: Json, *, is_wished: bool) -> None:
    assert fields({"field": new}, {"field": old}, is_wished=is_wished) == ["field"]


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (BELL.replace("green", "black"), BELL),
        (BELL.replace(". ", ", and "), BELL),
        (BELL.partition(". ")[0] + ".", BELL),
        (BELL.upper(), BELL),
        ([*TRAITS[:2], NEW_TRAITS[0]], TRAITS),
        (FLAW | {"name": "Long Memory"}, FLAW),
        (STATS | {"stress": 40}, STATS),
    ],
)
def test_a_wish_may_be_about_a_word_or_a_comma_and_the_rest_stays(new: Json, old: Json) -> None:
    """The rules cannot know what the wish is about."""
    assert fields({"field": new}, {"field": old}, is_wished=True) == []


def test_a_wish_need_not_change_every_field() -> None:
    old: dict[str, Json] = {"traits": TRAITS, "flaw": FLAW}
    assert fields({"traits": NEW_TRAITS, "flaw": FLAW}, old, is_wished=True) == []
    assert fields({"traits": NEW_TRAITS, "flaw": FLAW}, old, is_wished=False) == ["flaw"]
    assert fields(old, old, is_wished=True) == ["traits", "flaw"]


def test_without_a_wish_no_text_is_mostly_the_old_one() -> None:
    """A model that does not know what else to write copies the old text and adds a sentence."""
    half = f"{OTHER} {BELL}"
    assert fields({"story": f"{BELL} The eel sellers ring it."}, {"story": BELL}, is_wished=False) == ["story"]
    assert fields({"story": f"{half} {OTHER}"}, {"story": BELL}, is_wished=False) == []
    traits = [*NEW_TRAITS[:2], "counts every coin twice aloud"]
    assert fields({"traits": traits}, {"traits": TRAITS}, is_wished=False) == ["traits[2]"]


def test_a_new_text_and_one_that_replaces_none_have_no_fault() -> None:
    assert fields({"story": OTHER}, {"story": BELL}, is_wished=False) == []
    assert fields({"traits": NEW_TRAITS}, {"traits": TRAITS}, is_wished=False) == []
    for is_wished in (True, False):
        assert fields({"story": BELL}, {}, is_wished=is_wished) == []
        assert fields({"story": OTHER}, {"story": 7}, is_wished=is_wished) == []


@pytest.mark.parametrize("language", PROSE)
def test_a_copy_is_found_in_every_language_and_two_good_texts_are_no_copies(language: str) -> None:
    first, second = PROSE[language][:2]
    assert fields({"story": first}, {"story": first}, is_wished=True) == ["story"]
    assert fields({"story": second}, {"story": first}, is_wished=False) == []


def test_a_fault_says_what_to_do_and_quotes_nothing_of_the_wish() -> None:
    """The wish is data, so only its key is named outside the data block."""
    (wished,) = judge_change({"history": BELL}, {"history": BELL}, is_wished=True)
    assert wished == Weakness(
        Rule.UNCHANGED,
        "history",
        '`history` is the same as under "before"; change it as "wish" says.',
        "history is the same as before.",
    )
    (free,) = judge_change({"flaw": FLAW | {"name": "Fire"}}, {"flaw": FLAW}, is_wished=False)
    assert (free.field, free.for_user) == ("flaw.description", "description of flaw is mostly the same as before.")
    assert free.for_model == '`flaw.description` is mostly the same as under "before"; write something else.'
