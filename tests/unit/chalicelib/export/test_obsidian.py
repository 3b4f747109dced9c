"""The vault for Obsidian, unpacked by a zip reader and read by a YAML parser that are not ours."""

import re
from typing import Any

import pytest
import yaml

from chalicelib.export.exporter import export
from chalicelib.export.file_format import Format
from chalicelib.export.view import View
from tests.unit.chalicelib.export import test_markdown
from tests.unit.chalicelib.export.sample import NASTY, nasty, notes_of, world

LINK = re.compile(r"(?<!\\)\[\[(.*?)\]\]")
FOLDER = "The Drowned Bell/"


def parts(note: str) -> tuple[dict[str, Any], str]:
    """The properties of a note, and its text."""
    _, front, text = note.split("---\n", 2)
    return yaml.safe_load(front), text


def links(text: str) -> list[str]:
    """The notes that a text links to."""
    return [found.partition("|")[0] for found in LINK.findall(text)]


def test_the_world_its_quest_and_each_piece_have_a_note() -> None:
    assert notes_of(world()).keys() == {
        f"{FOLDER}{name}.md" for name in ("The Drowned Bell", "Still the bell", "Mara Voss", "The Salt Crown")
    }


def test_a_note_has_properties_text_and_a_link_back() -> None:
    properties, text = parts(notes_of(world())[f"{FOLDER}Mara Voss.md"])
    assert properties == {
        "kind": "Character",
        "world": "[[The Drowned Bell]]",
        "lang": "en",
        "dir": "ltr",
        "tags": ["character"],
    }
    assert text.startswith("\n# Mara Voss\n\n*a bell-ringer who is deaf*\n\nShe rings the bell.\n\n## Long ago\n\n")
    assert text.endswith("\n\nCharacter of [[The Drowned Bell]]\n")


def test_the_note_of_the_world_links_to_all_others() -> None:
    properties, text = parts(notes_of(world())[f"{FOLDER}The Drowned Bell.md"])
    assert properties["tags"] == ["world", "sea", "two-words", "1066-"]
    assert text.partition("## Contents")[2] == (
        "\n\n- Quest: [[Still the bell]]\n- Character: [[Mara Voss]]\n- Relic: [[The Salt Crown]]\n"
    )


def test_the_first_mention_of_a_name_is_a_link() -> None:
    """Also without its article, but not as a part of another word, and not in the note of that name."""
    story = "Mara Voss and mara voss. Mara Voss again. Mara Vosson wears a Salt Crown; the Salt Crown, The Salt Crown!"
    text = parts(notes_of(world(story=story))[f"{FOLDER}The Drowned Bell.md"])[1]
    assert (
        "[[Mara Voss]] and mara voss. Mara Voss again. Mara Vosson wears a [[The Salt Crown|Salt Crown]]; "
        "the Salt Crown, The Salt Crown!" in text
    )


def test_a_name_inside_of_a_longer_name_is_not_linked() -> None:
    pieces: Any = {
        "character": {"name": "Oda", "description": "x"},
        "faction": {"name": "Oda's Men", "description": "x"},
    }
    text = parts(notes_of(world(story="Oda's Men follow Oda.", pieces=pieces))[f"{FOLDER}The Drowned Bell.md"])[1]
    assert "[[Oda's Men]] follow [[Oda]]." in text


def test_every_link_leads_to_a_note() -> None:
    for document in (world(), nasty(), nasty(title="CON"), same_names()):
        for view in View:
            notes = notes_of(document, view)
            names = {path.rpartition("/")[2].removesuffix(".md") for path in notes}
            assert {link for note in notes.values() for link in links(parts(note)[1])} <= names


def same_names() -> Any:
    piece = {"name": "the drowned bell", "description": "x"}
    return world(
        pieces={"character": piece, "character_2": piece, "relic": {"name": "The Drowned Bell 2", "description": "x"}}
    )


def test_notes_with_one_name_have_files_of_their_own() -> None:
    """On Windows and macOS, names that differ only in case are one file."""
    notes = notes_of(same_names())
    assert [path.removeprefix(FOLDER) for path in notes] == [
        "The Drowned Bell.md",
        "Still the bell.md",
        "the drowned bell 2.md",
        "the drowned bell 3.md",
        "The Drowned Bell 2 2.md",
    ]
    properties, _ = parts(notes[f"{FOLDER}the drowned bell 3.md"])
    assert properties["aliases"] == ["the drowned bell"]


def test_text_is_neither_properties_nor_structure() -> None:
    for path, note in notes_of(nasty()).items():
        assert re.fullmatch(r"[^<>:\"\\|?*#^\[\]\x00-\x1f]+/[^<>:\"/\\|?*#^\[\]\x00-\x1f]+\.md", path)
        properties, text = parts(note)
        assert properties["aliases"] == [NASTY]
        assert not test_markdown.types(text) & {"link_open", "image", "html_block", "html_inline", "fence", "hr"}
        assert "\\[\\[Wikilink\\]\\]" in text
        assert not re.search(r"(?<![\\\w/])#\w", text)  # no tag
        assert not re.search(r"(?<!\\)(%%|==|\$)", LINK.sub("", text))


@pytest.mark.parametrize(
    "name", ["a: b", "- a", "{a}", "'", '"', "\\", "yes", "null", "1e3", "\u2028x", "\x85x", "\ufeffx", "😀", "ü"]
)
def test_a_yaml_parser_reads_each_name(name: str) -> None:
    notes = notes_of(world(pieces={"character": {"name": name, "description": "x"}}))
    ((path, note),) = ((path, note) for path, note in notes.items() if "Character of" in note)
    file_name = path.removeprefix(FOLDER).removesuffix(".md")
    assert parts(note)[0].get("aliases", [file_name]) == [name]


def test_each_piece_has_its_own_direction() -> None:
    piece: Any = {"name": "ماريا", "description": "نص", "language": "ar"}
    properties, _ = parts(notes_of(world(pieces={"character": piece}))[f"{FOLDER}ماريا.md"])
    assert (properties["lang"], properties["dir"]) == ("ar", "rtl")


def test_an_unknown_language_is_not_called_english() -> None:
    properties, _ = parts(notes_of(world(language=None))[f"{FOLDER}The Drowned Bell.md"])
    assert properties == {"tags": ["world", "sea", "two-words", "1066-"]}


def test_players_get_no_note_about_what_is_hidden() -> None:
    document = world(for_players=("story", "pieces.relic.description"))
    notes = notes_of(document, View.PLAYERS)
    assert notes.keys() == {f"{FOLDER}The Drowned Bell.md", f"{FOLDER}Relic.md"}
    assert "Mara Voss stole the Salt Crown." in notes[f"{FOLDER}The Drowned Bell.md"]  # no link says that she matters
    assert "sea" not in notes[f"{FOLDER}The Drowned Bell.md"]


def test_the_same_world_gives_the_same_bytes() -> None:
    assert export(world(), Format.OBSIDIAN, View.ALL) == export(world(), Format.OBSIDIAN, View.ALL)
