"""Whether a text is in the language that was asked for."""

from collections.abc import Sequence

from generator_service.judging.surroundings import Identify
from generator_service.judging.word import count_words

#: A shorter text can be mistaken for another language.
MIN_WORDS = 10
#: The language asked for is improbable below this, and another one is certain above that.
MOST_WANTED = 0.1
LEAST_OTHER = 0.8

#: Languages that are written so alike that a program may take one for another. Codes of ISO 639.
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


def other_language(text: str, wanted: str, identify: Identify) -> str | None:
    """The code of the language that the text is plainly in, if it is not the one `wanted` (a BCP 47 tag).

    None if the text is short, may be in that language, or if the language is unknown to `identify`.
    """
    if count_words(text) < MIN_WORDS:
        return None
    code = wanted.partition("-")[0].lower()
    accepted = {code}.union(*(group for group in _ALIKE if code in group))
    found = identify(text)
    probabilities = [probability for name, probability in found if name in accepted]
    if not probabilities or sum(probabilities) >= MOST_WANTED:
        return None
    return _certain(found)


def _certain(found: Sequence[tuple[str, float]]) -> str | None:
    best, probability = found[0]
    return best if probability > LEAST_OTHER else None
