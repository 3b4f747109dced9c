"""Makes a text fit the length limits of a JSON schema."""

import re
from collections.abc import Callable

_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")


def fitted(text: str, low: int, high: int, more: Callable[[], str]) -> str:
    """The text, changed to have `low` to `high` characters. `more()` returns another sentence to add.

    A long text is cut after a sentence or, failing that, after a word, if enough remains.
    """
    for _ in range(low):
        if len(text) >= low:
            break
        text = f"{text} {more()}".strip() if text else more()
    if len(text) < low:
        text = text + "." * (low - len(text))
    return text if len(text) <= high else _cut(text, low, high)


def _cut(text: str, low: int, high: int) -> str:
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: high + 1]) if low <= match.end() <= high]
    if ends:
        return text[: ends[-1]]
    stop = "." if text.endswith(".") and high > 1 else ""
    words = text[: high + 1 - len(stop)].rpartition(" ")[0].rstrip(" ,;:-") + stop
    if low <= len(words) <= high and words.strip("."):
        return words
    return (
        text[: high - len(stop)].rstrip() + stop
        if len(text[: high - len(stop)].rstrip()) + len(stop) >= low
        else text[:high]
    )
