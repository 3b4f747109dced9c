"""Text from the LLM is cleaned and limited, and names that look alike are the same name."""

import unicodedata

import pytest
from pydantic import TypeAdapter, ValidationError

from generator_service.text import Name, Phrase, Prose
from generator_service.writing.naming import is_taken, name_key

NAME, PHRASE, PROSE = TypeAdapter(Name), TypeAdapter(Phrase), TypeAdapter(Prose)


@pytest.mark.parametrize("text", ["", "   ", "\n", "\x00", "\ue000", "\ud83d", "x" * 5000, "x" * 50_000, 3, None])
@pytest.mark.parametrize("adapter", [NAME, PHRASE, PROSE])
def test_blank_invisible_and_endless_text_is_rejected(adapter: TypeAdapter[str], text: object) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_python(text)


def test_a_phrase_is_put_on_one_line() -> None:
    """Models break lines arbitrarily, and a repair call for that would be a waste."""
    assert PHRASE.validate_python(" counts\tthe \n exits ") == "counts the exits"


def test_prose_keeps_only_its_paragraphs_of_its_layout() -> None:
    assert PROSE.validate_python("\nOne\nline.\r\n \n\n\nTwo. \n") == "One line.\n\nTwo."


def test_text_is_normalised() -> None:
    assert NAME.validate_python("Zoe\u0308") == "Zo\u00eb"


@pytest.mark.parametrize("other", ["zoë of ys", "Zoe  of Ys", "ZOË-OF-YS", "\uff3aoe of Ys"])
def test_names_that_look_the_same_are_the_same(other: str) -> None:
    assert is_taken(other, ["Zoë of Ys"])


def test_a_different_name_is_free_and_a_blank_one_never_is() -> None:
    assert not is_taken("Zora of Ys", ["Zoë of Ys"])
    assert is_taken(" -.- ", [])
    assert name_key("\u6c38\u591c") == "\u6c38\u591c"


def test_invisible_text_is_removed() -> None:
    hidden = "".join(map(chr, range(0xE0100, 0xE0150))) + "\u034f\u3164\u200d\u200d\u202e"
    assert NAME.validate_python(f"Low{hidden}Tarn") == "Low\U000e0100\u200dTarn"
    assert NAME.validate_python("\u2764\ufe0f\u200d\U0001f525") == "\u2764\ufe0f\u200d\U0001f525"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\x00b\x1bc\x7f", "abc"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\ue000b\U000f0000c", "abc"),
        ("a\ufdd0b\uffffc\U0001fffed", "abcd"),
        ("a\u2065b\U000e0fffc", "abc"),
        ("a\ufeffb", "ab"),
    ],
    ids=["control", "colours", "private use", "noncharacters", "reserved", "byte-order mark"],
)
@pytest.mark.parametrize("adapter", [NAME, PHRASE, PROSE])
def test_invisible_characters_are_dropped(adapter: TypeAdapter[str], written: str, shown: str) -> None:
    """Another call just to remove a control character would be a waste."""
    assert adapter.validate_python(written) == shown


@pytest.mark.parametrize("character", ["\U0001fae9", "\U0001fadf", "\U0001ccd6", "\U000323b0"])
def test_characters_newer_than_this_python_are_kept(character: str) -> None:
    assert unicodedata.category(character) == "Cn", "Python knows this character by now: use a newer one"
    assert PROSE.validate_python(f"A bell {character} rings.") == f"A bell {character} rings."


def test_flags_of_regions_are_kept_and_other_tags_are_dropped() -> None:
    """Tags can carry invisible text."""
    england = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    assert NAME.validate_python(f"{england} Inn") == f"{england} Inn"
    assert NAME.validate_python("Inn\U000e0068\U000e0069\U000e007f") == "Inn"


@pytest.mark.parametrize(
    "decorated",
    [
        "**Osk**",
        "*Osk*",
        "__Osk__",
        "_Osk_",
        "`Osk`",
        "# Osk",
        "### **Osk**",
        "1. Osk",
        "1) Osk",
        "(1) Osk",
        "#1: Osk",
        "- Osk",
        "• Osk",
        '"Osk"',
        "'Osk'",
        "“Osk”",
        "„Osk“",
        "«Osk»",
        "「Osk」",
        "『Osk』",
        "〈Osk〉",
        "【Osk】",
        "〝Osk〟",
        "»Osk«",
        "« Osk »",
        "›Osk‹",
        "”Osk”",
        "＂Osk＂",
        "1、Osk",
        "２．Osk",
        "1）「Osk」",
        "١. Osk",
        "Nom : Osk",
        "**Nombre:** Osk",
        "Titel: „Osk“",
        "Имя: «Osk»",
        "الاسم: Osk",
        "नाम: Osk",
        "이름: Osk",
        "名前：「Osk」",
        "标题：《Osk》",
        "Name: Osk",
        "**Name:** Osk",
        'Name: "Osk"',
        "1. **Osk**",
        '2. "Osk"',
        "Title: Osk",
        "&quot;Osk&quot;",
        '\\"Osk\\"',
    ],
)
def test_decoration_is_removed_from_a_name(decorated: str) -> None:
    assert NAME.validate_python(decorated) == "Osk"


