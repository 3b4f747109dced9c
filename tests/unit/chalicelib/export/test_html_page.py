"""The HTML page, read by an HTML parser that reports every error (html5lib, which follows the WHATWG)."""

import re
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from chalicelib.export.file_format import Format
from chalicelib.export.view import View
from tests.unit.chalicelib.export.sample import NASTY, nasty, text_of, world

#: What a page is made of. Anything else would come from a text.
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "h1", "h2", "h3", "p"),
    *("em", "strong", "br", "ul", "li", "a", "span", "table", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    *("lang", "dir", "charset", "name", "content", "http-equiv", "id", "class", "href", "aria-label", "scope"),
}


def parsed(text: str) -> Element:
    """The root element. Raises an error if anything in the page is not as the standard says."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root = parser.parse(text)
    assert isinstance(root, Element)
    return root


def shown(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def one_line(text: str) -> str:
    return " ".join(text.split())


def find(root: Element, path: str) -> Element:
    found = root.find(path)
    assert found is not None, path
    return found


def test_a_page_has_contents_and_a_section_for_each_part() -> None:
    root = parsed(text_of(world(), Format.HTML))
    assert shown(find(root, "head/title")) == shown(find(root, ".//h1")) == "The Drowned Bell"
    assert [shown(item) for item in root.iter("h2")] == [
        "Quest Still the bell",
        "Character Mara Voss",
        "Relic The Salt Crown",
    ]
    ids = [section.get("id") for section in root.iter("section")]
    assert [link.get("href") for link in root.iter("a")] == [f"#{each}" for each in ids[1:]]


def test_details_have_their_shapes() -> None:
    root = parsed(text_of(world(), Format.HTML))
    assert [(shown(row[0]), shown(row[1])) for row in root.iter("tr")] == [("Health", "90"), ("Stress", "12.5")]
    assert [shown(item) for item in root.findall(".//section//li")] == ["counts exits", "hums"]
    assert "Pride: She never asks." in [shown(item) for item in root.iter("p")]


def test_text_becomes_no_structure() -> None:
    root = parsed(text_of(nasty(), Format.HTML))
    assert {element.tag for element in root.iter()} <= ELEMENTS
    assert {name for element in root.iter() for name in element.attrib} <= ATTRIBUTES
    assert all((link.get("href") or "").startswith("#part-") for link in root.iter("a"))
    assert shown(find(root, "head/title")) == shown(find(root, ".//h1")) == one_line(NASTY)
    assert [shown(item) for item in root.iter("h3")] == [one_line(NASTY), "List", "Titled"] * 2


def test_a_page_loads_and_runs_nothing() -> None:
    text = text_of(nasty(), Format.HTML)
    (policy,) = (each.get("content") for each in parsed(text).iter("meta") if each.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    style = shown(find(parsed(text), "head/style"))
    assert not re.search(r"url\(|@import|expression", style)


def test_the_language_and_the_direction_are_attributes() -> None:
    piece: Any = {"name": "Mara", "description": "x", "language": "de"}
    same: Any = {"name": "ماريا", "description": "نص", "language": "ar"}
    root = parsed(text_of(world(language="ar", pieces={"character": same, "relic": piece}), Format.HTML))
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    story, quest, character, relic = root.iter("section")
    assert [each.get("dir") for each in (story, quest, character)] == [None] * 3
    assert (relic.get("lang"), relic.get("dir")) == ("de", "ltr")
    assert find(root, ".//nav//span").attrib == {"lang": "de", "dir": "ltr"}


def test_an_unknown_language_is_not_called_english() -> None:
    root = parsed(text_of(world(language=None), Format.HTML))
    assert (root.get("lang"), root.get("dir")) == ("", "auto")
    story, _, character, relic = root.iter("section")
    assert [each.get("lang") for each in (story, character, relic)] == [None, "en", None]


def test_it_prints_each_piece_on_a_new_page() -> None:
    text = text_of(world(), Format.HTML)
    assert "section.piece { break-before: page; }" in text
    kinds = [section.get("class") for section in parsed(text).iter("section")]
    assert kinds == ["text", "text", "piece", "piece"]


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\x85", "\x9f"])
def test_control_characters_are_left_out(character: str) -> None:
    """HTML does not permit them, and programs disagree about what they mean."""
    root = parsed(text_of(world(title=f"a{character}b"), Format.HTML))
    assert shown(find(root, "head/title")) == "ab"


def test_players_see_what_is_marked() -> None:
    document = world(for_players=("pieces.character.name",))
    root = parsed(text_of(document, Format.HTML, View.PLAYERS))
    assert shown(find(root, "body")) == "The Drowned Bell Mara Voss Character Mara Voss"


def test_an_empty_world_has_no_contents() -> None:
    root = parsed(text_of(world(story=None, pieces={}), Format.HTML, View.PLAYERS))
    assert shown(find(root, "body")) == "The Drowned Bell"
    assert root.find(".//nav") is None
