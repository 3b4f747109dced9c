"""Says in a few words what a context piece is, for use after its name in a sentence."""

import re

from local.offline_writer.lore.brief import ContextPiece
from local.offline_writer.lore.prose import uncapitalised

#: Longer phrases slow the sentence down.
_MOST_WORDS = 8
#: Twelve words in a row count as a repetition, and sentences may put the same word before or after the name.
_MOST_WORDS_TOGETHER = 9
_WORD = re.compile(r"\w+")
#: Words that begin a clause within a noun phrase.
_LINKS = r"who|that|which|where|when|whose|with|because|and|but|since|until|while"
_NOUN_PHRASE = re.compile(
    rf"(?P<phrase>(?:an?|the) [^.,;:!?()\"]+?)(?P<end>\s+(?:{_LINKS})\b|[.,;:!?(]|$)", re.IGNORECASE
)
#: What comes before the noun phrase in a whole sentence: "Low Tarn is", "It was".
_SUBJECT = r"(?:{name}|it|they|he|she|this|the \w+) (?:is|are|was|were) "
#: Words that show that a text is a clause, not a noun phrase.
_VERBS = re.compile(
    r"\b(?:is|are|was|were|be|been|ha(?:s|ve|d)|do|does|did|can|could|will|would|shall|should|may|might|must|came|comes?"
    r"|went|goes|go|took|takes?|made|makes?|fell|falls?|ran|runs?|stood|stands?|lay|lies?|lost|loses?|found|finds?"
    r"|gave|gives?|kept|keeps?|left|leaves?|rose|rises?|broke|breaks?|burns|lives|knows|wants|needs|sells|seeks|rules"
    r"|serves|guards|hides|holds|remembers|once|here|there|ago)\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"(?:the [\w' -]{2,30}? when )?(?P<clause>(?:the|a|an|every|all|no|each|half|both|two|three) [^.,;:!?()\"]+)\.?",
    re.IGNORECASE,
)


def named(role: str, piece: ContextPiece, *, at_length: bool = True) -> str:
    """The name, and what the piece is between commas if that is known: "Low Tarn, a drowned market town,".

    `at_length`: also if both together are long. Only one piece of a job may have this, because the
    pieces would repeat each other.
    """
    clause = event_clause(piece) if role == "event" else ""
    words = f"when {clause}" if clause else noun_phrase(piece)
    is_long = len(_WORD.findall(f"{piece.name} {words}")) > _MOST_WORDS_TOGETHER
    return f"{piece.name}, {words}," if words and (at_length or not is_long) else piece.name


def noun_phrase(piece: ContextPiece) -> str:
    """What the piece is, from its concept or the start of its description: "a drowned market town". May be empty."""
    for text in filter(None, (piece.concept, piece.description)):
        bare = re.sub(_SUBJECT.format(name=re.escape(piece.name)), "", text, count=1, flags=re.IGNORECASE)
        found = _NOUN_PHRASE.match(bare)
        if found and _is_noun_phrase(found["phrase"]):
            return uncapitalised(found["phrase"].strip())
    return ""


def _is_noun_phrase(text: str) -> bool:
    words = text.split()[1:]
    return 0 < len(words) < _MOST_WORDS and not _has_verb(words)


def event_clause(piece: ContextPiece) -> str:
    """What happened, if the event is described in a short clause: "every flame went out at once". May be empty."""
    for text in filter(None, (piece.concept, piece.description.partition(". ")[0])):
        found = _EVENT.fullmatch(text)
        if found and 2 < len(found["clause"].split()) <= _MOST_WORDS and not _looks_bare(text, found["clause"]):
            return uncapitalised(found["clause"])
    return ""


def _looks_bare(text: str, clause: str) -> bool:
    """Whether a text without "when" is only a noun phrase, such as "A plague of frogs"."""
    return text.rstrip(".") == clause.rstrip(".") and not _has_verb(clause.split()[1:])


def _has_verb(words: list[str]) -> bool:
    """Whether the words after an article make a clause. A first word such as "drowned" is an adjective."""
    return _VERBS.search(" ".join(words)) is not None or any(word.endswith("ed") for word in words[1:])
