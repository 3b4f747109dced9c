"""Which characters a reader can see. Callers' text and a model's text are cleaned by the same rules.

Emoji and scripts that are newer than this Python's Unicode data count as visible.
"""

import re
import unicodedata

#: Visible format characters (category Cf): signs written over or around numbers and words (Unicode's
#: Prepended_Concatenation_Mark), and the joiners of hieroglyphs.
SEEN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
) | frozenset(map(chr, range(0x13430, 0x13440)))
#: Letters, marks and symbols that show nothing: Hangul fillers, the braille pattern without dots, the grapheme joiner,
#: inherent vowels of Khmer.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
#: Reserved for invisible characters (Unicode's Default_Ignorable_Code_Point).
_RESERVED_BLANK = frozenset(map(chr, (0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000))))
#: Many scripts and emoji need the zero-width joiner and non-joiner, and variation selectors. One is kept after each
#: visible character: several in a row can hide text.
_JOINERS = frozenset("\u200d\u200c")
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x180F)))
#: A flag such as England's is a black flag, the region's code in tag characters, and an end tag (UTS #51, "emoji tag
#: sequence"). It is kept whole; anywhere else, tag characters can hide text.
_TOKEN = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f|.", re.DOTALL)

#: Marks on one letter (UAX #15, 13, "Stream-Safe Text Format"). Normalising takes time in proportion to the square
#: of their number.
MOST_MARKS = 30


def without_invisible(text: str) -> str:
    """The text without invisible characters. Control characters and surrogates stay."""
    if text.isascii():
        return text
    kept: list[str] = []
    before = " "
    for token in _TOKEN.findall(text):
        if len(token) > 1 or is_shown(token, before):
            kept.append(token)
            before = token[-1]
    return "".join(kept)


def is_shown(character: str, before: str) -> bool:
    """Whether a reader sees this character, or the effect that it has on the one `before` it."""
    if character in _JOINERS:
        return not before.isspace() and before not in _JOINERS
    if character in _SELECTORS:
        return not before.isspace() and before not in _JOINERS and before not in _SELECTORS
    if character in _BLANK or character in _RESERVED_BLANK:
        return False
    return character in SEEN_FORMATS or unicodedata.category(character) not in ("Cf", "Co")


def is_mark(character: str) -> bool:
    """True also for a character that is not a mark itself but decomposes into marks."""
    return unicodedata.combining(unicodedata.normalize("NFD", character)[0]) != 0


def is_noncharacter(character: str) -> bool:
    """Whether Unicode reserves it for internal use (Unicode Standard, 23.7)."""
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
