"""Saves what can be used of an answer that was cut off: the part that was being written, without its unfinished end."""

from collections.abc import Sequence

from generator_service.llm.ask import Part
from generator_service.llm.early import begun_object, open_part
from generator_service.llm.fitting import MOST_USABLE, whole_sentences
from generator_service.llm.runaway import before_loop

#: Only this much of a text is used: what `fitting.clamp` can cut to the longest length that a stage allows.
_MOST_CHARACTERS = MOST_USABLE * 2_000


def salvaged(text: str, parts: Sequence[Part]) -> dict[str, object]:
    """Key → value of the part that was being written, if something of it can be used.

    A text ends after its last whole sentence, before it begins to repeat itself. An entry of a list that is not whole
    is left out. `parts` are those that were asked for.
    """
    keys = [part.key for part in parts]
    begun: tuple[str, object] | None = (keys[0], begun_object(text)) if len(keys) == 1 else open_part(text, keys)
    if begun is None:
        return {}
    key, value = begun
    ended = _ended(value)
    return {} if ended is None else {key: ended}


def _ended(value: object) -> object:
    """The value without its unfinished end. None if nothing is left, or if a number may have more digits."""
    match value:
        case str():
            return whole_sentences(before_loop(value)[:_MOST_CHARACTERS]) or None
        case [*entries, last]:
            end = _ended(last)
            return entries if end is None else [*entries, end]
        case dict() if value:
            key = next(reversed(value))
            end = _ended(value[key])
            return None if end is None else value | {key: end}
    return None
