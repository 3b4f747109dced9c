"""An answer is read in whatever form it comes, if its meaning is clear."""

import json
from typing import Any

import pytest

from generator_service.error import Truncated
from generator_service.llm.reply import Ending, Reply
from generator_service.writing.naming import batch_schema
from tests.unit.generator.answer_form import KINDS, RELIC, RIGHT, J, read, read_answer, statistics


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
def test_a_repeated_value_or_one_with_stray_brackets_is_read(text: str) -> None:
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


def test_an_answer_in_another_field_is_found() -> None:
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


@pytest.mark.parametrize("label", ["History: ", "**History:** ", "history: ", "### History: "])
def test_a_label_before_a_text_is_removed(label: str) -> None:
    assert read(json.dumps({"name": "Bell", "history": f"{label}It rang."})).history == "It rang."


def test_text_in_parts_is_joined() -> None:
    assert read(json.dumps({"name": ["Bell"], "history": ["One.", "Two."]})).history == "One.\n\nTwo."
    assert statistics(traits=[{"trait": "loud"}, {"trait": "kind"}]).output.traits == ["loud", "kind"]


def test_numbering_and_bullets_are_removed_from_list_entries() -> None:
    assert statistics(traits=["1. loud", "- kind", "**3)** odd"]).output.traits == ["loud", "kind", "3) odd"]


def test_a_complete_value_is_read_even_if_it_is_started_again() -> None:
    assert read(f"{J}\n{J[:30]}", Ending.CUT_OFF) == RELIC


def test_a_text_that_looks_like_json_stays_text() -> None:
    value = {"name": "Bell", "history": '["Keep out" stood on the door]. She went in anyway.'}
    assert read(json.dumps(value)).history == value["history"]
    assert read(json.dumps(value | {"history": '{"x"} was carved in it.'})).history == '{"x"} was carved in it.'


def test_a_blank_list_entry_is_dropped() -> None:
    form = batch_schema(KINDS["relic"].stages[0].output, "names", 2)
    names = [{"name": "", "concept": "c"}, {"name": "Osk", "concept": "a ferryman"}]
    batch: Any = read_answer(Reply(json.dumps({"names": names})), form).output
    assert [piece.name for piece in batch.names] == ["Osk"]
