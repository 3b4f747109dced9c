"""Works out what a text is about: the words that fill the slots of its sentences."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.offline_writer.lore.aside import event_clause, named, noun_phrase
from local.offline_writer.lore.brief import Brief, ContextPiece
from local.offline_writer.lore.cast import cast_of, person_pronouns, short_name
from local.offline_writer.lore.chooser import Chooser, seed_of
from local.offline_writer.lore.expander import Expander
from local.offline_writer.lore.grammar import Grammar
from local.offline_writer.lore.pronoun import THEY, Pronouns
from local.offline_writer.lore.prose import uncapitalised
from local.offline_writer.lore.theme import Theme


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an `Expander` needs to know about a piece."""

    #: Names and other text that keeps its spelling.
    given: Mapping[str, str]
    #: The grammar's own words, which adapt to their place.
    phrases: Mapping[str, str] = field(default_factory=dict)
    pronouns: Pronouns = THEY
    #: The title of a story, or empty.
    title: str = ""


#: The parts of a concept: the noun, the linking word, and the rest.
_CONCEPT = re.compile(
    r"(?:an?|the) (?P<head>[^,;.]{2,80}?)(?:, [^,;.]{2,80},)? (?P<link>who|that|where|when) (?P<own>.{3,200})"
)
_BELIEF = re.compile(r"(?!owe )(?:\w+ ){1,6}?(?:that|as if) (.{3,100})")
_AIM = re.compile(r"(?:want|mean to find|have lost|would trade everything for) (.{3,60}?)(?:,? (?:and|before) .*)?")
#: The linking word that each kind's sentences expect.
_LINKS = {"character": "who", "faction": "who", "setting": "where", "event": "when", "relic": "that"}
#: With more pieces of context, a text leaves out the sentences with this slot, so that it does not get too long.
_MOST_CONTEXT = {"room": 2, "much_room": 0}
#: A concept that can follow a name and "is": "Vell Crossing is a river town where ...".
_INDEFINITE = re.compile(r"an? [^.]{2,200}")
#: Phrases for members of the cast whose names the finished story does not mention.
_STAND_INS = {
    "character": "the one who knows the truth of it",
    "faction": "those in power",
    "setting": "the old town",
    "event": "the day it all began",
    "relic": "the thing they all want",
}


def subject_of(brief: Brief, theme: Theme, chooser: Chooser) -> Subject:
    """The subject of what the brief asks for: a story if it is a world, else a single piece."""
    return (_story_subject if brief.kind == "world" else _piece_subject)(brief, theme, chooser)


def _piece_subject(brief: Brief, theme: Theme, chooser: Chooser) -> Subject:
    """The subject of a single piece."""
    kind = brief.kind.replace("_", " ") or "thing"
    given = _context(brief) | theme.given
    phrases = {"kind": kind, "kind_title": kind.title(), "name": f"the {kind}", "subject": f"the {kind}"}
    if brief.name:
        given |= {"name": brief.name, "subject": brief.name}
        phrases = {"kind": kind, "kind_title": kind.title()}
    is_person = brief.kind == "character"
    pronouns = person_pronouns(brief.name) if is_person else THEY
    if is_person:
        given |= {"given": short_name(brief.name or "Somebody")}
    phrases |= _own_words(brief, theme.grammar, chooser, pronouns)
    return Subject(given=given, phrases=phrases, pronouns=pronouns)


def _story_subject(brief: Brief, theme: Theme, chooser: Chooser) -> Subject:
    """The subject of a story: its whole cast.

    Missing members are invented from the title. The quest, written later from the same title, has the same cast.
    """
    chosen = {role: piece.name for role, piece in brief.context.items()}
    title = _title(brief) or Expander(theme.grammar, chooser, chosen).expand("story_title")
    cast = cast_of(theme.grammar, seed_of(title, brief.theme), chosen)
    written = brief.text_so_far.casefold()
    unknown = {role for role in cast if role not in chosen and written and cast[role].casefold() not in written}
    given = {role: name for role, name in cast.items() if role not in unknown} | theme.given
    phrases = {role: _STAND_INS[role] for role in unknown} | _descriptions(brief, theme.grammar, chooser)
    if "character" in given:
        given |= {"given": short_name(given["character"])}
    else:
        phrases |= {"given": _STAND_INS["character"]}
    pronouns = person_pronouns(given["character"]) if "character" in given else THEY
    return Subject(given=given, phrases=phrases, pronouns=pronouns, title="" if brief.stage == "quest" else title)


