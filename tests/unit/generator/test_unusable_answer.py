"""An answer whose meaning is not clear is unusable."""

import json
from typing import Any

import pytest

from generator_service.error import InvalidOutput, Refused, Truncated
from generator_service.llm.reply import Ending, Reply
from tests.unit.generator.answer_form import RIGHT, STATISTICS, J, Relic, Statistics, read, read_answer, statistics


@pytest.mark.parametrize("text", [J[:-3], J[:20], '{"name": "The'])
@pytest.mark.parametrize("ending", [Ending.WHOLE, Ending.CUT_OFF])
def test_a_string_that_was_cut_off_is_never_completed(text: str, ending: Ending) -> None:
    with pytest.raises(Truncated):
        read(text, ending)


@pytest.mark.parametrize("health", [120.5, "high", "120 HP", "1e2", None, [120], {}])
def test_anything_but_a_whole_number_is_invalid(health: Any) -> None:
    with pytest.raises(InvalidOutput) as raised:
        statistics(health=health)
    assert "health" in raised.value.fault


@pytest.mark.parametrize(("written", "bound"), [(160, 150), (3, 50), ("9999", 150)])
def test_a_number_out_of_bounds_is_invalid_and_may_then_be_set_to_the_nearest_bound(written: Any, bound: int) -> None:
    reply = Reply(json.dumps(STATISTICS | {"health": written}))
    with pytest.raises(InvalidOutput):
        read_answer(reply, Statistics)
    answer = read_answer(reply, Statistics, may_adjust=True)
    assert answer.output.health == bound
    assert answer.adjusted == (f"health was {int(written)}, out of range, and was set to {bound}.",)


def test_a_list_that_is_too_short_is_not_adjusted() -> None:
    reply = Reply(json.dumps({"health": 160, "traits": ["one"]}))
    with pytest.raises(InvalidOutput):
        read_answer(reply, Statistics, may_adjust=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON at all",
        "{}",
        "[]",
        '{"name": "Bell"}',
        '{"name": "Bell", "history": null}',
        '{"name": "Bell", "history": ""}',
        '{"name": "Bell", "history": {"a": "b", "c": "d"}}',
        '{"name": "Bell", "history": true}',
        '{"name": "", "history": "It rang."}',
        json.dumps({"name": "Bell", "history": "x" * 5000}),
        f"{J}\n{json.dumps(RIGHT | {'name': 'Another'})}",
        json.dumps({"a": RIGHT, "b": RIGHT | {"name": "Another"}}),
        '{"name": "Bell", "history": "She said "no" and left."}',
        "{" * 5000,
        "[" * 5000,
        '{"a":' * 5000,
        "name: Bell\nhistory: It rang.",
    ],
)
def test_an_answer_that_leaves_room_for_guessing_is_invalid(text: str) -> None:
    with pytest.raises(InvalidOutput):
        read(text)


def test_two_different_answers_are_reported_as_the_fault() -> None:
    with pytest.raises(InvalidOutput) as raised:
        read(f"{J} or {json.dumps(RIGHT | {'name': 'Another'})}")
    assert "several different answers" in raised.value.fault


def test_the_fault_names_the_field() -> None:
    with pytest.raises(InvalidOutput) as raised:
        read('{"name": "Bell"}')
    assert "history: is required" in raised.value.fault


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I cannot write this.",
        "I\u2019m sorry, I can\u2019t assist.",
        "I apologize, but I am unable to do so.",
        "As an AI language model, I cannot create such content.",
        "Sorry, I won't write that.",
        "<think>no</think>I must decline.",
    ],
)
def test_a_refusal_in_plain_words_is_a_refusal(text: str) -> None:
    with pytest.raises(Refused):
        read(text)


