"""Language tags (BCP 47): a language, and optionally a script and a region, such as "de", "zh-Hant" and "pt-BR".

The languages are those of the IANA Language Subtag Registry. `languages.tsv` lists them; `make languages` writes it.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

#: The language of a job whose caller asks for no other.
DEFAULT_LANGUAGE = "en"
#: The subset of RFC 5646 that is accepted: no variants, extensions or private use.
_FORM = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")
_FAULT = 'must be the tag of a language (BCP 47), such as "de", "pt-BR" or "zh-Hant"'


class Language(NamedTuple):
    """One line of `languages.tsv`."""

    #: In English.
    name: str
    #: The code of the group that it belongs to, such as "zh" for Cantonese; "" if it stands for itself.
    macrolanguage: str


def canonical(tag: str) -> str:
    """The tag in its usual case: "PT-br" → "pt-BR". Raises `ValueError` if it is not the tag of a known language."""
    if _FORM.fullmatch(tag) is None or not is_known(tag):
        raise ValueError(_FAULT)
    language, *parts = tag.lower().split("-")
    return "-".join([language, *(part.title() if len(part) == len("Hant") else part.upper() for part in parts)])


def is_known(tag: str) -> bool:
    """Whether the tag starts with the code of a language."""
    return _language(primary(tag)) is not None


def primary(tag: str) -> str:
    """The code of the language alone: "pt-BR" → "pt"."""
    return tag.partition("-")[0].lower()


def group(tag: str) -> str:
    """The code of the language, or of the group of languages that it belongs to: "yue" → "zh", "pt-BR" → "pt"."""
    language = _language(primary(tag))
    return (language and language.macrolanguage) or primary(tag)


def english_name(tag: str) -> str:
    """The name of the language in English: "pt-BR" → "Portuguese". The tag itself if the language is unknown."""
    language = _language(primary(tag))
    return language.name if language else tag


@lru_cache(maxsize=1024)
def _language(code: str) -> Language | None:
    _, found, rest = _registry().partition(f"\n{code}\t")
    return Language(*rest.partition("\n")[0].split("\t")) if found else None


@cache
def _registry() -> str:
    """All lines. They are searched, not parsed: parsing takes 9 ms, which would delay the start of a function."""
    return "\n" + Path(__file__).with_name("languages.tsv").read_text(encoding="utf-8")
