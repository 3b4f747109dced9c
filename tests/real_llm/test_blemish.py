"""What counts as broken, which the tests with the model could not tell if it were never found."""

import pytest

from tests.real_llm.blemish import blemishes


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
def test_remains_of_the_wire_are_found_however_deep(text: str) -> None:
    assert blemishes([{"details": {"traits": ["counts exits", text]}}])


@pytest.mark.parametrize("text", ["Osk says: “No.”", "A cost of 3 {marks}", "[sic]", "One.\n\nTwo.", "x"])
def test_what_a_person_may_write_is_no_blemish(text: str) -> None:
    assert not blemishes({"story": text, "count": 3, "nothing": None})
