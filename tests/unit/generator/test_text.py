"""What an LLM may write, and which names are the same name."""

import sys
import unicodedata
from collections.abc import Callable

import pytest
from pydantic import TypeAdapter, ValidationError

from chalicelib.domain.text import _is_mark as of_the_api
from generator_service.text import Name, Phrase, Prose, is_taken, name_key
from generator_service.text import _is_mark as of_the_generator

NAME, PHRASE, PROSE = TypeAdapter(Name), TypeAdapter(Phrase), TypeAdapter(Prose)


@pytest.mark.parametrize("text", ["", "   ", "\n", "a\x00b", "a\x1b[31mb", "\ue000", "x" * 5000, 3, None])
@pytest.mark.parametrize("adapter", [NAME, PHRASE, PROSE])
def test_blank_invisible_endless_and_foreign_things_are_refused(adapter: TypeAdapter[str], text: object) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_python(text)


def test_a_phrase_is_put_on_one_line() -> None:
    """A model breaks lines as it likes; another paid call to mend that would be waste."""
    assert PHRASE.validate_python(" counts\tthe \n exits ") == "counts the exits"


def test_prose_keeps_its_paragraphs_and_nothing_else_of_its_layout() -> None:
    assert PROSE.validate_python("\nOne\nline.\r\n \n\n\nTwo. \n") == "One line.\n\nTwo."


def test_text_is_normalised() -> None:
    assert NAME.validate_python("Zoe\u0308") == "Zo\u00eb"


@pytest.mark.parametrize("other", ["zoë of ys", "Zoe  of Ys", "ZOË-OF-YS", "\uff3aoe of Ys"])
def test_names_that_a_reader_takes_for_the_same_are_the_same(other: str) -> None:
    assert is_taken(other, ["Zoë of Ys"])


def test_another_name_is_free_and_a_blank_one_never() -> None:
    assert not is_taken("Zora of Ys", ["Zoë of Ys"])
    assert is_taken(" -.- ", [])
    assert name_key("\u6c38\u591c") == "\u6c38\u591c"


def test_what_no_one_can_see_is_left_out() -> None:
    hidden = "".join(map(chr, range(0xE0100, 0xE0150))) + "\u034f\u3164\u200d\u200d\u202e"
    assert NAME.validate_python(f"Low{hidden}Tarn") == "Low\U000e0100\u200dTarn"
    assert NAME.validate_python("\u2764\ufe0f\u200d\U0001f525") == "\u2764\ufe0f\u200d\U0001f525"


def test_marks_without_end_are_left_out() -> None:
    assert len(PROSE.validate_python("a" + "\u0327" * 5000)) <= 31
    assert len(PROSE.validate_python("a" + "\u0f73" * 5000)) <= 61


@pytest.mark.parametrize("is_mark", [of_the_generator, of_the_api], ids=["generator", "API"])
def test_whatever_is_taken_apart_into_marks_counts_as_one(is_mark: Callable[[str], bool]) -> None:
    """Of all Unicode: one that were left out would make normalising take time with the square of its number."""
    characters = map(chr, range(sys.maxunicode + 1))
    into_marks = {c for c in characters if unicodedata.combining(unicodedata.normalize("NFD", c)[0])}
    assert [c for c in into_marks if not is_mark(c)] == []
