"""Language tags are checked, and written in their usual case."""

from pathlib import Path

import pytest

from foundation import language_tag
from foundation.language_tag import canonical, english_name, group
from tests.language_registry import lines

LIST = Path(language_tag.__file__).with_name("languages.tsv")


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("pt-br", "pt-BR"),
        ("PT-BR", "pt-BR"),
        ("zh-hant", "zh-Hant"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("sr-latn", "sr-Latn"),
        ("es-419", "es-419"),
        ("yue", "yue"),
        ("tlh", "tlh"),
    ],
)
def test_a_tag_is_written_in_its_usual_case(given: str, tag: str) -> None:
    assert canonical(given) == tag
    assert canonical(tag) == tag


REFUSED = (
    *("", " ", " de", "de DE", "de\n", "d", "dé", "де", "xq", "xq-DE", "german", "deu", "en;q=1"),
    *("de_DE", "de-", "-de", "de-D", "de-1", "de-Latin", "de-DE-1996", "de-x-a", "i-klingon", "x-elf"),
    # Codes that are not a single language, and a code that "he" has replaced.
    *("und", "zxx", "mul", "iw"),
)


@pytest.mark.parametrize("given", REFUSED)
def test_anything_but_the_tag_of_a_known_language_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        canonical(given)


@pytest.mark.parametrize(
    ("tag", "name"),
    [("de", "German"), ("pt-BR", "Portuguese"), ("el", "Modern Greek"), ("nb", "Norwegian Bokmål"), ("xq", "xq")],
)
def test_a_language_has_its_english_name(tag: str, name: str) -> None:
    assert english_name(tag) == name


GROUPS = {"yue": "zh", "zh-Hant": "zh", "arz": "ar", "nb-NO": "no", "nn": "no", "id": "id", "sr": "sr", "xq": "xq"}


@pytest.mark.parametrize(("tag", "code"), GROUPS.items())
def test_a_language_belongs_to_a_group_only_if_people_call_it_so(tag: str, code: str) -> None:
    """Cantonese is Chinese, and both kinds of Norwegian are Norwegian. Indonesian is not Malay."""
    assert group(tag) == code


def test_the_languages_are_those_of_the_registry() -> None:
    """If this fails: make languages."""
    assert LIST.read_text(encoding="utf-8").splitlines() == list(lines())


def test_every_group_is_a_language_of_its_own() -> None:
    groups = {line.split("\t")[2] for line in lines()} - {""}
    assert [code for code in groups if canonical(code) != code] == []
