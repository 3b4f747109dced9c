"""Finds what no person should see in a result: traces of the wire format, and invisible characters."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

_BLEMISHES = {
    "code fence": re.compile(r"```"),
    "JSON": re.compile(r'[{\[]\s*"|"\s*:\s*["\[{\d]|"\s*[}\]]'),
    "schema keyword": re.compile(
        r"\$defs|\$ref|additionalProperties|maxLength|minLength|maxItems|minItems|json_schema"
    ),
    "prompt tag": re.compile(r"</?(data|think)>"),
    "special token": re.compile(r"<\|[a-z_]+\|>|</?s>|\[/?INST\]"),
    "escape": re.compile(r"\\[nrt\"]|\\u[0-9a-fA-F]{4}"),
}
_UNSEEN = frozenset({"Cc", "Cs", "Co"})


def blemishes(value: Any) -> list[str]:
    """The faults in the texts of a JSON value, each with its text; empty if there are none."""
    return [f"{blemish}: {text!r}" for text in _texts(value) for blemish in _blemishes(text)]


def _blemishes(text: str) -> Iterator[str]:
    if not any(character.isalnum() for character in text):
        yield "no word"
    if any(unicodedata.category(character) in _UNSEEN for character in text if character != "\n"):
        yield "control character"
    yield from (name for name, pattern in _BLEMISHES.items() if pattern.search(text))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case dict():
            for each in value.values():
                yield from _texts(each)
