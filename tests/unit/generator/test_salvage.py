"""An answer that was cut off: what can be used of the part that was being written."""

import json
from typing import Any

import pytest

from generator_service.llm.answer import Rejected, Verdict, read_parts
from generator_service.llm.ask import Answer, Part
from generator_service.llm.reply import Ending, Reply
from generator_service.llm.runaway import before_loop, repeats_itself
from generator_service.registry import load_kinds

CHARACTER = load_kinds()["character"]
BORN = "Ilse was born on a barge."
TO_BORN = f'{{"backstory": "{BORN}'


def parts(*keys: str) -> list[Part]:
    return [Part(key, CHARACTER.stage[key].output) for key in keys]


def verdict(text: str, key: str, *others: str) -> Verdict:
    """The verdict on the part with this key in an answer that was cut off."""
    asked = parts(*others, key)
    return read_parts(Reply(text, Ending.CUT_OFF), asked, asked)[key]


def saved(text: str, key: str, *others: str) -> Any:
    """What is saved of the part with this key; None if it is nothing."""
    found = verdict(text, key, *others)
    assert isinstance(found, Rejected)  # the part is asked for again
    if found.fallback is None:
        return None
    assert found.fallback.adjusted[-1] == f"{key} was cut off before its end."
    return found.fallback.output.model_dump()


@pytest.mark.parametrize(
    "text",
    [
        f"{TO_BORN} She left w",
        f"{TO_BORN} She left",
        f"{TO_BORN} ",
        TO_BORN,
        f"{TO_BORN} \\u",
        f"{TO_BORN} She walks on rope in the rain" + ", she walks on rope in the rain" * 30,
        f"```json\n{TO_BORN} She left w",
        f"<think>A barge?</think>{TO_BORN} She left w",
    ],
)
def test_a_text_ends_after_its_last_whole_sentence(text: str) -> None:
    assert saved(text, "backstory") == {"backstory": BORN}


@pytest.mark.parametrize("passage", [" She left.", " She left. Who saw?", " \\n\\nShe left."])
def test_sentences_that_are_repeated_without_end_do_not_stay_repeated(passage: str) -> None:
    text = saved(TO_BORN + passage * 90 + passage[:4], "backstory")["backstory"]
    assert text.startswith(BORN)
    assert text.count("left") <= 1


def test_a_text_that_never_ends_is_cut_to_the_allowed_length() -> None:
    days = "".join(f" It was the {day}th day." for day in range(1000))
    text = saved(TO_BORN + days[:4_400], "backstory")["backstory"]
    assert text.startswith(f"{BORN} It was the 0th day.")
    assert 1_900 < len(text) <= 2_000
    assert text.endswith("day.")


def test_sentences_end_in_every_script() -> None:
    text = "\u5979\u751f\u5728\u8239\u4e0a\u3002"
    assert saved(f'{{"backstory": "{text}\u5979', "backstory") == {"backstory": text}


@pytest.mark.parametrize(
    "text",
    ['{"backstory": "Ilse was bo', '{"backstory": ', '{"backstory', "{", f"Here it is: {TO_BORN}", "Once upon a"],
)
def test_nothing_is_saved_of_an_answer_without_a_whole_sentence_or_in_another_form(text: str) -> None:
    assert saved(text, "backstory") is None


def test_the_part_at_which_a_shared_answer_was_cut_off_is_saved() -> None:
    text = f'{{"appearance": "Tall.", "backstory": "{BORN} She left w'
    assert saved(text, "backstory", "appearance") == {"backstory": BORN}
    assert isinstance(verdict(text, "appearance", "backstory"), Answer)
    assert saved(text, "skills", "appearance", "backstory") is None


@pytest.mark.parametrize(
    ("end", "kept"), [("bakes br", 3), ("bakes bread", 3), ('bakes bread"', 3), ('bakes bread", "sin', 4), ("", 3)]
)
def test_the_last_entry_of_a_list_is_left_out_unless_it_is_whole(end: str, kept: int) -> None:
    skills = ["walks on rope", "tells lies", "mends nets"]
    found = saved(json.dumps({"skills": skills})[:-2] + f', "{end}', "skills")
    assert found["skills"] == [*skills, "bakes bread"][:kept]


def test_a_list_that_is_then_too_short_is_not_saved() -> None:
    assert saved('{"skills": ["walks on rope", "tells lies", "mends n', "skills") is None


@pytest.mark.parametrize("end", ["1", "10", "10, ", '10, "stre'])
def test_numbers_are_not_saved(end: str) -> None:
    """The last one may have more digits, and the others are missing."""
    assert saved('{"health": ' + end, "stats") is None


@pytest.mark.parametrize("passage", ["a", "ab", "A bell rang. ", "x" * 30 + "y" * 170])
@pytest.mark.parametrize("extra", [0, 1, 7])
def test_a_loop_is_cut_after_its_first_passage(passage: str, extra: int) -> None:
    text = "Once. " + passage * (1 + 600 // len(passage)) + passage[:extra]
    assert repeats_itself(text)
    cut = before_loop(text)
    assert text.startswith(cut)
    assert len(cut) <= len("Once. ") + len(passage)
    assert cut.startswith("Once. ")


def test_a_text_without_a_loop_is_not_cut() -> None:
    assert before_loop(BORN * 2) == BORN * 2
