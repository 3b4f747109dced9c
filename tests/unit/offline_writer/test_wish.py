"""The offline writer rewrites a field, and honours simple wishes, so that a rewrite is seen to work without a model."""

from typing import Any

import pytest

from generator_service.kind import Kind
from generator_service.registry import load_kinds
from local.offline_writer.lore.wish import honoured
from local.offline_writer.wire.completion import AnswerWriter
from tests.offline_job import pieces, rewritten, texts

KINDS = load_kinds()
TEXT = "The bell rings. Nobody counts. They wait. It stops."


def more() -> str:
    return "It never stops."


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("", TEXT),
        ("Shorter, please.", "The bell rings. Nobody counts."),
        ("Make it a bit LONGER", f"{TEXT} It never stops."),
        ('less "solemn".', f"{TEXT} It is told in this way because somebody asked for it: \"less 'solemn'\"."),
    ],
)
def test_a_wish_changes_the_text(wish: str, expected: str) -> None:
    assert honoured(TEXT, wish, more) == expected


@pytest.mark.parametrize("text", ["Osk Venn", "counts the exits of every room aloud", "A ferryman who cannot swim."])
def test_a_name_or_a_phrase_stays_as_it_is(text: str) -> None:
    assert honoured(text, "shorter", more) == honoured(text, "sadder", more) == text


def test_of_several_paragraphs_only_the_first_gets_something_added() -> None:
    assert honoured(TEXT, "sadder", more, is_first=False) == TEXT
    assert honoured(TEXT, "shorter", more, is_first=False) == "The bell rings. Nobody counts."


def whole(kind: Kind) -> dict[str, Any]:
    """A piece that the offline writer has written, as people see it."""
    outputs = pieces(AnswerWriter(seed=3), kind, {"count": 1})[0]
    details = {key: kind.stage[key].as_details(kind.stage[key].output.model_validate(outputs[key])) for key in outputs}
    piece = kind.piece(details, "en")
    return dict(kind.document(piece)) if kind.document else dict(piece)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_gets_another_text_that_fits_its_form(kind: Kind) -> None:
    old = whole(kind)
    known = set(texts(old))
    for field in kind.fields:
        new = [text for text in texts(rewritten(AnswerWriter(seed=3), kind, old, field, None)) if len(text) > 40]
        assert not known & set(new), field


def test_a_shorter_description_is_shorter_and_another_wish_is_quoted() -> None:
    old = whole(KINDS["relic"])
    plain, short, sad = (
        rewritten(AnswerWriter(seed=3), KINDS["relic"], old, "description", wish)["description"]
        for wish in (None, "Shorter", "less solemn")
    )
    assert len(short) < 0.7 * len(plain)
    assert "less solemn" in sad
