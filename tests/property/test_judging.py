"""Repetition is found in any place, nothing else is mistaken for it, and no text makes the rules fail."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from generator_service.judging.judge import judge
from generator_service.judging.name import similar
from generator_service.judging.repetition import MIN_RUN, repeated_from, repeated_within
from generator_service.judging.standard import Standard, Words
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.word import count_words, tokens

STANDARD = Standard(
    lengths={"a": Words(5, 20), "b[]": Words(0, 3)},
    sentences=("a",),
    names=("c",),
    of_people=True,
    distinct_entries=("b[]",),
    context="all",
)
#: Words that are all different, so that a text of them repeats nothing.
WORDS = ["".join(letters) for letters in itertools.product("bdfgklmnprst", "aeiou", "bdfgklmnprst")][:600]

texts = st.text(max_size=300)
starts = st.integers(0, 300)


@given(texts, st.lists(texts, max_size=4), texts, texts)
def test_any_text_can_be_judged_and_is_judged_alike_every_time(a: str, b: list[str], c: str, other: str) -> None:
    output = {"a": a, "b": b, "c": c}
    around = Surroundings(piece={"d": other}, others=[{"e": other}], context={"r": c}, given=[other], taken=[other])
    assert judge(output, STANDARD, around) == judge(output, STANDARD, around)


@given(texts, texts)
def test_similarity_has_no_direction_and_a_name_is_similar_to_itself(one: str, other: str) -> None:
    assert similar(one, other, of_people=True) == similar(other, one, of_people=True)
    assert similar(one, one)


@given(texts)
def test_a_text_has_at_most_as_many_words_as_tokens(text: str) -> None:
    assert count_words(text) <= len(tokens(text))


@given(starts, st.integers(2 * MIN_RUN, 100), st.integers(0, 600), st.sampled_from([" ", ". ", ", ", "\n\n"]))
def test_a_long_passage_that_is_pasted_in_again_is_found(start: int, length: int, place: int, joint: str) -> None:
    """Even if it is pasted into the middle of itself: one half is long enough."""
    passage = " ".join(WORDS[start : start + length])
    before, after = WORDS[:place], WORDS[place:]
    text = joint.join(filter(None, [" ".join(before), passage, " ".join(after)]))
    assert repeated_within(text) is not None
    assert repeated_from(text, passage) is not None
    assert repeated_within(" ".join(WORDS)) is None


@given(starts, st.integers(1, MIN_RUN - 1))
def test_a_short_passage_in_two_texts_is_not_a_repetition(start: int, length: int) -> None:
    shared = WORDS[start : start + length]
    one, other = [*WORDS[400:430], *shared, *WORDS[430:450]], [*WORDS[450:480], *shared, *WORDS[480:500]]
    assert repeated_from(" ".join(one), " ".join(other)) is None
