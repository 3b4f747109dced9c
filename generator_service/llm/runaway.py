"""Notices that the model has run away in a stream, so that the call is stopped before its output limit.

That limit is the sum of the limits of all parts. A model that never ends the first part could use up all of it.
"""

from collections.abc import Sequence

from generator_service.llm.ask import Part
from generator_service.llm.early import open_part
from generator_service.llm.fitting import MOST_USABLE
from generator_service.llm.output_limit import output_limit

#: Characters per token in English. In most other scripts a token has fewer.
_CHARACTERS_PER_TOKEN = 4
#: How much an answer grows between two checks, in characters.
_STEP = 200
#: An answer repeats itself if its last 600 characters repeat one passage of at most a third of that length. Prose has
#: no passage three times in a row, and no valid list is that long and that uniform.
_TAIL = 600
_REPEATED = _TAIL * 2 // 3


class RunawayGuard:
    """Watches one answer while it grows."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """`parts` are those that the answer should have."""
        self._ceilings = {part.key: ceiling(part) for part in parts}
        self._looks_at = _TAIL

    def has_run_away(self, text: str) -> bool:
        """Whether the answer repeats itself, or the part that is being written has exceeded its ceiling.

        `text` is the answer so far. Parts are measured in plain JSON only, which is what `early.EarlyReader` reads.
        """
        if len(text) < self._looks_at:
            return False
        self._looks_at = len(text) + _STEP
        if repeats_itself(text):
            return True
        written = open_part(text, self._ceilings)
        return written is not None and _length(written[1]) > self._ceilings[written[0]]


def ceiling(part: Part) -> int:
    """The most characters that a part may have: those of its own output limit, in English.

    It is at least the length of the longest answer that the schema accepts, whatever the prompt asks for, for which
    `output_limit` counts a token for each character. It is at most twice that length, because more cannot be used.
    """
    longest = output_limit(part.schema)
    limit = output_limit(part.schema, part.max_words)
    return max(longest, min(MOST_USABLE * longest, _CHARACTERS_PER_TOKEN * limit))


def repeats_itself(text: str) -> bool:
    """Whether the text ends with the same passage of up to 200 characters, three times or more."""
    tail = text[-_TAIL:]
    return len(tail) == _TAIL and tail[-_REPEATED:] in tail[:-1]


def before_loop(text: str) -> str:
    """The text without its end, if that repeats a passage (`repeats_itself`). At most one passage of it is left."""
    if not repeats_itself(text):
        return text
    period = len(text) - _REPEATED - text.rfind(text[-_REPEATED:], 0, -1)
    start = len(text) - period
    while start and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return text[: start + period]


def _length(value: object) -> int:
    """The characters of all texts and keys. Anything else counts as one character."""
    match value:
        case str():
            return len(value)
        case dict():
            return sum(len(key) + _length(inner) for key, inner in value.items())
        case list():
            return sum(map(_length, value))
    return 1
