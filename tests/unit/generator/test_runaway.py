"""A streamed answer that runs away is noticed. A long answer that the schema accepts is not stopped."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator_service.llm.answer import judge
from generator_service.llm.ask import Answer, Part
from generator_service.llm.form import as_object
from generator_service.llm.output_limit import output_limit
from generator_service.llm.runaway import RunawayGuard, ceiling, repeats_itself
from generator_service.llm.schema import Schema, full_schema
from generator_service.registry import load_kinds

SHARED = [
    tuple(Part(stage.key, stage.output, stage.max_words) for stage in call)
    for kind in load_kinds().values()
    for call in kind.calls
    if len(call) > 1
]
_SENTENCE = "the tide took every bell that Low Tarn had rung since its drowned mayor sold them twice over"
LATIN = _SENTENCE.split()
CJK = [chr(code) for code in range(0x4E00, 0x5E00)]
WRITINGS = {"Latin": (LATIN, " "), "CJK": (CJK, "")}


def text_of(length: int, words: list[str], space: str, rng: random.Random) -> str:
    """A text of this length that does not repeat itself."""
    text = words[0]
    while len(text) < length:
        text += space + rng.choice(words)
    return text[: length - 1] + words[1][0]  # a text that ends with white space would be shortened


def longest(schema: Schema, words: list[str], space: str, rng: random.Random) -> Any:
    """The longest value that a schema accepts."""
    definitions = schema.get("$defs", {})

    def value(node: Schema) -> Any:
        if "$ref" in node:
            return value(definitions[node["$ref"].rpartition("/")[2]])
        match node["type"]:
            case "object":
                return {key: value(field) for key, field in node["properties"].items()}
            case "array":
                return [value(node["items"]) for _ in range(node["maxItems"])]
            case "string":
                return text_of(node["maxLength"], words, space, rng)
        return node["maximum"]

    return value(schema)


@given(
    parts=st.sampled_from(SHARED),
    writing=st.sampled_from(sorted(WRITINGS)),
    seed=st.integers(0, 2**32),
    indent=st.sampled_from([None, 2]),
    is_ascii=st.booleans(),
    size=st.integers(1, 400),
)
def test_the_longest_answer_that_a_schema_accepts_is_not_stopped(
    parts: tuple[Part, ...], writing: str, seed: int, indent: int | None, is_ascii: bool, size: int
) -> None:
    rng = random.Random(seed)
    answer = {part.key: longest(full_schema(part.schema), *WRITINGS[writing], rng) for part in parts}
    assert all(isinstance(judge(part, as_object(part, answer[part.key])), Answer) for part in parts)
    text = json.dumps(answer, indent=indent, ensure_ascii=is_ascii)
    guard = RunawayGuard(parts)
    assert not any(guard.has_run_away(text[:end]) for end in range(size, len(text) + size, size))


@pytest.mark.parametrize("parts", SHARED, ids=lambda parts: "-".join(part.key for part in parts))
def test_a_part_cannot_use_up_the_limit_of_the_whole_call(parts: tuple[Part, ...]) -> None:
    """In English, where four characters are a token."""
    whole = sum(output_limit(part.schema, part.max_words) for part in parts)
    assert all(ceiling(part) / 4 < 0.75 * whole for part in parts)


@pytest.mark.parametrize("parts", SHARED, ids=lambda parts: "-".join(part.key for part in parts))
@pytest.mark.parametrize("at", [0, 1])
def test_a_part_that_exceeds_its_ceiling_is_stopped(parts: tuple[Part, ...], at: int) -> None:
    rng = random.Random(13)
    whole = {part.key: longest(full_schema(part.schema), LATIN, " ", rng) for part in parts[:at]}
    begun = json.dumps(whole | {parts[at].key: "?"})[:-3]
    most = ceiling(parts[at])
    guard = RunawayGuard(parts)
    assert not guard.has_run_away(begun + text_of(most, LATIN, " ", rng))
    assert guard.has_run_away(begun + text_of(most + 600, LATIN, " ", rng))


@pytest.mark.parametrize("before", ["<think>", "Sure! ", '{"answer": ', "["])
def test_parts_in_another_form_are_not_measured(before: str) -> None:
    """They may have thinking or drafts before them. The output limit of the call still holds."""
    (part, *_), rng = SHARED[0], random.Random(13)
    text = f'{before}{{"{part.key}": "' + text_of(20_000, LATIN, " ", rng)
    assert not RunawayGuard(SHARED[0]).has_run_away(text)


PASSAGES = ["\n", " \n", "1, ", "A bell rang. ", "\u9418\u304c\u9cf4\u3063\u305f\u3002", '{"name": "Osk"}, ']


@pytest.mark.parametrize("passage", [*PASSAGES, "".join(CJK[:200])])
@pytest.mark.parametrize("before", ["", '{"look": "Tall, and never seen without a lamp. '])
def test_an_answer_that_repeats_a_passage_is_stopped_in_any_form(before: str, passage: str) -> None:
    text = before + passage * (600 // len(passage))
    assert RunawayGuard(SHARED[0]).has_run_away((text + passage)[: len(before) + 600])
    assert not repeats_itself(before + passage * 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 599,
        "".join(CJK[:201]) * 3,
        "".join(CJK[:300]) * 2,
        "A bell rang. " * 100 + "".join(CJK[:30]),
        "".join(f"A bell rang. It was {hour} by the clock of the drowned church. " for hour in range(100)),
    ],
)
def test_other_texts_do_not_repeat_themselves(text: str) -> None:
    assert not repeats_itself(text)
