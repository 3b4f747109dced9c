"""Writes the answer to a brief: the values that the fields of a JSON schema are filled with."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.offline_writer.lore.brief import Brief
from infra.local.offline_writer.lore.cast import Seed, cast_of, person_pronouns, seeds, short_name
from infra.local.offline_writer.lore.chooser import Chooser, T, seed_of
from infra.local.offline_writer.lore.field import Path, symbol_of
from infra.local.offline_writer.lore.grammar import Grammar
from infra.local.offline_writer.lore.prose import with_article
from infra.local.offline_writer.lore.pronoun import THEY
from infra.local.offline_writer.lore.teller import Teller
from infra.local.offline_writer.lore.theme import Theme, theme_of

#: What a seed line says of a piece: the noun, the word that links, and the rest.
_SEED = re.compile(r"(?:an?|the) (?P<head>[^,;.]{2,80}?) (?P<link>who|that|where|when) (?P<own>.{3,200})", re.DOTALL)
#: The link that the own words of each kind are made for.
_LINKS = {"character": "who", "faction": "who", "setting": "where", "event": "when", "relic": "that"}
#: Words in a tone that call for the closing lines of that symbol.
_TONES = (
    (r"dark|grim|bleak|horror|gothic|noir|tragic|brutal|sinister|macabre|melanchol|sad", "tone_dark"),
    (r"light|funny|humou?r|comic|comed|whimsi|silly|playful|satir|absurd|cheer", "tone_light"),
    (r"warm|hope|cozy|cosy|gentle|kind|romantic|heart|wholesome|sweet|tender", "tone_warm"),
    (r"epic|grand|heroic|myth|legend|solemn|majest|operatic", "tone_grand"),
    (r"tense|myster|suspens|thrill|paranoi|intrigue|eerie|uncanny|secret", "tone_tense"),
)


class LoreWriter:
    """Fills the fields of one answer. Implements `schema_filler.Source`.

    `seed` decides every choice: the same brief with the same seed is the same answer.
    """

    def __init__(self, brief: Brief, seed: int) -> None:
        self._brief = brief
        self._seed = seed
        self._theme = theme_of(brief.theme)
        self._grammar = self._theme.grammar
        self._chooser = Chooser(seed, brief.number, brief.of, brief.told)
        self._teller = Teller(self._grammar, self._chooser, *self._subject())
        self._seeds: list[Seed] = []

    def text(self, path: Path) -> str:
        """A text for the field at this path."""
        echoed = self._echo(path)
        if echoed:
            return echoed
        symbol = symbol_of(path, self._brief.kind, self._brief.stage, self._teller.can_tell)
        return self._teller.tell(symbol)

    def ready(self, path: Path, count: int) -> Any | None:
        """A value that is made as a whole: what the caller has said itself, a list of names, a pair of name and text.

        `count` is the number of entries where the field is a list. None where the fields are to be filled one by one.
        """
        if path in {("names",), ("name",)}:
            return self._names(path, count)
        if path == ("concept",) and not self._brief.concept:
            return self._seed_at(0, 1).concept
        if path and path[-1] in self._brief.extra:
            return self._brief.extra[path[-1]]
        return self._pair(path)

    def list_length(self, path: Path, low: int, high: int) -> int:
        """How many entries a list gets, between `low` and `high`."""
        wanted = self._brief.count if path == ("names",) else None
        if wanted is None:
            wanted = 3 if path and path[-1] in {"traits", "paragraphs"} else self._random(path).randint(3, 5)
        return min(max(wanted, low), high)

    def choose(self, path: Path, options: Sequence[T]) -> T:
        """One of the options of an enumeration or of alternatives; pieces of one job are dealt different ones."""
        return self._random(path).choice(self._chooser.deal(str(path), options))

    def integer(self, path: Path, low: int, high: int) -> int:
        """A whole number within the limits, both included."""
        return self._random(path).randint(low, high)

    def fraction(self, path: Path) -> float:
        """A number from 0 to 1."""
        return self._random(path).random()

    def _random(self, path: Path) -> Any:
        return Chooser(seed_of(self._seed, path)).random

    def _echo(self, path: Path) -> str:
        if path == ("title",) and self._brief.stage != "quest":
            return self._brief.title
        said = self._brief.extra.get(str(path[-1])) if path else None
        return said if isinstance(said, str) else ""

    def _names(self, path: Path, count: int) -> Any:
        if path == ("name",):
            return self._brief.name or self._seed_at(0, 1).name
        return [{"name": piece.name, "concept": piece.concept} for piece in self._seed_list(count)]

    def _seed_at(self, index: int, count: int) -> Seed:
        return self._seed_list(count)[index]

    def _seed_list(self, count: int) -> list[Seed]:
        if len(self._seeds) < count:
            brief = self._brief
            self._seeds = seeds(self._grammar, brief.kind, count, self._seed, brief.avoid, self._theme.woven)
        return self._seeds

    def _pair(self, path: Path) -> dict[str, str] | None:
        """{name, description} for fields whose options are written as "Name = description."."""
        field = str(path[-1]) if path else ""
        options = self._grammar.rules.get(field, ())
        if not options or not all(" = " in option for option in options) or field == "form":
            return None
        name, _, description = self._chooser.pick(field, options).partition(" = ")
        return {"name": name, "description": self._teller.fill(description)}

    def _subject(self) -> tuple[dict[str, str], Any, dict[str, str]]:
        if self._brief.kind == "world":
            return story_subject(self._brief, self._theme, self._seed)
        return piece_subject(self._brief, self._theme, self._chooser)


def piece_subject(brief: Brief, theme: Theme, chooser: Chooser) -> tuple[dict[str, str], Any, dict[str, str]]:
    """What is given, which pronouns fit, and which words of our own stand for the piece of a brief."""
    is_person = brief.kind == "character"
    given = {role: piece.name for role, piece in brief.context.items() if role != brief.kind}
    kind = brief.kind.replace("_", " ") or "thing"
    phrases = {"kind": kind, "kind_title": kind.title()}
    if brief.name:
        given |= {"name": brief.name, "subject": brief.name}
    else:
        phrases |= {"name": f"the {kind}", "subject": f"the {kind}"}
    if is_person:
        given["given"] = short_name(brief.name or "Somebody")
    phrases |= _own_words(brief, theme.grammar, chooser) | _tone(brief.tone)
    given |= {"theme": theme.woven} if theme.woven else {}
    return given, person_pronouns(brief.name) if is_person else THEY, phrases


def story_subject(brief: Brief, theme: Theme, seed: int) -> tuple[dict[str, str], Any, dict[str, str]]:
    """As `piece_subject`, for a story, whose subject is all of its cast.

    Who is missing from the context is invented. The story's title decides who they are, so that the quest, which is
    written later and knows the title, knows them too.
    """
    title = next((text for key in ("title", "name") if isinstance(text := brief.piece.get(key), str)), "") or brief.title
    cast_seed = seed_of(title, brief.theme) if title else seed
    given = cast_of(theme.grammar, cast_seed, {role: piece.name for role, piece in brief.context.items()})
    given |= {"given": short_name(given["character"])} | ({"theme": theme.woven} if theme.woven else {})
    phrases = {
        f"{role}_is": piece.concept for role, piece in brief.context.items() if _SEED.fullmatch(piece.concept)
    }
    return given, person_pronouns(given["character"]), phrases | _tone(brief.tone)


def _own_words(brief: Brief, grammar: Grammar, chooser: Chooser) -> dict[str, str]:
    """`head` and `own` from the piece's seed line, or from the grammar where it has none of our making."""
    found = _SEED.fullmatch(brief.concept.rstrip("."))
    if found and found["link"] == _LINKS.get(brief.kind):
        return {"head": found["head"], "own": found["own"]}
    prefix = brief.kind if f"{brief.kind}_head" in grammar.rules else "any"
    teller = Teller(grammar, chooser, {}, THEY, {"kind": brief.kind or "thing"})
    own = teller.tell(f"{prefix}_own")
    head = teller.tell(f"{prefix}_head")
    return {"head": head[:1].lower() + head[1:], "own": own[:1].lower() + own[1:]}


def _tone(tone: str) -> dict[str, str]:
    symbol = next((symbol for words, symbol in _TONES if re.search(words, tone.casefold())), None)
    return {"tone_line": "{" + symbol + "}"} if symbol else {}


__all__ = ["LoreWriter", "with_article"]
