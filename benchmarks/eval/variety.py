"""How much the pieces of a run differ from each other. Only pieces of one kind are compared."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from benchmarks.eval.ratio import Pair
from benchmarks.eval.written import WrittenPiece
from generator_service.judging.name import name_key, similar
from generator_service.judging.word import tokens

OPENING_WORDS = 4
#: A shorter text is too short to have an opening.
_FEWEST_WORDS = 8
#: A job's key → its pieces.
Jobs = Mapping[str, Sequence[WrittenPiece]]


def distinct_names(jobs: Jobs) -> dict[str, Pair]:
    """Different names, as a share of all names. If n pieces have a name, each counts as 1/n of a different name."""
    return _distinct({key: [name_key(name) for name in names] for key, names in _names(jobs).items()})


def similar_names(jobs: Jobs) -> dict[str, Pair]:
    """Names that differ from another name but may be mistaken for it, as a share of all names."""
    names = _names(jobs)
    spellings = {name_key(name): name for given in names.values() for name in given}
    mistakable: set[str] = set()
    for (one, spelling), (other, other_spelling) in combinations(spellings.items(), 2):
        if similar(spelling, other_spelling):
            mistakable |= {one, other}
    return {key: (sum(name_key(name) in mistakable for name in given), len(given)) for key, given in names.items()}


def distinct_openings(jobs: Jobs) -> dict[str, Pair]:
    """Different first words, as a share of all texts of one field."""
    return _distinct({key: [start for piece in pieces for start in _openings(piece)] for key, pieces in jobs.items()})


def trigrams_shared_in_job(jobs: Jobs) -> dict[str, Pair]:
    """The trigrams of a piece that another piece of its job also has, as a share of all trigrams."""
    return {key: _shared(pieces, Counter(_trigrams(pieces))) for key, pieces in jobs.items()}


def trigrams_shared_in_run(jobs: Jobs) -> dict[str, Pair]:
    """The trigrams of a piece that another piece of any job also has, as a share of all trigrams."""
    counts = Counter(run for pieces in jobs.values() for run in _trigrams(pieces))
    return {key: _shared(pieces, counts) for key, pieces in jobs.items()}


def _names(jobs: Jobs) -> dict[str, list[str]]:
    return {key: [piece.name for piece in pieces if piece.name] for key, pieces in jobs.items()}


def _openings(piece: WrittenPiece) -> Iterable[tuple[str, ...]]:
    for text in piece.texts:
        words = tokens(text.text)
        if len(words) >= _FEWEST_WORDS:
            yield (text.stage, text.field, *words[:OPENING_WORDS])


def _distinct(values: Mapping[str, Sequence[object]]) -> dict[str, Pair]:
    counts = Counter(value for given in values.values() for value in given)
    return {key: (sum(1 / counts[value] for value in given), len(given)) for key, given in values.items()}


def _trigrams(pieces: Sequence[WrittenPiece]) -> Iterable[tuple[str, str, str]]:
    return (run for piece in pieces for run in piece.trigrams)


def _shared(pieces: Sequence[WrittenPiece], counts: Mapping[tuple[str, str, str], int]) -> Pair:
    return sum(counts[run] > 1 for run in _trigrams(pieces)), sum(len(piece.trigrams) for piece in pieces)
