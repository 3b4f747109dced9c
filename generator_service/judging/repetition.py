"""Finds what is said twice: a whole sentence, or a long run of the same words.

Time and memory grow linearly with the length of the texts.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from generator_service.judging.sentence import sentences
from generator_service.judging.word import excerpt, tokens, tokens_in, written_tokens

#: The shortest sentence that counts as a repetition, in words. Shorter ones may recur: "Nobody answered."
MIN_SENTENCE = 6
#: The shortest run of words that counts, across sentences or within one. Names of places and idioms are shorter.
MIN_RUN = 12
#: Two list entries are nearly equal if this share of all their words is in both: one word of seven may differ.
NEARLY_EQUAL = 0.7
#: The length of the runs of words by which two versions of a text are compared. Idioms are shorter.
_COMPARED_RUN = 5
#: How much of a repeated passage is quoted.
_QUOTED_WORDS = 10

#: An apostrophe that replaces the spaces in a name. `word.tokens` reads what it joins as one word.
_JOINER = "\u02bc"
_BETWEEN = r"[\W_]+"

#: The hash of a sentence or run → the position of its first token.
_Passages = dict[int, int]


def repeated_within(text: str) -> str | None:
    """The beginning of a passage that the text contains twice, or None."""
    seen: dict[int, int] = {}
    for passage, start in _passages(text):
        if passage in seen and seen[passage] != start:
            return _quoted(text, start)
        seen[passage] = start
    return None


def can_repeat(text: str) -> bool:
    """Whether the text is long enough to share a passage with another one."""
    return bool(_all_passages(text))


def repeated_from(text: str, other: str) -> str | None:
    """The beginning of a passage that both texts contain, or None."""
    passages, others = _all_passages(text), _all_passages(other)
    if passages.keys().isdisjoint(others.keys()):
        return None
    return _quoted(text, min(start for passage, start in passages.items() if passage in others))


def share_from(text: str, other: str) -> float:
    """How much of the text is taken from the other, from 0 to 1. 0 for a text of fewer words than five."""
    length = tokens_in(_COMPARED_RUN, text)
    runs, others = _runs(tokens(text), length), set(_runs(tokens(other), length))
    return sum(run in others for run in runs) / len(runs) if runs else 0.0


def _runs(words: tuple[str, ...], length: int) -> list[tuple[str, ...]]:
    return [words[first : first + length] for first in range(len(words) - length + 1)]


@lru_cache(maxsize=1024)
def with_joined(text: str, names: tuple[str, ...]) -> str:
    """The text with each of these names as one word. Several texts may use the same long name."""
    words = [re.findall(r"\w+", name) for name in sorted(names, key=len, reverse=True)]
    several = [_BETWEEN.join(map(re.escape, each)) for each in words if len(each) > 1]
    if not several:
        return text
    pattern = rf"\b(?:{'|'.join(several)})\b"
    return re.sub(pattern, lambda found: re.sub(_BETWEEN, _JOINER, found[0]), text, flags=re.IGNORECASE)


def is_nearly_equal(entry: str, other: str) -> bool:
    """Whether two list entries say the same, apart from a word or the order."""
    ours, theirs = _parts(entry), _parts(other)
    return bool(ours) and len(ours & theirs) >= NEARLY_EQUAL * len(ours | theirs)


def _parts(entry: str) -> frozenset[str]:
    """The words; of a script without spaces, the pairs of letters."""
    words = tokens(entry)
    if tokens_in(1, entry) == 1 or len(words) < 2:
        return frozenset(words)
    return frozenset(first + second for first, second in pairwise(words))


@lru_cache(maxsize=512)
def _all_passages(text: str) -> _Passages:
    return dict(reversed(_passages(text)))


@lru_cache(maxsize=512)
def _passages(text: str) -> tuple[tuple[int, int], ...]:
    """The hash and start of each sentence and each run that is long enough."""
    return tuple(_each_passage(text))


def _each_passage(text: str) -> Iterator[tuple[int, int]]:
    words = tokens(text)
    start, min_sentence = 0, tokens_in(MIN_SENTENCE, text)
    for sentence in sentences(text):
        length = len(written_tokens(sentence))
        if length >= min_sentence:
            yield hash((length, words[start : start + length])), start
        start += length
    run = tokens_in(MIN_RUN, text)
    for first in range(len(words) - run + 1):
        yield hash(words[first : first + run]), first


def _quoted(text: str, start: int) -> str:
    return excerpt(text, start, tokens_in(_QUOTED_WORDS, text)).replace(_JOINER, " ")
