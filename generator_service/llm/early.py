"""Finds the parts of an answer that are whole while the rest is still being written.

It reads only plain JSON with the expected keys. `answer` reads every other form, when the answer has ended.
"""

import re
from collections.abc import Collection

from pydantic_core import from_json

#: The beginning of an answer that is an object, perhaps in a Markdown fence.
_START = re.compile(r"\ufeff?\s*(?:```\w*\s*)?(?=\{)")
#: A longer answer has run away. It is not read while it grows, because that would take quadratic time.
_MAX_CHARACTERS = 20_000


class EarlyReader:
    """Reads one answer while it grows."""

    def __init__(self, keys: Collection[str]) -> None:
        """`keys` are those of the parts that the answer should have."""
        self._keys = frozenset(keys)
        #: The keys that the answer has not had yet, in quotation marks.
        self._awaited = {f'"{key}"' for key in keys}
        self._longest = max(map(len, self._awaited))
        self._found: set[str] = set()
        self._length = 0

    def read(self, text: str) -> list[tuple[str, object]]:
        """The parts that have become whole, with their values. `text` is the answer so far."""
        begun_at = max(0, self._length - self._longest)
        self._length = len(text)
        self._awaited -= {key for key in self._awaited if text.find(key, begun_at) >= 0}
        # A part is whole when the value of the next key has begun. Parsing the answer at each chunk would be slow.
        begun = len(self._keys) - len(self._awaited)
        if begun <= len(self._found) + 1 or len(text) > _MAX_CHARACTERS:
            return []
        whole = {key: value for key, value in closed_parts(text, self._keys).items() if key not in self._found}
        self._found |= whole.keys()
        return list(whole.items())


def closed_parts(text: str, keys: Collection[str]) -> dict[str, object]:
    """The parts at the beginning of an unfinished answer that are certainly whole: the value of another key follows.

    Empty if the answer has another form or an unexpected key.
    """
    return dict(_begun_parts(text, keys)[:-1])


def open_part(text: str, keys: Collection[str]) -> tuple[str, object] | None:
    """The last part of an unfinished answer, and its value so far. None if the answer has another form."""
    return next(reversed(_begun_parts(text, keys)), None)


def begun_object(text: str) -> dict[str, object]:
    """What has been written of an object. Its last text may be unfinished. Empty if the answer has another form."""
    start = _START.match(text)
    if start is None:
        return {}
    try:
        found = from_json(text[start.end() :], allow_partial="trailing-strings")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _begun_parts(text: str, keys: Collection[str]) -> list[tuple[str, object]]:
    parts = begun_object(text)
    return list(parts.items()) if parts.keys() <= set(keys) else []
