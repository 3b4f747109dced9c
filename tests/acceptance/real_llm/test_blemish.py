"""Tests of the fault finder. Without them, tests with a model could pass because it finds nothing."""

import pytest

from tests.acceptance.real_llm.blemish import blemishes


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "  ",
        '{"name": "Osk"}',
        'Osk", "concept": "a',
        "```json",
        "<|im_end|>",
        "maxLength 20",
        r"one\ntwo",
        "a\x00b",
    ],
)
def test_traces_of_the_wire_format_are_found_at_any_depth(text: str) -> None:
    assert blemishes([{"details": {"traits": ["counts exits", text]}}])


@pytest.mark.parametrize("text", ["Osk says: “No.”", "A cost of 3 {marks}", "[sic]", "One.\n\nTwo.", "x"])
def test_ordinary_text_has_no_faults(text: str) -> None:
    assert not blemishes({"story": text, "count": 3, "nothing": None})
