"""Writes the values that fill a JSON schema for a brief."""

from collections.abc import Collection, Sequence
from random import Random
from typing import Any

from local.offline_writer.lore.brief import Brief
from local.offline_writer.lore.cast import PieceIdea, piece_ideas
from local.offline_writer.lore.chooser import Chooser, T, seed_of
from local.offline_writer.lore.expander import Expander
from local.offline_writer.lore.field import Path, symbol_of
from local.offline_writer.lore.subject import place_of, subject_of
from local.offline_writer.lore.theme import theme_of
from local.offline_writer.lore.title import invented_title
from local.offline_writer.lore.wish import honoured

#: Stages that are written at the same time as those before them, by another call. They draw from the other half of each
#: list, since neither call knows what the other one writes.
_SECOND_HALF = frozenset({"history", "economy", "traits", "skills"})


class LoreWriter:
    """Fills the fields of one answer. Implements `schema_filler.Source`.

    `seed` determines every choice: the same brief with the same seed gets the same answer.
    """

    def __init__(self, brief: Brief, seed: int, used_names: Collection[str] = ()) -> None:
        """New pieces and stories avoid `used_names`."""
        self._brief = brief
        self._used_names = used_names
        self._seed = seed
        self._theme = theme_of(brief.theme, brief.tone)
        self._grammar = self._theme.grammar
        self._chooser = Chooser(
            seed,
            brief.number,
            brief.of,
            text_so_far=brief.text_so_far,
            deck=seed_of(*brief.job),
            half=int(brief.stage in _SECOND_HALF),
        )
        subject = subject_of(brief, self._theme, self._chooser, used_names)
        self._title = subject.title
        self._expander = Expander(self._grammar, self._chooser, subject.given, subject.pronouns, subject.phrases)
        self._ideas: list[PieceIdea] = []
        self._pairs: dict[Path, dict[str, str]] = {}

    def text(self, path: Path) -> str:
        """A text for the field at this path."""
        if path == ("title",) and self._title:
            return self._title
        if path == ("title",):
            return invented_title(self._expander, self._symbol(path))
        text = self._expander.expand(self._symbol(path))
        is_first = not isinstance(path[-1], int) or path[-1] == 0
        more = self._symbol((*path, "more"))
        return honoured(text, self._brief.wish, lambda: self._expander.expand(more), is_first=is_first)

    def _symbol(self, path: Path) -> str:
        return symbol_of(path, self._brief.kind, self._brief.stage, self._expander.can_expand)

    def ready(self, path: Path, count: int) -> Any | None:
        """A whole value: a parameter of the caller, a list of names, or a name with its description.

        `count` is the length if the field is a list. None means that the parts must be filled one by one.
        """
        if path in {("names",), ("name",)}:
            return self._names(path, count)
        if path == ("concept",) and not self._brief.concept:
            return self._first_ideas(1)[0].concept
        if len(path) == 1 and path[0] in self._brief.extra:
            return self._brief.extra[str(path[0])]
        return self._pair(path)

    def list_length(self, path: Path, low: int, high: int) -> int:
        """The number of entries of a list, from `low` to `high`."""
        wanted = self._brief.count if path == ("names",) else None
        if wanted is None:
            wanted = 3 if path and path[-1] in {"traits", "paragraphs"} else self._random(path).randint(3, 5)
        return min(max(wanted, low), high)

    def choose(self, path: Path, options: Sequence[T]) -> T:
        """One of the options of an enumeration or of alternatives. Pieces of one job get different ones."""
        return options[self._random(path).choice(self._chooser.deal(str(path), range(len(options))))]

    def integer(self, path: Path, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return self._random(path).randint(low, high)

    def fraction(self, path: Path) -> float:
        """A number from 0 to 1."""
        return self._random(path).random()

    def _random(self, path: Path) -> Random:
        return Chooser(seed_of(self._seed, path)).random

    def _names(self, path: Path, count: int) -> Any:
        if path == ("name",):
            return self._brief.name or self._first_ideas(1)[0].name
        return [{"name": piece.name, "concept": piece.concept} for piece in self._first_ideas(count)]

    def _first_ideas(self, count: int) -> list[PieceIdea]:
        if len(self._ideas) < count:
            brief = self._brief
            self._ideas = piece_ideas(
                self._grammar,
                brief.kind,
                count,
                self._seed,
                avoid=brief.avoid,
                given=self._theme.given | place_of(brief),
                used=self._used_names,
            )
        return self._ideas

    def _pair(self, path: Path) -> dict[str, str] | None:
        """{name, description} for a field whose options have the form "Name = description.". The same for each call."""
        field = str(path[-1]) if path else ""
        options = self._grammar.rules.get(field, ())
        if not options or not all(" = " in option for option in options) or field == "form":
            return None
        if path not in self._pairs:
            name, _, description = self._chooser.pick(field, options).partition(" = ")
            self._pairs[path] = {"name": name, "description": self._expander.fill(description)}
        return self._pairs[path]
