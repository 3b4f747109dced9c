"""Turns the details of a piece into blocks, by their shape: a new field of a kind needs no edit here."""

import re
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.export.block import Block, Entries, Entry, Heading, Lead, Prose, Scores, Titled
from foundation.json_value import Json

#: Shown as the piece's first line, without a heading.
_CONCEPT = "concept"
_NAMES = ("name", "title")
#: A key that a program wrote.
_IDENTIFIER = re.compile(r"[a-z][A-Za-z0-9_]*")
_WORD_ENDS = re.compile(r"_+|(?<=[a-z0-9])(?=[A-Z])")


def label_of(key: str) -> str:
    """A key as people read it: "long_ago" → "Long ago". What a person wrote stays as it is."""
    if _IDENTIFIER.fullmatch(key) is None:
        return key
    words = " ".join(_WORD_ENDS.sub(" ", key).split())
    return words[:1].upper() + words[1:].lower()


def blocks_of(description: str | None, details: Mapping[str, Json]) -> Iterator[Block]:
    """The blocks of a piece: its concept, its description, and each further detail under a heading."""
    concept = details.get(_CONCEPT)
    if isinstance(concept, str) and concept.strip():
        yield Lead(concept)
    if description:
        yield Prose(description)
    for key, value in details.items():
        if (block := None if key == _CONCEPT and isinstance(value, str) else _block(value)) is not None:
            yield Heading(label_of(key))
            yield block


def _block(value: Json) -> Block | None:
    """None if there is nothing to show."""
    if isinstance(value, Mapping):
        return _titled(value) or _scores(value) or _list(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _list(value)
    text = _text(value)
    return Prose(text) if text else None


def _titled(value: Mapping[str, Json]) -> Titled | None:
    """A value such as {name, description}."""
    if value.keys() not in ({"name", "description"}, {"title", "description"}):
        return None
    title, text = value.get("name", value.get("title")), value["description"]
    return Titled(title, text) if isinstance(title, str) and isinstance(text, str) and title and text else None


def _scores(value: Mapping[str, Json]) -> Scores | None:
    if not value or not all(isinstance(each, int | float) and not isinstance(each, bool) for each in value.values()):
        return None
    return Scores(tuple((label_of(key), _text(each)) for key, each in value.items()))


def _list(value: Mapping[str, Json] | Sequence[Json]) -> Entries | None:
    entries = _entries(value)
    return Entries(entries) if entries else None


def _entries(value: Mapping[str, Json] | Sequence[Json]) -> tuple[Entry, ...]:
    if isinstance(value, Mapping):
        found = [_entry(each, label_of(key)) for key, each in value.items()]
    else:
        found = [_entry(each, None) for each in value]
    return tuple(entry for entry in found if entry is not None)


def _entry(value: Json, label: str | None) -> Entry | None:
    if isinstance(value, Mapping) and label is None:
        return _named(value)
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        entries = _entries(value)
        return Entry(label=label, entries=entries) if entries else None
    text = _text(value)
    return Entry(text, label) if text else None


def _named(value: Mapping[str, Json]) -> Entry | None:
    """An entry for an object in a list. Its name or title, if it has one, becomes the text above its other fields."""
    if (titled := _titled(value)) is not None:
        return Entry(titled.text, titled.title)
    key = next((key for key in _NAMES if isinstance(value.get(key), str) and _text(value[key])), None)
    entries = _entries({each: value[each] for each in value if each != key})
    return Entry(_text(value[key]) if key else None, entries=entries) if key or entries else None


def _text(value: Json) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case _:
            return str(value).strip()
