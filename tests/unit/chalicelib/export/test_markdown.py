"""The Markdown file, read by a Markdown parser that is not ours."""

from collections.abc import Iterable, Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from chalicelib.export.file_format import Format
from chalicelib.export.view import View
from tests.unit.chalicelib.export.sample import NASTY, nasty, text_of, world

#: CommonMark with what GitHub adds. It reads HTML, so that HTML in a text would be found.
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def words(text: str) -> str:
    """The text that a reader sees, with single spaces."""
    shown = (token.content if token.type in ("text", "text_special") else " " for token in tokens(text))
    return " ".join("".join(shown).split())


def types(text: str) -> set[str]:
    return {token.type for token in tokens(text)}


def headings(text: str) -> list[tuple[str, str]]:
    found = list(tokens(text))
    return [
        (token.tag, words(found[index + 1].content))
        for index, token in enumerate(found)
        if token.type == "heading_open"
    ]


def test_a_world_has_its_parts_under_headings() -> None:
    assert text_of(world(), Format.MARKDOWN) == (
        "# The Drowned Bell\n\n"
        "*Norse mythology*\n\n"
        "Mara Voss stole the Salt Crown.\n\n"
        "Nobody has slept since.\n\n"
        "## Quest: Still the bell\n\n"
        "Return the crown.\n\n"
        "## Character: Mara Voss\n\n"
        "*a bell-ringer who is deaf*\n\n"
        "She rings the bell.\n\n"
        "### Long ago\n\n"
        "She drowned.\n\n"
        "Once.\n\n"
        "### Traits\n\n"
        "- counts exits\n- hums\n\n"
        "### Flaw\n\n"
        "**Pride:** She never asks.\n\n"
        "### Stats\n\n"
        "- Health: 90\n- Stress: 12.5\n\n"
        "## Relic: The Salt Crown\n\n"
        "It is cold.\n"
    )


def test_a_parser_finds_these_headings() -> None:
    found = headings(text_of(world(), Format.MARKDOWN))
    assert found[0] == ("h1", "The Drowned Bell")
    assert [text for tag, text in found if tag == "h2"] == [
        "Quest: Still the bell",
        "Character: Mara Voss",
        "Relic: The Salt Crown",
    ]


def test_text_becomes_no_structure() -> None:
    """Neither headings, links, images, HTML, code nor rules, in any field."""
    text = text_of(nasty(), Format.MARKDOWN)
    assert types(text) <= {
        *("inline", "text", "text_special", "softbreak", "hardbreak", "paragraph_open", "paragraph_close"),
        *("heading_open", "heading_close", "em_open", "em_close", "strong_open", "strong_close"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    }
    assert [text for tag, text in headings(text) if tag == "h3"] == [one_line(NASTY), "List", "Titled"] * 2


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_text_keeps_every_character_and_its_line_breaks() -> None:
    text = text_of(world(story=NASTY, pieces={}), Format.MARKDOWN)
    assert one_line(NASTY) in words(text)
    assert sum(token.type == "hardbreak" for token in tokens(text)) == NASTY.count("\n") - 2 * NASTY.count("\n\n")


@pytest.mark.parametrize(
    "harmless",
    [
        "It costs 5 euros. She didn't - couldn't - stop: \"why?\" she asked (twice).",
        "snake_case, 3 < 4 is written out, and rock & roll; 100% sure, a = b.",
        "-5 degrees",
    ],
)
def test_usual_text_is_hardly_escaped(harmless: str) -> None:
    text = text_of(world(story=harmless, pieces={}), Format.MARKDOWN)
    assert harmless.replace("<", "\\<") in text


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("pt-BR", "ltr"), ("uz-Arab", "rtl")])
def test_a_world_in_another_language_says_so(language: str, direction: str) -> None:
    start = f"---\nlang: {language}\ndir: {direction}\n---\n\n# The Drowned Bell\n"
    assert text_of(world(language=language), Format.MARKDOWN).startswith(start)


def test_players_see_what_is_marked() -> None:
    document = world(for_players=("quest", "pieces.relic.name", "pieces.character.traits", "pieces.nobody", "theme"))
    assert text_of(document, Format.MARKDOWN, View.PLAYERS) == (
        "# The Drowned Bell\n\n"
        "## Quest: Still the bell\n\n"
        "Return the crown.\n\n"
        "## Character\n\n"
        "### Traits\n\n"
        "- counts exits\n- hums\n\n"
        "## Relic: The Salt Crown\n"
    )


def test_an_empty_world_is_a_title() -> None:
    document = world(story="", quest={"title": "", "description": ""}, pieces={}, theme="")
    assert {text_of(document, Format.MARKDOWN, view) for view in View} == {"# The Drowned Bell\n"}


def details_of(details: object) -> str:
    piece = {"name": "X", "description": "Y", "details": details}
    text = text_of(world(pieces={"character": piece}), Format.MARKDOWN)  # type: ignore[dict-item]
    return text.partition("\n\nY\n")[2].strip()


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"a": None, "b": "", "c": [], "d": {}, "e": [None, {}]}, ""),
        ({"isDead": True, "age": 41, "weight": 1.5}, "### Is dead\n\nYes\n\n### Age\n\n41\n\n### Weight\n\n1.5"),
        ({"Sir McDonald's oath": "x"}, "### Sir McDonald's oath\n\nx"),
        (
            {"where": {"near_by": "the sea", "far": ["x", "y"]}},
            "### Where\n\n- **Near by:** the sea\n- **Far:**\n  - x\n  - y",
        ),
        ({"allies": [{"name": "Oda", "age": 7}]}, "### Allies\n\n- Oda\n  - **Age:** 7"),
        ({"clues": [{"title": "Ash", "description": "On the sill."}]}, "### Clues\n\n- **Ash:** On the sill."),
        ({"grid": [[1, 2], [3]]}, "### Grid\n\n-\n  - 1\n  - 2\n-\n  - 3"),
        ({"odd": {"name": "x", "description": 3}}, "### Odd\n\n- **Name:** x\n- **Description:** 3"),
        ({"concept": ["not a line"]}, "### Concept\n\n- not a line"),
    ],
)
def test_details_are_shown_by_their_shape(details: object, expected: str) -> None:
    assert details_of(details) == expected


def test_a_parser_reads_nested_lists() -> None:
    text = details_of({"grid": [[1, {"deep": [2]}]]})
    lists = [token.level for token in tokens(text) if token.type == "bullet_list_open"]
    assert lists == [0, 2, 4, 6]
    assert words(text) == "Grid 1 Deep: 2"


def test_pieces_are_in_the_order_of_their_kinds_and_unknown_kinds_last() -> None:
    def piece(name: str) -> dict[str, Iterable[str]]:
        return {"name": name, "description": "x"}

    pieces = {role: piece(role) for role in ("prophecy", "relic", "character_2", "setting", "character")}
    found = headings(text_of(world(pieces=pieces), Format.MARKDOWN))  # type: ignore[arg-type]
    assert [text for tag, text in found if tag == "h2"][1:] == [
        "Character: character_2",
        "Character: character",
        "Setting: setting",
        "Relic: relic",
        "Prophecy: prophecy",
    ]
