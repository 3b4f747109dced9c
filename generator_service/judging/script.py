"""The script of a letter and of a text, and which scripts are written without spaces."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

#: Chinese, and the scripts that Japanese mixes.
HAN = "HAN"
#: How many letters make a word in the scripts without spaces between words. Measured with the Universal Declaration of
#: Human Rights, compared with the words of its English text: docs/judging.md.
LETTERS_PER_WORD: Mapping[str, int] = {HAN: 2, "THAI": 4, "LAO": 4, "KHMER": 4, "MYANMAR": 4}

_SAME_SCRIPT = {
    "CJK": HAN,
    "IDEOGRAPHIC": HAN,
    "HIRAGANA": HAN,
    "KATAKANA": HAN,
    "KATAKANA-HIRAGANA": HAN,
    "HALFWIDTH": HAN,
    "FULLWIDTH": "LATIN",
}


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """The first word of the letter's Unicode name, such as "LATIN". "" for a character that is not a letter."""
    if not letter.isalpha():
        return ""
    first = unicodedata.name(letter, "").partition(" ")[0]
    return _SAME_SCRIPT.get(first, first)


@lru_cache(maxsize=1024)
def main_script(text: str) -> str:
    """The script of most letters. "" if there are none."""
    scripts = Counter(filter(None, map(script_of, text)))
    return max(scripts, key=lambda script: scripts[script], default="")
