"""Reading answers: tolerant if the meaning is clear, strict if it is not."""

import json
from typing import Annotated, Any

import pytest
from pydantic import Field

from generator_service.error import InvalidOutput, Refused, Truncated
from generator_service.kind import Output
from generator_service.llm.answer import read_answer
from generator_service.llm.ask import Answer
from generator_service.llm.reply import Ending, Reply
from generator_service.registry import load_kinds
from generator_service.text import Name, Phrase, Prose
from generator_service.writing.naming import batch_schema

KINDS = load_kinds()


class Relic(Output):
    name: Name
    history: Prose


class Statistics(Output):
    health: Annotated[int, Field(ge=50, le=150)]
    traits: Annotated[list[Phrase], Field(min_length=2, max_length=3)]


RIGHT = {"name": "The {Bell}", "history": 'It said "no" [twice].'}
J = json.dumps(RIGHT)
RELIC = Relic(**RIGHT)
STATISTICS = {"health": 100, "traits": ["loud", "kind"]}


def read(text: str, ending: Ending = Ending.WHOLE, *elsewhere: str) -> Relic:
    return read_answer(Reply(text, ending, elsewhere), Relic).output


def statistics(**fields: Any) -> Answer[Statistics]:
    return read_answer(Reply(json.dumps(STATISTICS | fields)), Statistics)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>They want {{a relic}}.</think>{J}",
        f"<think>Draft: {{}}\n{{'a': 1}}</think>\n\n{J}",
        f"They want {{a relic}}.</think>\n{J}",
        f"<think>\n{J}",
        f"<thinking>hm</thinking>{J}",
        f"<reasoning>hm</reasoning><answer>{J}</answer>",
        f"[THINK]a {{draft}}[/THINK]{J}",
        f"◁think▷hm◁/think▷{J}",
        f"<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>{J}<|END_RESPONSE|>",
        f'<|channel|>analysis<|message|>{{"a": 1}}<|end|><|start|>assistant<|channel|>final<|message|>{J}<|return|>',
        f"<think>{J}</think>",
    ],
)
def test_thinking_is_removed(text: str) -> None:
    assert read(text) == RELIC


@pytest.mark.parametrize(
    "text",
    [
        f"Sure! {J}",
        f"{J}\n\nI hope this helps.",
        f"Here is the relic [as asked]:\n\n{J}\nAnything {{else}}?",
        f"Here it is: ```json\n{J}\n``` Enjoy!",
        f"Answer: {J}.",
    ],
)
def test_prose_around_the_json_is_removed(text: str) -> None:
    assert read(text) == RELIC


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{J}\n```",
        f"```json {J} ```",
        f"```JSON\n{J}```",
        f"```\n{J}\n```",
        f"~~~json\n{J}\n~~~",
        f"`{J}`",
        f"```json5\n{J}\n```",
        f"```json\r\n{J}\r\n```\r\n",
        f"json\n{J}",
        f"```json\n{J}",
    ],
)
def test_fences_are_removed(text: str) -> None:
    assert read(text) == RELIC


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{J}",
        f"{J}<|im_end|>",
        f"<s>{J}</s>",
        f"[/INST] {J}",
        f"{J}<end_of_turn>",
        f"{J}<\uff5cend▁of▁sentence\uff5c>",
        f"{J}<eos>",
    ],
)
def test_special_tokens_and_byte_order_marks_are_removed(text: str) -> None:
    assert read(text) == RELIC


@pytest.mark.parametrize("text", [f"{J}}}", f"{J}]}}", f"{J}\n{J}", f"[{J}]", f"{J},", f"{{{J}}}", f"[[{J}]]"])
def test_a_value_repeated_or_with_stray_brackets_is_read(text: str) -> None:
    assert read(text) == RELIC


def test_a_complete_value_is_read_even_if_the_server_says_that_it_was_cut_off() -> None:
    assert read(J + "\n" * 5000, Ending.CUT_OFF) == RELIC


@pytest.mark.parametrize("wrapper", ["response", "relic", "answer", "output", "properties", "arguments"])
def test_a_wrapper_is_removed(wrapper: str) -> None:
    assert read(json.dumps({wrapper: RIGHT})) == RELIC
    assert read(json.dumps({"type": "object", wrapper: RIGHT, "ok": True})) == RELIC
    assert read(json.dumps({wrapper: {"data": [RIGHT]}})) == RELIC
    assert read(json.dumps({"name": "write_relic", wrapper: json.dumps(RIGHT)})) == RELIC


