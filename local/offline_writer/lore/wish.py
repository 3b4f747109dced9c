"""Honours a wish about a text, as far as that is possible without understanding it."""

import re
from collections.abc import Callable

_SHORTER = re.compile(r"\b(?:short(?:er|en)?|brief(?:er|ly)?|concise|less text|fewer words|trim|condense|cut)\b")
_LONGER = re.compile(r"\b(?:long(?:er)?|lengthen|expand|extend|elaborate|more details?|more text)\b")
_SENTENCE = re.compile(r"[^.!?]+[.!?]+[\"'\u2019\u201d)]*\s*")
#: How much of any other wish the text quotes.
_MOST_QUOTED = 12
#: A text with fewer sentences is not prose, but a name or a phrase.
_FEWEST_SENTENCES = 2


def honoured(text: str, wish: str, more: Callable[[], str], *, is_first: bool = True) -> str:
    """The text as it was wished: half as long, longer by what `more` returns, or with a sentence that quotes the wish.

    A name or a phrase stays as it is. Of several paragraphs, only the first gets something added.
    """
    sentences = _SENTENCE.findall(text)
    if not wish or len(sentences) < _FEWEST_SENTENCES:
        return text
    wanted = wish.casefold()
    if _SHORTER.search(wanted):
        return "".join(sentences[: len(sentences) // 2]).strip()
    if not is_first:
        return text
    if _LONGER.search(wanted):
        return f"{text} {more()}"
    quoted = " ".join(wish.replace('"', "'").split()[:_MOST_QUOTED]).rstrip(".!?,;: ")
    return f'{text} It is told in this way because somebody asked for it: "{quoted}".'