def _title(brief: Brief) -> str:
    written = (brief.piece.get(key) for key in ("title", "name"))
    return next((text for text in written if isinstance(text, str) and text.strip()), brief.title)


def place_of(brief: Brief) -> dict[str, str]:
    """`place_name`: the caller's setting. People come from elsewhere, and another setting is elsewhere."""
    setting = brief.context.get("setting")
    return {"place_name": setting.name} if setting and brief.kind not in {"character", "setting"} else {}


def _aims(own: str) -> dict[str, str]:
    """The belief or the aim in a faction's concept, so that its texts do not give it another."""
    if found := _AIM.fullmatch(own):
        return {"want": found[1]}
    found = _BELIEF.match(own)
    return {"belief": found[1]} if found else {}


def _context(brief: Brief) -> dict[str, str]:
    """`setting`: the name, and `setting_so`: the name with what it is."""
    pieces = brief.context
    given = {role: piece.name for role, piece in pieces.items()}
    given |= {f"{role}_so": named(role, piece, at_length=brief.number == 1) for role, piece in pieces.items()}
    given |= {slot: "" for slot, most in _MOST_CONTEXT.items() if len(pieces) <= most}
    return given | place_of(brief)


def _descriptions(brief: Brief, grammar: Grammar, chooser: Chooser) -> dict[str, str]:
    """`character_is`, `setting_is`, `relic_is`: "a river town where ...".

    It comes from the caller's piece, and is missing if that has no such words. It is invented for an invented piece.
    """
    found = {}
    for role in ("character", "setting", "relic"):
        if role not in brief.context:
            found[f"{role}_is"] = _invented_description(role, grammar, chooser)
        elif phrase := _known_description(brief.context[role]):
            found[f"{role}_is"] = phrase
    return found | _known_deeds(brief, grammar, chooser)


def _known_deeds(brief: Brief, grammar: Grammar, chooser: Chooser) -> dict[str, str]:
    """What the caller's event was and what the caller's relic does, or phrases that cannot contradict them."""
    found = {}
    if event := brief.context.get("event"):
        found["calamity"] = event_clause(event) or chooser.pick("calamity", grammar.rules["calamity_unknown"])
    if relic := brief.context.get("relic"):
        concept = _CONCEPT.fullmatch(relic.concept.rstrip("."))
        known = concept["own"] if concept and concept["link"] == "that" else ""
        found["power"] = known or chooser.pick("power", grammar.rules["power_unknown"])
        found["price"] = chooser.pick("price", grammar.rules["price_unknown"])
    return found


def _known_description(piece: ContextPiece) -> str:
    concept = piece.concept.rstrip(".")
    return concept if _INDEFINITE.fullmatch(concept) else noun_phrase(piece)


def _invented_description(role: str, grammar: Grammar, chooser: Chooser) -> str:
    concept = Expander(grammar, chooser, {}, THEY, {"head": _PLAIN_HEADS[role]}).expand(f"{role}_concept")
    return uncapitalised(concept)


_PLAIN_HEADS = {"character": "stranger", "setting": "place", "relic": "thing"}


def _own_words(brief: Brief, grammar: Grammar, chooser: Chooser, pronouns: Pronouns) -> dict[str, str]:
    """`head` and `own` from the piece's concept, or from the grammar if the concept has another form."""
    found = _CONCEPT.fullmatch(brief.concept.rstrip("."))
    if found and found["link"] == _LINKS.get(brief.kind):
        return {"head": found["head"], "own": found["own"]} | _aims(found["own"])
    owner = brief.kind if f"{brief.kind}_head" in grammar.rules else "any"
    expander = Expander(grammar, chooser, {}, pronouns, {"kind": brief.kind.replace("_", " ") or "thing"})
    return {part: uncapitalised(expander.expand(f"{owner}_{part}")) for part in ("head", "own")}
