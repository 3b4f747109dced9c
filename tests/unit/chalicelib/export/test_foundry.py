"""The journal entry for Foundry VTT."""

import re

import html5lib
import pytest

from chalicelib.domain.document import Document
from chalicelib.export.file_format import Format
from chalicelib.export.view import View
from tests.unit.chalicelib.export.foundry_schema import JournalEntry, Page
from tests.unit.chalicelib.export.sample import nasty, text_of, world

NONE, OBSERVER = 0, 2
#: What Foundry turns into links, embedded documents and rolls (TextEditor.enrichHTML).
ENRICHED = re.compile(r"[@&]\w+\[|\[\[")
ELEMENTS = {"p", "h2", "em", "strong", "br", "ul", "li", "table", "tbody", "tr", "th", "td", "div", "section"}


def journal(document: Document, view: View = View.ALL) -> JournalEntry:
    return JournalEntry.model_validate_json(text_of(document, Format.FOUNDRY, view))


def pages(document: Document, view: View = View.ALL) -> list[tuple[str, int]]:
    return [(page.name, page.ownership.default) for page in journal(document, view).pages]


def content(page: Page) -> str:
    return page.text.content


def test_each_part_is_a_page_in_order() -> None:
    made = journal(world())
    assert made.name == "The Drowned Bell"
    assert [page.name for page in made.pages] == ["The Drowned Bell", "Still the bell", "Mara Voss", "The Salt Crown"]
    assert [page.sort for page in made.pages] == [100_000, 200_000, 300_000, 400_000]
    assert len({page.id for page in made.pages} | {made.id}) == 5


def test_a_page_is_html() -> None:
    character = journal(world(for_players=("pieces.character",))).pages[2]
    assert content(character).startswith(
        "<p><em>a bell-ringer who is deaf</em></p>\n<p>She rings the bell.</p>\n<h2>Long ago</h2>\n<p>She drowned.</p>"
    )
    assert '<tr><th scope="row">Stress</th><td>12.5</td></tr>' in content(character)


def test_players_observe_only_what_is_marked_for_them() -> None:
    assert pages(world(for_players=("story", "pieces.relic"))) == [
        ("The Drowned Bell", OBSERVER),
        ("Still the bell", NONE),
        ("Mara Voss", NONE),
        ("The Salt Crown", OBSERVER),
    ]


def test_a_piece_that_is_marked_in_part_has_two_pages() -> None:
    document = world(for_players=("pieces.character.name", "pieces.character.traits"))
    shown, hidden = journal(document).pages[2:4]
    assert (shown.name, shown.ownership.default) == ("Mara Voss", OBSERVER)
    assert content(shown) == "<h2>Traits</h2>\n<ul>\n<li>counts exits</li>\n<li>hums</li>\n</ul>"
    assert (hidden.name, hidden.ownership.default) == ("Mara Voss (game master)", NONE)
    assert "counts exits" not in content(hidden)
    assert "She rings the bell." in content(hidden)


def test_a_page_for_players_does_not_have_a_hidden_name() -> None:
    assert pages(world(for_players=("pieces.character.traits",)))[2:4] == [
        ("Character", OBSERVER),
        ("Mara Voss (game master)", NONE),
    ]


def test_what_is_hidden_is_also_a_secret_block() -> None:
    """If an import resets the ownership of pages, players who may see the entry still do not see these."""
    for page in journal(world(for_players=("story",))).pages:
        secret = re.fullmatch(
            r'<section class="secret" id="secret-[A-Za-z0-9]{16}">\n.*\n</section>', content(page), re.S
        )
        assert (secret is None) == (page.ownership.default == OBSERVER)


def test_the_entry_itself_is_hidden_until_the_game_master_shows_it() -> None:
    assert journal(world(for_players=("story",))).ownership.default == NONE


def test_players_get_only_their_pages() -> None:
    document = world(for_players=("quest", "pieces.character.traits"))
    assert pages(document, View.PLAYERS) == [("Still the bell", OBSERVER), ("Character", OBSERVER)]
    assert pages(world(), View.PLAYERS) == []


@pytest.mark.parametrize("for_players", [(), ("story", "quest", "pieces.character", "pieces.character_2.name")])
def test_text_becomes_no_structure(for_players: tuple[str, ...]) -> None:
    made = journal(nasty(for_players=for_players))
    for page in made.pages:
        assert not ENRICHED.search(page.name)
        assert not ENRICHED.search(content(page))
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        elements = [
            element for element in parser.parseFragment(content(page)).iter() if element.tag != "DOCUMENT_FRAGMENT"
        ]
        assert {element.tag for element in elements} <= ELEMENTS
        assert {name for element in elements for name in element.attrib} <= {"class", "id", "scope", "lang", "dir"}


def test_text_keeps_its_brackets() -> None:
    (page, *_) = journal(world(story="Roll [[1d20]] or ask @UUID[x]{y}.", for_players=("story",))).pages
    assert content(page).replace("\u2060", "") == "<p>Roll [[1d20]] or ask @UUID[x]{y}.</p>"


def test_pages_in_other_languages_say_so() -> None:
    piece = {"name": "ماريا", "description": "نص", "language": "ar"}
    (page, *_) = journal(world(pieces={"character": piece}, for_players=("pieces.character",))).pages[2:]
    assert content(page) == '<div lang="ar" dir="rtl">\n<p>نص</p>\n</div>'


def test_a_page_in_an_unknown_language_finds_its_direction_in_its_text() -> None:
    (page, *_) = journal(world(language=None, for_players=("story",))).pages
    assert content(page).startswith('<div lang="" dir="auto">\n<p>Mara Voss')


def test_another_export_has_the_same_ids() -> None:
    """So importing it again changes the pages instead of adding others."""
    first, second = journal(world()), journal(world(story="Another one."))
    assert [page.id for page in first.pages] == [page.id for page in second.pages]
