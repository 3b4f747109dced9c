"""Whether a text is in the language that was asked for."""

from foundation.language_tag import group, primary
from generator_service.judging.surroundings import Identify
from generator_service.judging.word import count_words, tokens

_ENGLISH = "en"
#: A shorter text can be mistaken for another language.
MIN_WORDS = 10
#: The language asked for is improbable below the first of these. Another one is certain above the second.
MOST_WANTED = 0.1
LEAST_OTHER = 0.8

#: Languages that are so alike in writing that a program may confuse them. Codes of ISO 639.
_ALIKE = (
    {"no", "nb", "nn", "da"},
    {"hr", "sr", "bs", "sh"},
    {"id", "ms"},
    {"cs", "sk"},
    {"gl", "pt"},
    {"ca", "oc"},
    {"zh", "yue", "wuu"},
    {"hi", "mr", "ne"},
    {"fa", "ps", "ur"},
    {"de", "gsw", "nds"},
)

#: Words that are frequent in English. Few of them are words of another language too.
_ENGLISH_WORDS = frozenset(
    "a about after always and are as at because before but by could each every everyone except for from has have "  # noqa: SIM905 - a list has a line for each word
    "he her his in into is it must never nobody not nothing of on once only other own she should such than that "
    "the their them there these they this those through to until very was what when where which while who with "
    "without would you your".split()
)
#: A text with this share of them is certainly English. English prose has 0.4, and no other language more than 0.15.
_CERTAIN_SHARE = 0.25


def other_language(text: str, wanted: str, identify: Identify) -> str | None:
    """The code of the language that the text is clearly in, if it is not the one `wanted` (a BCP 47 tag).

    None if the text is short or may be in that language. `identify` must know it.
    """
    if count_words(text) < MIN_WORDS:
        return None
    codes = {primary(wanted), group(wanted)}
    accepted = codes.union(*(alike for alike in _ALIKE if codes & alike))
    if _ENGLISH in accepted and _is_certainly_english(text):
        return None
    found = identify(text)
    if sum(probability for name, probability in found if name in accepted) >= MOST_WANTED:
        return None
    return next((name for name, probability in found[:1] if probability > LEAST_OTHER), None)


def _is_certainly_english(text: str) -> bool:
    """Whether frequent English words alone show that it is English. `identify` would take a hundred times as long."""
    words = tokens(text)
    return sum(map(_ENGLISH_WORDS.__contains__, words)) >= _CERTAIN_SHARE * len(words)