@pytest.mark.parametrize("text", ["", J, "I will not."])
def test_a_refusal_reported_by_the_server_counts_even_if_the_text_looks_fine(text: str) -> None:
    with pytest.raises(Refused):
        read(text, Ending.REFUSED)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(f"<think>The form is {J}. First the", Ending.CUT_OFF),
        Reply("", Ending.CUT_OFF, (f"I must answer like {J} so",)),
        Reply(f"<think>{J}</think>I cannot help with that."),
        Reply(f"<think>The form is {J}, so I begin.</think>"),
        Reply("", Ending.WHOLE, (f"The form is {J}, so I begin.",)),
        Reply(f'Draft: {J} Final: {{"name": "Bell", "history": "Born on a ba', Ending.CUT_OFF),
    ],
)
def test_drafts_are_not_answers(reply: Reply) -> None:
    """Models that reason quote the form before they fill it in."""
    with pytest.raises((InvalidOutput, Refused)):
        read_answer(reply, Relic)


@pytest.mark.parametrize("stress", [True, False])
def test_true_and_false_are_not_numbers(stress: bool) -> None:
    with pytest.raises(InvalidOutput):
        read_answer(Reply(json.dumps(STATISTICS | {"health": stress})), Statistics, may_adjust=True)


def test_a_deeply_nested_answer_is_invalid() -> None:
    for depth in (50, 600, 5000):
        with pytest.raises(InvalidOutput):
            read('{"a":' * depth + "1" + "}" * depth)


def test_a_refusal_inside_the_json_is_a_refusal() -> None:
    with pytest.raises(Refused):
        read(json.dumps({"name": "Bell", "history": "I'm sorry, but I can't help with that."}))


@pytest.mark.parametrize("text", ["We won't forget. The story of the barge.", "I cannot begin without saying this."])
def test_prose_in_the_first_person_is_not_a_refusal(text: str) -> None:
    with pytest.raises(InvalidOutput):
        read(text)
    assert read(json.dumps({"name": "Bell", "history": text})).history == text


@pytest.mark.parametrize(
    "text",
    [
        '{name: "x"' + "\n" * 60000 + "}",
        '{name: "x"' + " \n" * 30000 + "}",
        '{"a" ' * 15000,
        "{a: [" * 15000,
        '{"names": [1' + "/* " * 30000,
        '"' * 90000,
        "<think>" * 13000,
    ],
)
def test_a_runaway_answer_is_read_in_linear_time(text: str) -> None:
    """All jobs of the process wait in the meantime. If reading took quadratic time, this test would time out."""
    with pytest.raises(InvalidOutput):
        read(text, Ending.CUT_OFF)


def test_a_text_that_is_too_long_is_invalid_and_may_then_be_cut_after_a_sentence() -> None:
    """The text itself is fine; a small model just cannot count."""
    long = "It counts the exits. " * 25
    reply = Reply(json.dumps(STATISTICS | {"traits": [long, "kind"]}))
    with pytest.raises(InvalidOutput) as raised:
        read_answer(reply, Statistics)
    assert "at most 400 characters" in raised.value.fault
    answer = read_answer(reply, Statistics, may_adjust=True)
    assert answer.output.traits[0] == ("It counts the exits. " * 19).strip()
    assert answer.adjusted == ("traits was too long, and was cut after a sentence.",)


SENTENCES = (
    *("夜に鐘が鳴る。", "「誰だ？」", "يعدّ المخارج، أليس كذلك؟ ", "وہ دروازے گنتا ہے۔ ", "वह दरवाज़े गिनता है। "),
    *("Նա հաշվում է դռները։ ", "በሮችን ይቆጥራል። ", "„Er zählt die Türen.“ ", "« Il compte les portes. » "),
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_text_that_is_too_long_is_cut_after_a_sentence_of_its_script(sentence: str) -> None:
    reply = Reply(json.dumps(STATISTICS | {"traits": [sentence * (600 // len(sentence)), "kind"]}))
    cut = read_answer(reply, Statistics, may_adjust=True).output.traits[0]
    assert cut == (sentence * (len(cut + " ") // len(sentence))).strip()


def test_a_runaway_text_is_not_cut() -> None:
    with pytest.raises(InvalidOutput):
        read_answer(
            Reply(json.dumps(STATISTICS | {"traits": ["On and on. " * 500, "kind"]})), Statistics, may_adjust=True
        )


@pytest.mark.parametrize("text", ["{", "},", "...", "\u2014", "[ ]", "***"])
def test_a_text_without_words_is_invalid(text: str) -> None:
    with pytest.raises(InvalidOutput):
        read(json.dumps({"name": "Bell", "history": text}))
