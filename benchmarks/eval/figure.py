"""The figures of a run."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from benchmarks.eval import length, variety
from benchmarks.eval.job_record import JobRecord
from benchmarks.eval.ratio import Pair, Ratio
from benchmarks.eval.run_data import RunData
from benchmarks.eval.violations import context_names
from benchmarks.eval.written import WrittenPiece
from chalicelib.domain.price import Price
from generator_service.judging.mention import can_judge, mentions
from generator_service.judging.weakness import Rule


class Better(Enum):
    HIGHER = "higher"
    LOWER = "lower"
    #: The figure is for information. Other figures say whether a change is good.
    NEITHER = ""


class Unit(Enum):
    SHARE = "share"
    NUMBER = "number"
    USD = "usd"


@dataclass(frozen=True, slots=True)
class Figure:
    title: str
    unit: Unit
    better: Better
    #: Job's key → what it adds to the figure.
    pairs: Mapping[str, Pair]

    def over(self, keys: Collection[str]) -> Ratio:
        """The figure for these jobs, in the order of their keys."""
        return Ratio.of(self.pairs[key] for key in sorted(keys))


def figures(data: RunData, price: Price | None) -> list[Figure]:
    """What the report shows of every kind, apart from the rules."""
    return [*_success(data), *_cost(data, price), *_text(data), *_variety(data)]


def rule_figures(data: RunData) -> list[Figure]:
    """The share of stages that break each rule."""
    return [
        Figure(
            rule.value,
            Unit.SHARE,
            Better.LOWER,
            {key: (sum(rule in each.rules for each in judged), len(judged)) for key, judged in data.judged.items()},
        )
        for rule in Rule
    ]


def stages_right_first(record: JobRecord) -> Pair:
    """The stages that were right at the first call, and all that were tried.

    A stage was tried if it is finished; a missing piece has one more, at which it failed. Each unusable or weak answer
    spoils one of them: two for the same stage count as two stages, so the share is a lower bound.
    """
    tried = len(record.stages) + record.asked - record.whole
    return tried - min(record.cost.unusable_answers + record.cost.weak_answers, tried), tried


def _success(data: RunData) -> Iterator[Figure]:
    def each(pair: Callable[[JobRecord], Pair]) -> dict[str, Pair]:
        return {key: pair(record) for key, record in data.records.items()}

    yield Figure("complete pieces", Unit.SHARE, Better.HIGHER, each(lambda record: (record.whole, record.asked)))
    yield Figure("stages right at the first call", Unit.SHARE, Better.HIGHER, each(stages_right_first))
    yield Figure("pieces with a warning", Unit.SHARE, Better.LOWER, each(_warned))


def _warned(record: JobRecord) -> Pair:
    """The pieces that the job's `warnings` name: missing, adjusted or below a standard."""
    named = {stage.piece_index for stage in record.stages if stage.is_warned}
    missing = record.asked - record.whole
    return min(len(named) + missing, record.asked), record.asked


def _cost(data: RunData, price: Price | None) -> Iterator[Figure]:
    """Per complete piece. What was spent on the others counts too."""

    def a_piece(title: str, unit: Unit, better: Better, amount: Callable[[JobRecord], float]) -> Figure:
        pairs = {key: (amount(record), float(record.whole)) for key, record in data.records.items()}
        return Figure(f"{title} a piece", unit, better, pairs)

    number = Unit.NUMBER
    yield a_piece("calls", number, Better.LOWER, lambda record: record.cost.llm_calls)
    yield a_piece("characters of prompt", number, Better.LOWER, lambda record: record.cost.prompt_characters)
    yield a_piece("prompt tokens", number, Better.LOWER, lambda record: record.cost.prompt_tokens)
    yield a_piece("completion tokens", number, Better.NEITHER, lambda record: record.cost.completion_tokens)
    if price is not None:
        yield a_piece("cost", Unit.USD, Better.NEITHER, lambda record: price.of(record.cost.usage))


def _text(data: RunData) -> Iterator[Figure]:
    weak = {key: (sum(bool(each.rules) for each in judged), len(judged)) for key, judged in data.judged.items()}
    yield Figure("stages that break a rule", Unit.SHARE, Better.LOWER, weak)
    unwarned = {key: (sum(each.is_unwarned for each in judged), len(judged)) for key, judged in data.judged.items()}
    yield Figure("stages that break a rule without a warning", Unit.SHARE, Better.LOWER, unwarned)
    used = {key: _context_used(data.records[key], pieces) for key, pieces in data.pieces.items()}
    yield Figure("context pieces used by name", Unit.SHARE, Better.HIGHER, used)
    fitting = {key: length.fitting(data.records[key].kind, pieces) for key, pieces in data.pieces.items()}
    yield Figure("texts as long as asked for", Unit.SHARE, Better.HIGHER, fitting)


def _context_used(record: JobRecord, pieces: Sequence[WrittenPiece]) -> Pair:
    pairs = [(name, piece.whole_text) for name in context_names(record).values() for piece in pieces]
    judged = [(name, text) for name, text in pairs if can_judge(name, text)]
    return sum(mentions(text, name) for name, text in judged), len(judged)


def _variety(data: RunData) -> Iterator[Figure]:
    for title, better, compare in (
        ("distinct names", Better.HIGHER, variety.distinct_names),
        ("names nearly equal to another", Better.LOWER, variety.similar_names),
        ("distinct openings", Better.HIGHER, variety.distinct_openings),
        ("trigrams shared within a job", Better.LOWER, variety.trigrams_shared_in_job),
        ("trigrams shared within the run", Better.LOWER, variety.trigrams_shared_in_run),
    ):
        pairs: dict[str, Pair] = {}
        for kind in data.kinds:
            pairs |= compare(data.of_kind(kind).pieces)
        yield Figure(title, Unit.SHARE, better, pairs)
