"""The words of a text in any script. Where words have no spaces between them, each letter is a token."""

import math
import re
import unicodedata
from functools import lru_cache

from generator_service.judging.script import LETTERS_PER_WORD, main_script, script_of

#: The letters of Thai and Lao, Myanmar, Khmer, Japanese kana, and Chinese characters.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u17d7\u3005-\u3007"
    "\u3041-\u3096\u309d-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U000323af"
)
#: Python's `\w` leaves out the marks that write vowels in many scripts, and the joiners inside Persian words. Beyond
#: U+FFFF, only those of Chakma and Adlam: each further range makes every search slower.
_MARKS = "\u200c\u200d\U00011100-\U00011102\U00011127-\U00011134\U0001e944-\U0001e94a" + "".join(
    mark for mark in map(chr, range(0x300, 0x10000)) if unicodedata.category(mark) in ("Mn", "Mc", "Me")
)
_LETTER = rf"[^\W_{_UNSPACED}{_MARKS}][{_MARKS}]*"
#: A run of ASCII letters is found at once, because the large sets make each other letter slow.
_LETTERS = rf"(?:[0-9A-Za-z]++[{_MARKS}]*|{_LETTER})++"
_TOKEN = re.compile(rf"[{_UNSPACED}][{_MARKS}]*|{_LETTERS}(?:['\u2019\u02bc]{_LETTERS})*")


@lru_cache(maxsize=1024)
def tokens(text: str) -> tuple[str, ...]:
    """The words in the form in which they are compared: see `folded`."""
    return tuple(map(folded, written_tokens(text)))


@lru_cache(maxsize=1024)
def written_tokens(text: str) -> tuple[str, ...]:
    """The words as they are written."""
    return tuple(_TOKEN.findall(text))


@lru_cache(maxsize=8192)
def folded(word: str) -> str:
    """In lower case, without accents and other marks."""
    if word.isascii():
        return word.casefold()
    letters = unicodedata.normalize("NFKD", word).casefold()
    kept = "".join(letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Mc", "Me", "Cf"))
    return unicodedata.normalize("NFC", kept)


def excerpt(text: str, start: int, count: int) -> str:
    """The text from the token at `start` (0-based) on, `count` tokens long or up to the end."""
    found = list(_TOKEN.finditer(text))[start : start + count]
    return text[found[0].start() : found[-1].end()] if found else ""


def count_words(text: str) -> int:
    """The number of words, rounded up. It is an estimate for scripts without spaces between words."""
    words = written_tokens(text)
    if text.isascii() or all(letters_per_word(letter) == 1 for letter in {word[0] for word in words}):
        return len(words)
    return math.ceil(sum(1 / letters_per_word(word) for word in words))


def letters_per_word(token: str) -> int:
    """How many such tokens make a word: 1 for a whole word."""
    return LETTERS_PER_WORD.get(script_of(token[0]), 1)


def tokens_in(words: int, text: str) -> int:
    """How many tokens make this many words, in the script of the text."""
    return words * LETTERS_PER_WORD.get(main_script(text), 1)
