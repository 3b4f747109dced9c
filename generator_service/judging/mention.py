"""Whether a text uses a name, in any of its inflected or shortened forms."""

from functools import lru_cache
from itertools import pairwise

from generator_service.judging.script import LETTERS_PER_WORD, main_script
from generator_service.judging.word import tokens

#: Shorter words of a name, such as articles, are not distinctive.
_MIN_LETTERS = 4
#: How many letters an inflection may change at the end: Russian "Москва", "в Москве".
_INFLECTED = 2
#: How many letters an inflection may add: German "Hafen", "Hafens"; Turkish "Van", "Van'dan".
_ADDED = 4
#: Words of names that are too common to be distinctive.
_COMMON = frozenset(["that", "this", "with", "from", "over", "under", "into", "about", "upon", "their", "your"])


def can_judge(name: str, text: str) -> bool:
    """Whether name and text have the same script. If not, the text may spell the name by its sound."""
    return main_script(name) == main_script(text) != ""


def mentions(text: str, name: str) -> bool:
    """Whether the text contains at least one distinctive word of the name."""
    words = tokens(name)
    if main_script(name) in LETTERS_PER_WORD:
        return any(pair in _joined(text) for pair in _pairs(words))
    distinctive = [word for word in words if len(word) >= _MIN_LETTERS and word not in _COMMON] or list(words)
    return any(_is_form_of(token, word) for token in tokens(text) for word in distinctive)


def _is_form_of(token: str, word: str) -> bool:
    stem = word[: max(_MIN_LETTERS, len(word) - _INFLECTED)]
    return token.startswith(stem) and len(token) <= len(word) + _ADDED


@lru_cache(maxsize=256)
def _joined(text: str) -> str:
    return "".join(tokens(text))


def _pairs(letters: tuple[str, ...]) -> list[str]:
    """Each two neighbouring letters: the shortest part of a name that is distinctive."""
    if len(letters) < 2:
        return list(letters)
    return [first + second for first, second in pairwise(letters)]
