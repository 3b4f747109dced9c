"""Invents names and one-line concepts for pieces of each kind."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count as count_from
from types import MappingProxyType
from unicodedata import combining, normalize

from local.offline_writer.lore.chooser import Chooser, seed_of
from local.offline_writer.lore.expander import Expander
from local.offline_writer.lore.grammar import Grammar
from local.offline_writer.lore.pronoun import THEY, Pronouns, pronouns_of
from local.offline_writer.lore.prose import clean, uncapitalised
from local.offline_writer.lore.theme import given_names

#: The symbol for the name of a piece, if it is not `<kind>_name`.
_NAME_SYMBOLS = {"character": "person_name"}
#: Tries for a name that shares no word with its siblings, and then for any new name.
_STRICT_TRIES, _LOOSE_TRIES = 150, 60
#: The generator's prompts ask for concepts of at most 20 words. Twelve words in a row count as a repetition.
_MOST_CONCEPT_WORDS, _MOST_CLAUSE_WORDS = 20, 10
#: What comes before the clause: "who", or "who hold that" of a group.
_CLAUSE = re.compile(r"\b(?:who \w*[^s\W] (?:\w+ ){0,5}?(?:that|as if)|who|that|where|when)\b")
_WORD = re.compile(r"\w+")
#: After this many tries, a concept may use all words, not only those of the piece's own hand.
_DEALT_TRIES = 10
_SMALL_WORDS = frozenset({"the", "of", "a", "an", "and", "in", "on", "for", "to", "from", "no", "s"})


@dataclass(frozen=True, kw_only=True)
class PieceIdea:
    """A piece before its parts are written: a name and a concept."""

    name: str
    #: "a ferry keeper who has never once looked at the far bank"
    concept: str


def fold(name: str) -> str:
    """The name for comparison: without case, accents and extra white space."""
    folded = clean(name).casefold()
    return folded if folded.isascii() else "".join(c for c in normalize("NFKD", folded) if not combining(c))


def piece_ideas(
    grammar: Grammar,
    kind: str,
    count: int,
    seed: int,
    *,
    avoid: tuple[str, ...] = (),
    given: Mapping[str, str] = MappingProxyType({}),
    used: Collection[str] = (),
) -> list[PieceIdea]:
    """`count` pieces of a kind. Their names differ from each other and from those in `avoid`.

    `given`: values for slots. If possible, a new name shares no word with the names in `avoid`, and is not in `used`.
    """
    taken, used = {fold(name) for name in avoid}, {fold(name) for name in used}
    taken_words = {word for name in avoid for word in _words(name)}
    found: list[PieceIdea] = []
    for number in range(1, count + 1):
        piece = _unlike(_proposals(grammar, kind, seed, number, count, given), taken, taken_words, used)
        taken |= {fold(piece.name), _clause(piece.concept)}
        taken_words.update(_words(piece.name) - _words(kind))
        found.append(piece)
    return found


def person_pronouns(name: str) -> Pronouns:
    """The pronouns of the person with this name."""
    return pronouns_of(name, *given_names())


def short_name(name: str) -> str:
    """What to call a person after the first mention: the first name, or the whole name if it begins with a title."""
    first, _, rest = name.partition(" ")
    return name if not rest or fold(first) in _TITLES or not first[:1].isalpha() else first.rstrip(",")


_TITLES = frozenset({
    "the", "a", "an", "captain", "doctor", "dr", "dr.", "doc", "professor", "prof.", "sir", "dame", "lord",
    "lady", "saint", "st.", "st", "old", "young", "mother", "father", "sister", "brother", "king", "queen",
    "prince", "princess", "jarl", "chief", "mister", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "madam",
    "madame", "von", "van", "de",
})  # fmt: skip


class _Proposal:
    """A piece that may be taken. Its concept is written when it is first asked for: most names are not taken."""

    def __init__(
        self, grammar: Grammar, kind: str, chooser: Chooser, name_chooser: Chooser, given: Mapping[str, str]
    ) -> None:
        form, head = _form(grammar, kind, chooser)
        phrases = {"form": form, "head": head, "kind": kind or "thing", "kind_title": (kind or "thing").title()}
        symbol = _symbol(grammar, kind, "name")
        pattern = chooser.pick(symbol, grammar.options(symbol, frozenset({*given, *phrases})))
        self.name = Expander(grammar, name_chooser, given, THEY, phrases).fill(pattern)
        self._concept_symbol = _symbol(grammar, kind, "concept")
        pronouns = person_pronouns(self.name) if kind == "character" else THEY
        self._expander = Expander(grammar, chooser, given, pronouns, phrases)

    @cached_property
    def concept(self) -> str:
        return uncapitalised(self._expander.expand(self._concept_symbol))

    @property
    def idea(self) -> PieceIdea:
        return PieceIdea(name=self.name, concept=self.concept)


def _proposals(  # noqa: PLR0917
    grammar: Grammar, kind: str, seed: int, number: int, count: int, given: Mapping[str, str]
) -> Iterator[_Proposal]:
    for attempt in count_from():
        seed_now = seed_of(seed, number, attempt)
        dealt = Chooser(seed_now, number, count, deck=seed) if attempt < _DEALT_TRIES else Chooser(seed_now)
        # One call writes all names of a job and compares them, so each name may use all words.
        yield _Proposal(grammar, kind, dealt, Chooser(seed_now), given)


def _form(grammar: Grammar, kind: str, chooser: Chooser) -> tuple[str, str]:
    """The noun in the name and the noun in the concept: ("Keep", "hill fortress")."""
    symbol = f"{kind}_form"
    if symbol not in grammar.rules:
        return "", kind or "thing"
    form, _, head = chooser.pick(symbol, grammar.rules[symbol]).partition(" = ")
    return form, head or form.lower()


def _symbol(grammar: Grammar, kind: str, part: str) -> str:
    symbol = _NAME_SYMBOLS.get(kind) if part == "name" else None
    symbol = symbol or f"{kind}_{part}"
    return symbol if symbol in grammar.rules else f"any_{part}"


def _unlike(proposals: Iterator[_Proposal], taken: set[str], taken_words: set[str], used: set[str]) -> PieceIdea:
    """The first proposal with a new name that shares no word with its siblings, and a short concept.

    Otherwise, the best with a new name, or else the first with a name that is used but not taken.
    """

    def is_new(piece: _Proposal) -> bool:
        return fold(piece.name) not in used and _clause(piece.concept) not in taken

    apart: list[_Proposal] = []
    sharing: list[_Proposal] = []
    first: _Proposal | None = None
    for tries, piece in enumerate(proposals):
        if fold(piece.name) not in taken:
            first = first or piece
            shares = bool(_words(piece.name) & taken_words)
            if not shares and is_new(piece) and _is_short(piece.concept):
                return piece.idea
            (sharing if shares else apart).append(piece)
        if tries >= _STRICT_TRIES and (
            best := next(filter(is_new, apart), None) or _first_short(filter(is_new, sharing))
        ):
            return best.idea
        if tries >= _STRICT_TRIES + _LOOSE_TRIES:
            return first.idea if first else _numbered(piece.idea, taken)
    raise AssertionError("proposals never end")


def _first_short(pieces: Iterable[_Proposal]) -> _Proposal | None:
    """The first with a short concept, or else the first."""
    first = None
    for piece in pieces:
        if _is_short(piece.concept):
            return piece
        first = first or piece
    return first


def _is_short(concept: str) -> bool:
    """Whether a concept is one line, and its clause short enough for another text to say it again."""
    words, clause = (len(_WORD.findall(text)) for text in (concept, _clause(concept)))
    return words <= _MOST_CONCEPT_WORDS and clause <= _MOST_CLAUSE_WORDS


def _clause(concept: str) -> str:
    return fold(_CLAUSE.split(concept, maxsplit=1)[-1])


def _numbered(piece: PieceIdea, taken: set[str]) -> PieceIdea:
    numbered = (f"{piece.name} {number}" for number in count_from(2))
    return PieceIdea(name=next(name for name in numbered if fold(name) not in taken), concept=piece.concept)


def _words(name: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in fold(name)).split()) - _SMALL_WORDS


def cast_of(grammar: Grammar, seed: int, known: Mapping[str, str]) -> dict[str, str]:
    """A name for each of the five kinds in a story: the known name, or an invented one."""
    roles = ("character", "faction", "setting", "event", "relic")
    return {role: known.get(role) or piece_ideas(grammar, role, 1, seed_of(seed, role))[0].name for role in roles}
