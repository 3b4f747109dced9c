"""How long the texts are, compared with what the prompts ask for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.eval.ratio import Pair
from benchmarks.eval.violations import standard_of
from benchmarks.eval.written import WrittenPiece
from generator_service.judging.standard import Words
from generator_service.judging.word import count_words


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of all texts of one field, in words, the shortest first."""

    stage: str
    field: str
    asked: Words
    found: tuple[int, ...]

    def at(self, share: float) -> int:
        """The length that this share of the texts does not exceed."""
        return self.found[round(share * (len(self.found) - 1))]

    @property
    def below(self) -> float:
        """The share of texts that are shorter than asked for."""
        return sum(count < self.asked.least for count in self.found) / len(self.found)

    @property
    def above(self) -> float:
        return sum(count > self.asked.most for count in self.found) / len(self.found)


def lengths(kind: str, pieces: Iterable[WrittenPiece]) -> list[Lengths]:
    """The lengths of every field for which the prompts ask for a length."""
    found: dict[tuple[str, str], list[int]] = {}
    asked: dict[tuple[str, str], Words] = {}
    for stage, field, wanted, count in _counts(kind, pieces):
        found.setdefault((stage, field), []).append(count)
        asked[stage, field] = wanted
    return [Lengths(*place, asked[place], tuple(sorted(counts))) for place, counts in found.items()]


def fitting(kind: str, pieces: Sequence[WrittenPiece]) -> Pair:
    """The texts that are as long as asked for, and all for which a length is asked for."""
    counts = list(_counts(kind, pieces))
    return sum(wanted.least <= count <= wanted.most for _, _, wanted, count in counts), len(counts)


def _counts(kind: str, pieces: Iterable[WrittenPiece]) -> Iterator[tuple[str, str, Words, int]]:
    for piece in pieces:
        for text in piece.texts:
            if wanted := standard_of(kind, text.stage).lengths.get(text.field):
                yield text.stage, text.field, wanted, count_words(text.text)
