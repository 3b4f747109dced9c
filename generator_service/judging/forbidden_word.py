"""Finds the names and phrases of `generator_service.forbidden`. What the caller wrote may be used."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from foundation.language_tag import primary
from generator_service.forbidden import NAME_BEGINNINGS, NAME_ENDINGS, NAMES, ORDINARY, PHRASES

#: A compound has at least this many letters besides its forbidden part.
_REST = r"[^\W\d_]{3,}"
#: Endings that make an ordinary word, not a compound: "Shadowed", "Stormy", "Whispering".
_INFLECTED = r"(?:ing|ings|ed|er|ers|ier|iest|ily|less|iness)\b"


@cache
def _names() -> re.Pattern[str]:
    """Only capitalised words are names: an aria and a zephyr are ordinary words."""
    whole = "|".join(spelling for name in NAMES for spelling in (name, name.upper()))
    beginnings, endings = "|".join(NAME_BEGINNINGS), "|".join(NAME_ENDINGS)
    return re.compile(
        rf"\b(?:{whole})\b"
        rf"|\b(?:{beginnings})(?!{_INFLECTED})(?:-?{_REST})"
        rf"|\b[^\W\d_a-z][^\W\d_]+-?(?i:{endings})\b"
    )


@cache
def _phrases() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"\b{_with_plural(phrase)}\b", re.IGNORECASE) for phrase in PHRASES)


#: Most texts have no part of a forbidden name and no stem of a phrase. Looking for these first is much faster.
_PARTS = tuple(part.casefold() for part in (*NAMES, *NAME_BEGINNINGS, *NAME_ENDINGS))
_STEMS = tuple(phrase.removesuffix("y") for phrase in PHRASES)


def _has_any(parts: Sequence[str], text: str) -> bool:
    folded = text.casefold()
    return any(part in folded for part in parts)


def _with_plural(phrase: str) -> str:
    escaped = re.escape(phrase)
    return f"{escaped[:-1]}(?:y|ies)" if phrase.endswith("y") else escaped


def forbidden_names(text: str, given: Sequence[str], language: str | None = None) -> list[str]:
    """The forbidden names in the text, as written, without those that the caller `given` uses.

    `language`: a BCP 47 tag. Its ordinary words are no names.
    """
    if not _has_any(_PARTS, text):
        return []
    ordinary = ORDINARY.get(primary(language or ""), ())
    names = (name for name in _once(_names().findall(text)) if not any(word in name.casefold() for word in ordinary))
    return [name for name in names if not _contains(given, name)]


def _contains(texts: Sequence[str], name: str) -> bool:
    whole_word = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    return any(map(whole_word.search, texts))


def forbidden_phrases(text: str, given: Sequence[str]) -> list[str]:
    """The forbidden phrases in the text, as written, without those that the caller `given` uses."""
    return _once(_found(text, given)) if _has_any(_STEMS, text) else []


def _found(text: str, given: Sequence[str]) -> Iterator[str]:
    for phrase in _phrases():
        if (found := phrase.search(text)) and not any(map(phrase.search, given)):
            yield found[0]


def _once(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))
