"""Which language a text is in, by py3langid: a model of byte sequences that knows some 140 languages.

Of 35 sentences in as many languages (tests/unit/generator/language), it gets one wrong: it takes Indonesian for Malay.
Of 618 English texts of ten words or more, it gets none wrong. A guess about a few words is often wrong.
"""

from collections import defaultdict
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from foundation.language_tag import group, is_known

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

#: More text does not change the answer.
_MAX_CHARACTERS = 2_000
#: Guesses that are less likely are left out.
_MIN_PROBABILITY = 0.001
#: In a BCP 47 tag, only the subtag of the script has this length: "zh-Hant-TW".
_SCRIPT_LETTERS = 4
#: The codes of the model's languages, listed because the model takes long to load. A test compares both.
_CODES = (
    "ace af am an ar ary arz as az ba bcl be bg bn br bs ca crh cs cy da de dz el en eo es et eu ext fa fi fo fr "
    "fuv fy ga gcf gcr gd gl gom grc gu gug guw ha hbo he hi hr ht hu hy id ig is it ja jv ka kab kik kk km kn ko "
    "ku ky la lb lg lij ln lo lt ltg lv mg mk ml mn mr ms mt my ne nl nn no nso oc om or pa pcm pl ps pt qu ro ru "
    "rw sa sdh se si sk sl sn so sq sr st sv sw ta te tg th tk tl tr tt ug uk ur uz uzs vec vi vo wa wuu xh yo yue "
    "zh zu"
)
_loading = Lock()


def identify(text: str) -> list[tuple[str, float]]:
    """The languages that the text may be in, each with its probability, the most likely first.

    A language is a code as `language_tag.group` returns it: all kinds of Arabic are "ar". Empty for a text without
    letters.
    """
    return list(_identified(text[:_MAX_CHARACTERS]))


@lru_cache(maxsize=256)
def _identified(text: str) -> tuple[tuple[str, float], ...]:
    if not any(map(str.isalpha, text)):
        return ()
    found: dict[str, float] = defaultdict(float)
    for code, probability in load().rank(text):
        if known := _known_group(code):
            found[known] += probability
    likely = [(code, probability) for code, probability in found.items() if probability >= _MIN_PROBABILITY]
    return tuple(sorted(likely, key=lambda guess: guess[1], reverse=True))


@cache
def _known_group(code: str) -> str | None:
    """The group of one of the model's codes, if it is the code of a language."""
    return group(code) if is_known(code) else None


def can_identify(tag: str) -> bool:
    """Whether `identify` knows the language of this tag.

    The model knows most languages in their usual script only: it takes Punjabi in Arabic script ("pa-Arab") for Urdu.
    Chinese it knows in both.
    """
    names_script = any(len(part) == _SCRIPT_LETTERS for part in tag.split("-")[1:])
    return group(tag) in _known_groups() and (group(tag) == "zh" or not names_script)


def load() -> "LanguageIdentifier":
    """The model. The first call takes half a second, and 100 MB of memory from then on."""
    with _loading:
        return _model()


@lru_cache(maxsize=1)
def _model() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _known_groups() -> frozenset[str]:
    return frozenset(map(group, _CODES.split()))