def test_extra_fields_are_dropped() -> None:
    assert read(json.dumps(RIGHT | {"reasoning": "because", "$schema": "x"})) == RELIC


@pytest.mark.parametrize(
    "keys", [("Name", "History"), ("NAME", "HISTORY"), (" name ", "history:"), ("na_me", "his-tory")]
)
def test_keys_are_read_in_any_spelling(keys: tuple[str, str]) -> None:
    assert read(json.dumps(dict(zip(keys, RIGHT.values(), strict=True)))) == RELIC


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "The {Bell}", "history": "It said \\"no\\" [twice].",}',
        '{"name": "The {Bell}" // a name\n, /* and */ "history": "It said \\"no\\" [twice]."}',
        "{'name': 'The {Bell}', 'history': 'It said \"no\" [twice].'}",
        '{name: "The {Bell}", history: "It said \\"no\\" [twice]."}',
        '{"name": "The {Bell}"\n "history": "It said \\"no\\" [twice]."}',
        '{"name": "The \\{Bell\\}", "history": "It said \\"no\\" \\[twice\\]."}',
        '{"name": "The {Bell}", "history": "It\nsaid\t\\"no\\" [twice]."}',
        json.dumps(J),
    ],
    ids=["trailing comma", "comments", "Python", "bare keys", "missing comma", "escapes", "line breaks", "twice"],
)
def test_almost_valid_json_is_read_as_intended(text: str) -> None:
    assert read(text) == RELIC


def test_typographic_quotes_around_keys_and_values_are_quotes() -> None:
    assert read("{\u201cname\u201d: \u201cBell\u201d, \u201chistory\u201d: \u201cIt rang.\u201d}").name == "Bell"


def test_python_literals_are_read() -> None:
    assert (
        read('{"name": "Bell", "history": "None of it is True.", "ok": True, "x": None}').history
        == "None of it is True."
    )


def test_missing_brackets_at_the_very_end_are_added_if_the_model_stopped_on_its_own() -> None:
    assert read(J.removesuffix("}")) == RELIC
    assert read(f"```json\n{J.removesuffix('}')}\n```") == RELIC
    with pytest.raises(Truncated):
        read(J.removesuffix("}"), Ending.CUT_OFF)


@pytest.mark.parametrize("text", [J[:-3], J[:20], '{"name": "The'])
@pytest.mark.parametrize("ending", [Ending.WHOLE, Ending.CUT_OFF])
def test_a_string_that_was_cut_off_is_never_completed(text: str, ending: Ending) -> None:
    with pytest.raises(Truncated):
        read(text, ending)


def test_an_answer_in_another_place_is_found() -> None:
    assert read("", Ending.WHOLE, f"Let me think. {J}") == RELIC


def test_a_bare_list_is_read_as_the_only_list_in_the_schema() -> None:
    names = [{"name": "Osk", "concept": "a ferryman"}, {"name": "Ann", "concept": "a smith"}]
    form = batch_schema(KINDS["relic"].stages[0].output, "names", 2)
    for written in (names, {"names": names}, {"names": {"1": names[0], "2": names[1]}}, {"relics": {"Names": names}}):
        batch: Any = read_answer(Reply(json.dumps(written)), form).output
        assert [piece.name for piece in batch.names] == ["Osk", "Ann"]


def test_extra_list_entries_are_dropped() -> None:
    assert statistics(traits=["a", "b", "c", "d", "e"]).output.traits == ["a", "b", "c"]


def test_too_few_names_are_accepted_because_the_others_are_asked_for_later() -> None:
    form = batch_schema(KINDS["relic"].stages[0].output, "names", 3)
    batch: Any = read_answer(Reply('{"names": [{"name": "Osk", "concept": "c"}]}'), form).output
    assert len(batch.names) == 1


@pytest.mark.parametrize("health", [120, "120", 120.0, "120.0", " 120 ", "+120", {"value": 120}])
def test_whole_numbers_are_read_in_any_form(health: Any) -> None:
    assert statistics(health=health).output.health == 120


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


