"""Names of files."""

import pytest

from chalicelib.export.exported_file import ExportedFile
from chalicelib.export.exporter import export
from chalicelib.export.file_format import Format
from chalicelib.export.file_name import safe_name, unused
from chalicelib.export.view import View
from tests.unit.chalicelib.export.sample import world


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("The Drowned Bell", "The Drowned Bell"),
        ('a/b\\c:d*e?f"g<h>i|j#k^l[m]n', "a b c d e f g h i j k l m n"),
        ("..\\..\\etc/passwd", "etc passwd"),
        (".hidden", "hidden"),
        ("ends with points...", "ends with points"),
        ("CON", "CON_"),
        ("nul.txt", "nul.txt_"),
        ("com1", "com1_"),
        ("console", "console"),
        ("  many \t spaces \n ", "many spaces"),
        ("tab\x07bell\x00", "tabbell"),
        ("exe.\u202efdp", "exe.fdp"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Cafe\u0301", "Café"),
        ("\ud800", "World"),
        ("???", "World"),
        ("", "World"),
        ("...", "World"),
    ],
)
def test_a_name_works_on_every_file_system(name: str, expected: str) -> None:
    assert safe_name(name, "World") == expected


def test_a_long_name_is_cut_between_characters() -> None:
    assert safe_name("字" * 120, "World") == "字" * 60
    assert len(safe_name("😀" * 120, "World").encode()) == 180


def test_a_taken_name_gets_a_number() -> None:
    assert unused("Oda", []) == "Oda"
    assert unused("Oda", ["oda"]) == "Oda 2"
    assert unused("Oda", ["ODA", "oda 2"]) == "Oda 3"


@pytest.mark.parametrize(
    ("form", "view", "name"),
    [
        (Format.MARKDOWN, View.ALL, "The Drowned Bell.md"),
        (Format.HTML, View.PLAYERS, "The Drowned Bell (players).html"),
        (Format.JSON, View.ALL, "The Drowned Bell.json"),
        (Format.OBSIDIAN, View.ALL, "The Drowned Bell (Obsidian).zip"),
        (Format.FOUNDRY, View.PLAYERS, "The Drowned Bell (players) (Foundry).json"),
    ],
)
def test_a_file_says_what_it_is(form: Format, view: View, name: str) -> None:
    assert export(world(), form, view).name == name


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("a b.md", "attachment; filename=\"a b.md\"; filename*=UTF-8''a%20b.md"),
        ("Crème.md", "attachment; filename=\"Creme.md\"; filename*=UTF-8''Cr%C3%A8me.md"),
        ("字.zip", "attachment; filename=\"world.zip\"; filename*=UTF-8''%E5%AD%97.zip"),
    ],
)
def test_the_header_has_the_name_in_both_forms(name: str, disposition: str) -> None:
    """RFC 6266, 4.3: `filename` for programs that know only ASCII."""
    assert ExportedFile(name, "text/plain", b"").disposition == disposition
