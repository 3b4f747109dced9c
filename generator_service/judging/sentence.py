"""Where sentences end, in any script."""

import unicodedata

from generator_service.judging.script import main_script

#: The code points with Unicode's property Sentence_Terminal (PropList.txt, 16.0), in hexadecimal, as ranges.
_SENTENCE_TERMINAL = (
    "21 2e 3f 589 61d-61f 6d4 700-702 7f9 837 839 83d-83e 964-965 104a-104b 1362 1367-1368 166e 1735-1736 17d4-17d5 "
    "1803 1809 1944-1945 1aa8-1aab 1b5a-1b5b 1b5e-1b5f 1b7d-1b7e 1c3b-1c3c 1c7e-1c7f 203c-203d 2047-2049 2e2e 2e3c "
    "2e53-2e54 3002 a4ff a60e-a60f a6f3 a6f7 a876-a877 a8ce-a8cf a92f a9c8-a9c9 aa5d-aa5f aaf0-aaf1 abeb fe52 "
    "fe56-fe57 ff01 ff0e ff1f ff61 10a56-10a57 10f55-10f59 10f86-10f89 11047-11048 110be-110c1 11141-11143 "
    "111c5-111c6 111cd 111de-111df 11238-11239 1123b-1123c 112a9 1144b-1144c 115c2-115c3 115c9-115d7 11641-11642 "
    "1173c-1173e 11944 11946 11a42-11a43 11a9b-11a9c 11c41-11c42 11ef7-11ef8 16a6e-16a6f 16af5 16b37-16b38 16b44 "
    "16e98 1bc9f 1da88"
)
#: Not in the property: the ellipsis, with which a text may end; the strokes of Tibetan; the question mark of Greek,
#: which Unicode normalises to a semicolon.
_MORE_TERMINALS = "\u2026\u22ef\u0f0d\u0f0e\u0f0f\u0f11\u037e"
_GREEK_QUESTION_MARK = ";"
_DASHES = ("\u2014", "\u2013", "--")
#: What may follow the end: closing brackets, quotes of both directions (« and “ close a quotation in German), invisible
#: characters, and emoji with their modifiers, including those that this version of Python does not know.
_CLOSING = frozenset(("Pe", "Pf", "Pi", "Cf", "So", "Sk", "Mn", "Cn"))
#: Straight quotes, and the sign between words in Ethiopic.
_ALSO_CLOSING = "\"'\u1361"

#: These scripts do not mark every end of a sentence.
_WITHOUT_ENDS = frozenset(("THAI", "LAO", "TIBETAN", "TAI"))


def _characters(ranges: str) -> str:
    bounds = (part.partition("-") for part in ranges.split())
    return "".join(chr(code) for low, _, high in bounds for code in range(int(low, 16), int(high or low, 16) + 1))


_ENDS = frozenset(_characters(_SENTENCE_TERMINAL) + _MORE_TERMINALS)
#: A pattern with so many signs would be ten times as slow.
_ENDS_TO_LINES = str.maketrans(dict.fromkeys(_ENDS, "\n"))


def is_finished(text: str) -> bool:
    """Whether the text ends with a finished sentence. Always true for scripts that mark no end.

    An abbreviation, an ellipsis, and speech that is broken off within quotes count as ends: prose may end so, and a
    text that was cut off almost never does.
    """
    script = main_script(text)
    if script in _WITHOUT_ENDS:
        return True
    whole = end = text.rstrip()
    while end and (end[-1] in _ALSO_CLOSING or unicodedata.category(end[-1]) in _CLOSING):
        end = end[:-1].rstrip()
    if script == "GREEK" and end.endswith(_GREEK_QUESTION_MARK):
        return True
    is_broken_off_speech = end != whole and end.endswith(_DASHES)
    return is_broken_off_speech or (bool(end) and end[-1] in _ENDS)


def sentences(text: str) -> list[str]:
    """The text between the ends of sentences and lines. An abbreviation also splits."""
    return [sentence for part in text.translate(_ENDS_TO_LINES).split("\n") if (sentence := part.strip())]