def test_only_numbers_are_adjusted() -> None:
    reply = Reply(json.dumps({"health": 160, "traits": ["one"]}))
    with pytest.raises(InvalidOutput):
        read_answer(reply, Statistics, may_adjust=True)


@pytest.mark.parametrize("label", ["History: ", "**History:** ", "history: ", "### History: "])
def test_a_label_before_a_text_is_removed(label: str) -> None:
    assert read(json.dumps({"name": "Bell", "history": f"{label}It rang."})).history == "It rang."


def test_text_in_parts_is_joined() -> None:
    assert read(json.dumps({"name": ["Bell"], "history": ["One.", "Two."]})).history == "One.\n\nTwo."
    assert statistics(traits=[{"trait": "loud"}, {"trait": "kind"}]).output.traits == ["loud", "kind"]


def test_numbering_and_bullets_are_removed_from_list_entries() -> None:
    assert statistics(traits=["1. loud", "- kind", "**3)** odd"]).output.traits == ["loud", "kind", "3) odd"]


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
def test_an_answer_that_would_have_to_be_guessed_is_invalid(text: str) -> None:
    with pytest.raises(InvalidOutput):
        read(text)


def test_two_different_answers_are_reported_as_the_fault() -> None:
    with pytest.raises(InvalidOutput) as raised:
        read(f"{J} or {json.dumps(RIGHT | {'name': 'Another'})}")
    assert "several different answers" in raised.value.fault


def test_the_fault_names_the_field() -> None:
    with pytest.raises(InvalidOutput) as raised:
        read('{"name": "Bell"}')
    assert "history: Field required" in raised.value.fault


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
def test_a_refusal_that_the_server_reports_counts_whatever_the_text_says(text: str) -> None:
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
    """Models that reason quote the form before they fill it."""
    with pytest.raises((InvalidOutput, Refused)):
        read_answer(reply, Relic)


def test_a_complete_value_is_read_even_if_it_is_started_again() -> None:
    assert read(f"{J}\n{J[:30]}", Ending.CUT_OFF) == RELIC


def test_a_text_that_looks_like_json_stays_text() -> None:
    value = {"name": "Bell", "history": '["Keep out" stood on the door]. She went in anyway.'}
    assert read(json.dumps(value)).history == value["history"]
    assert read(json.dumps(value | {"history": '{"x"} was carved in it.'})).history == '{"x"} was carved in it.'


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
    """All jobs of the process wait meanwhile. The time-out of the test would end it."""
    with pytest.raises(InvalidOutput):
        read(text, Ending.CUT_OFF)


def test_a_text_that_is_too_long_is_invalid_and_may_then_be_cut_after_a_sentence() -> None:
    """What is there is fine, and a small model does not count."""
    long = "It counts the exits. " * 25
    reply = Reply(json.dumps(STATISTICS | {"traits": [long, "kind"]}))
    with pytest.raises(InvalidOutput) as raised:
        read_answer(reply, Statistics)
    assert "at most 400 characters" in raised.value.fault
    answer = read_answer(reply, Statistics, may_adjust=True)
    assert answer.output.traits[0] == ("It counts the exits. " * 19).strip()
    assert answer.adjusted == ("traits was too long, and was cut after a sentence.",)


def test_a_runaway_text_is_not_cut() -> None:
    with pytest.raises(InvalidOutput):
        read_answer(
            Reply(json.dumps(STATISTICS | {"traits": ["On and on. " * 500, "kind"]})), Statistics, may_adjust=True
        )


@pytest.mark.parametrize("text", ["{", "},", "...", "\u2014", "[ ]", "***"])
def test_a_text_without_words_is_invalid(text: str) -> None:
    with pytest.raises(InvalidOutput):
        read(json.dumps({"name": "Bell", "history": text}))


def test_a_blank_list_entry_is_dropped() -> None:
    form = batch_schema(KINDS["relic"].stages[0].output, "names", 2)
    names = [{"name": "", "concept": "c"}, {"name": "Osk", "concept": "a ferryman"}]
    batch: Any = read_answer(Reply(json.dumps({"names": names})), form).output
    assert [piece.name for piece in batch.names] == ["Osk"]
