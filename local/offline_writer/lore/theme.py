"""Finds the word set for a theme, which is free text from a caller."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from local.offline_writer.lore.grammar import Grammar
from local.offline_writer.lore.prose import clean, uncapitalised
from local.offline_writer.lore.tone import tone_of
from local.offline_writer.lore.word_file import read_rules

#: The word set for themes that match no other one.
NEUTRAL = "neutral"

#: Word sets by name, and the beginnings of words that match them. The word that comes first in the theme wins.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "fantasy": ("fantas", "medieval", "magic", "dragon", "wizard", "witch", "elf", "elven", "sword", "fairy", "fae", "dungeon"),  # noqa: E501
    "cyberpunk": ("cyber", "neon", "hacker", "android", "dystop", "sci-fi", "scifi", "science fiction", "megacorp", "transhuman"),  # noqa: E501
    "post_apocalyptic": ("apocalyp", "wasteland", "nuclear", "fallout", "zombie", "survival", "ruined world", "after the end"),  # noqa: E501
    "norse_mythology": ("norse", "viking", "asgard", "ragnar", "odin", "nordic", "saga", "valhalla", "rune"),
    "space_opera": ("space", "galax", "starship", "planet", "alien", "interstellar", "orbit", "asteroid"),
    "western": ("western", "cowboy", "frontier", "gunsling", "saloon", "sheriff", "wild west", "prairie", "outlaw"),
    "steampunk": ("steam", "clockwork", "victorian", "airship", "gaslamp", "gaslight", "dieselpunk", "aether"),
}  # fmt: skip

#: Rules that every word set shares.
SHARED_FILES = (
    "shared",
    "generic",
    "context",
    "tales",
    "character",
    "faction",
    "setting",
    "event",
    "relic",
    "world",
    "anything",
)

_PLAIN_WORDS = re.compile(r"[^\W_]+(?:[ '’&,-]+[^\W_]+){0,4}")  # noqa: RUF001
_MIN_LENGTH = 3
_NO_THEMES = frozenset({"the", "and", "for", "with", "from", "none", "any", "anything", "nothing", "theme", "null"})
_MAX_LENGTH = 40
#: A theme in the plural, such as "haunted lighthouse keepers": at most three words and no small words among them.
_PLURAL = re.compile(
    r"(?:[a-z'-]+ ){0,2}(?:[a-z'-]{2,}(?:[a-hj-rt-z]s|ies|es)|people|children|women|men|mice|geese|folk)"
)
_NOT_PLURAL = re.compile(
    r"\b(?:in|on|at|under|of|with|without|from|to|by|for|after|before|beyond|over|between|is|are|was|were|and|or|the|an?"
    r"|always|news|chess|series|species|christmas|texas|paris|\w+ics|\w+us|\w+ness|\w+less)\b"
)
#: A theme that names people by what they do, and its singular.
_TRADE = re.compile(
    r"(.*(?:[a-z]{2}[eo]r|ist|ian|smith|knight|monk|pirate|king|queen|priest|nun|ghost|vampire|wizard|bandit))s"
)


@dataclass(frozen=True)
class Theme:
    """A word set, the caller's words if they fit into sentences, and a tone."""

    word_set: str
    #: The caller's words. Empty if the word set matches the theme, or if they would break a sentence (emoji, markup or
    #: long text).
    caller_words: str = ""
    #: A name in `tone.TONES`, or empty.
    tone: str = ""

    @property
    def grammar(self) -> Grammar:
        return grammar_of(self.word_set, self.tone)

    @property
    def given(self) -> dict[str, str]:
        """The caller's words in noun phrases that fit any words: a thing, a quality, or words that are not English.

        `theme_tales` takes a plural verb: "stories of bees", or '"western" stories'. `theme_people` is given only
        if the theme is in the plural, and `theme_person` only if it names people: "haunted lighthouse keeper".
        """
        if not self.caller_words:
            return {}
        if _PLURAL.fullmatch(self.caller_words) and not _NOT_PLURAL.search(self.caller_words):
            person = _TRADE.fullmatch(self.caller_words)
            singular = {"theme_person": person[1]} if person else {}
            return {"theme_tales": f"stories of {self.caller_words}", "theme_people": self.caller_words} | singular
        if self.caller_words.casefold().startswith(("a ", "an ", "the ")):
            return {"theme_tales": f"stories of {uncapitalised(self.caller_words)}"}
        return {"theme_tales": f'"{self.caller_words}" stories'}


def theme_of(text: str, tone: str = "") -> Theme:
    """The theme for a caller's theme and tone."""
    lowered = text.casefold()
    found = [
        (place, word_set) for word_set, words in KEYWORDS.items() if (place := _first_place(lowered, words)) is not None
    ]
    if found:
        return Theme(min(found)[1], tone=tone_of(tone))
    return Theme(NEUTRAL, caller_words=_caller_words(text), tone=tone_of(tone))


def _first_place(text: str, words: tuple[str, ...]) -> int | None:
    places = [match.start() for word in words if (match := re.search(rf"\b{re.escape(word)}", text))]
    return min(places, default=None)


def _caller_words(text: str) -> str:
    """The theme's words if they read well within a sentence, or empty."""
    theme = clean(text)
    fits = _MIN_LENGTH <= len(theme) <= _MAX_LENGTH and theme.casefold() not in _NO_THEMES
    return theme if fits and _PLAIN_WORDS.fullmatch(theme) else ""


@cache
def grammar_of(word_set: str, tone: str = "") -> Grammar:
    """The grammar with one word set and perhaps a tone. Reads the files on first use."""
    of_tone = (f"tone/{tone}",) if tone else ()
    return Grammar(read_rules(*SHARED_FILES, f"{word_set}.names", word_set, *of_tone))


@lru_cache(maxsize=1)
def given_names() -> tuple[frozenset[str], frozenset[str]]:
    """Women's and men's given names of all word sets, in lower case."""
    rules = [grammar_of(word_set).rules for word_set in (*KEYWORDS, NEUTRAL)]
    women = frozenset(name.casefold() for rule in rules for name in rule["she_name"])
    men = frozenset(name.casefold() for rule in rules for name in rule["he_name"])
    return women, men