@pytest.mark.parametrize(
    "name",
    [
        "D'Arc",
        "The “Red” Hand",
        '"Red" Ann and "Blue" Bob',
        "La_Belle_Dame",
        "3rd Ward",
        "Rock & Sons",
        "7",
        "O'Neil's",
        "A*",
        "Nº 5",
        "Mr. Osk",
        "Anna-Lena",
        "C:\\",
    ],
)
def test_characters_that_belong_to_a_name_are_kept(name: str) -> None:
    assert NAME.validate_python(name) == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("One.\\n\\nTwo.", "One.\n\nTwo."),
        ("Zo\\u00eb", "Zo\u00eb"),
        ("\\ud83d\\ude00", "\U0001f600"),
        ("\\ud83d alone", "alone"),
        ('She said \\"no\\".', 'She said "no".'),
        ("Osk&#39;s &amp; Ann&quot;s", "Osk's & Ann\"s"),
    ],
)
def test_escapes_that_arrive_as_text_are_replaced(written: str, meant: str) -> None:
    assert PROSE.validate_python(written) == meant


def test_markdown_is_removed_from_prose() -> None:
    written = "## History\n\nIt was **very** cold, and *she* `knew` it.\n\n2 * 3 * 4 is 24; see file_name_here."
    assert PROSE.validate_python(written) == (
        "History\n\nIt was very cold, and she knew it.\n\n2 * 3 * 4 is 24; see file_name_here."
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("永い夜の\n海に、\n  鐘が鳴る。", "永い夜の海に、鐘が鳴る。"),
        ("海に Osk が\n来た。", "海に Osk が来た。"),
        ("밤의\n바다", "밤의 바다"),
        ("ليل\nطويل", "ليل طويل"),
        ("永夜\n\n第二段。", "永夜\n\n第二段。"),
        ("这是**很冷**的夜。", "这是很冷的夜。"),
    ],
)
def test_text_is_joined_as_its_script_is_written(written: str, shown: str) -> None:
    """Chinese and Japanese have no spaces between words."""
    assert PROSE.validate_python(written) == shown


@pytest.mark.parametrize("text", ["*a" * 4999, "_a" * 4999, "\\u" * 4999, "&#" * 4999])
def test_a_runaway_text_is_rejected_without_cleaning(text: str) -> None:
    """If cleaning took quadratic time, this test would time out."""
    with pytest.raises(ValidationError):
        PROSE.validate_python(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("किरण", "करण"), ("राम", "रमा"), ("ハナ", "バナ"), ("דָּוִד", "דּוֹד"), ("กา", "กี"), ("가", "거"), ("مَلِك", "مُلْك")],
)
def test_marks_distinguish_names_in_scripts_without_accents(one: str, other: str) -> None:
    assert not is_taken(one, [other])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Łukasz", "Lukasz"),
        ("Søren", "Soren"),
        ("Đorđe", "Dorde"),
        ("Straße", "STRASSE"),
        ("Ёж", "Еж"),
        ("Ἀθήνα", "Αθηνα"),
        ("Ægir", "Aegir"),
        ("ﾊﾅ", "ハナ"),
        ("I\u011fd\u0131r", "Igdir"),
        ("가", "가"),
    ],
)
def test_letters_that_look_the_same_to_a_reader_are_the_same(one: str, other: str) -> None:
    assert is_taken(one, [other])


def test_stacked_marks_are_removed() -> None:
    assert len(PROSE.validate_python("a" + "\u0327" * 5000)) <= 31
    assert len(PROSE.validate_python("a" + "\u0f73" * 5000)) <= 61


def test_visible_format_characters_are_kept() -> None:
    """The Arabic end of ayah and number sign have the Unicode category of invisible characters."""
    assert PROSE.validate_python("\u0628\u06dd \u0600\u0661") == "\u0628\u06dd \u0600\u0661"
