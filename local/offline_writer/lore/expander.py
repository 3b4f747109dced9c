"""Expands symbols of the grammar into text."""

from collections.abc import Iterator, Mapping, Sequence

from local.offline_writer.lore.chooser import Chooser
from local.offline_writer.lore.grammar import Agreement, Grammar, Length, Literal, Part, Slot, parts_of
from local.offline_writer.lore.pronoun import THEY, Pronouns
from local.offline_writer.lore.prose import Token, assemble, count_words

#: Hardly any sentence is shorter, so less room than this stays empty.
_FEWEST_WORDS = 7


class Expander:
    """Expands symbols of a grammar for one piece.

    `given` values fill slots with their own spelling. `phrases` replace a symbol's options and adapt to their place.
    """

    def __init__(
        self,
        grammar: Grammar,
        chooser: Chooser,
        given: Mapping[str, str],
        pronouns: Pronouns = THEY,
        phrases: Mapping[str, str] | None = None,
    ) -> None:
        self._grammar = grammar
        self._chooser = chooser
        self._pronouns = pronouns
        self._given = {symbol: Token(text, given=True) for symbol, text in given.items()}
        self._given |= {symbol: Token(text) for symbol, text in (phrases or {}).items()}
        self._given |= {word: Token(text) for word, text in pronouns._asdict().items() if isinstance(text, str)}
        self._known = frozenset(self._given)

    def can_expand(self, symbol: str) -> bool:
        return symbol in self._given or bool(self._grammar.options(symbol, self._known))

    def expand(self, symbol: str) -> str:
        """The text of a symbol. Raises `KeyError` if no option can be used."""
        return assemble(self._expand(symbol))

    def fill(self, template: str) -> str:
        """The text of an option that does not belong to a rule."""
        return assemble(self._expand_option(template))

    def _expand(self, symbol: str) -> Iterator[Token]:
        if symbol in self._given:
            yield self._given[symbol]
            return
        options = self._grammar.options(symbol, self._known)
        if not options:
            raise KeyError(symbol)
        yield from self._expand_option(self._chooser.pick(symbol, options))

    def _expand_option(self, option: str) -> Iterator[Token]:
        parts = parts_of(option)
        length = next((part for part in parts if isinstance(part, Length)), None)
        if length:
            yield from self._compose(parts, length)
            return
        for part in parts:
            yield from self._expand_part(part)

    def _compose(self, parts: Sequence[Part], length: Length) -> Iterator[Token]:
        """The parts that the text must have, and as many of the others as its length allows."""
        texts: dict[int, list[Token]] = {}
        words = 0
        for place, part in sorted(enumerate(parts), key=lambda each: _rank(each[1])):
            rank = _rank(part)
            if rank and words + _FEWEST_WORDS > length.most:
                break
            tokens = list(self._expand_part(part))
            added = count_words(assemble(tokens))
            if not rank or words + added <= length.most:
                texts[place] = tokens
                words += added
        for place in sorted(texts):
            yield from texts[place]

    def _expand_part(self, part: Part) -> Iterator[Token]:
        if isinstance(part, Literal):
            yield Token(part.text)
        elif isinstance(part, Agreement):
            yield Token(part.plural if self._pronouns.plural else part.singular)
        elif isinstance(part, Slot) and (not part.optional or self.can_expand(part.symbol)):
            yield from self._expand(part.symbol)


def _rank(part: Part) -> int:
    return part.rank if isinstance(part, Slot) else 0
