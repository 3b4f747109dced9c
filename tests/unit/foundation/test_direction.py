"""Directions of languages."""

import langcodes
import pytest

from foundation.direction import SCRIPTS, direction
from tests.language_registry import lines


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("fa", "rtl"),
        ("he", "rtl"),
        ("ar-Latn", "ltr"),
        ("uz", "ltr"),
        ("uz-Arab", "rtl"),
        ("uz-AF", "rtl"),
        ("pa-PK", "rtl"),
        ("pa-IN", "ltr"),
        ("sd-IN", "ltr"),
        ("sd-Arab-IN", "rtl"),
        ("zh-Hant", "ltr"),
    ],
)
def test_the_script_decides(tag: str, expected: str) -> None:
    assert direction(tag) == expected


def test_no_language_is_missing() -> None:
    """`langcodes` has the data of an older CLDR: it knows the scripts of fewer languages, but not of others."""
    codes = [line.partition("\t")[0] for line in lines()]
    rtl = [code for code in codes if langcodes.Language.get(code).maximize().script in SCRIPTS]
    assert len(rtl) > 50
    assert [code for code in rtl if direction(code) == "ltr"] == []
