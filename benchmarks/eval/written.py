"""The texts of a piece, as the figures read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.eval.job_record import JobRecord
from generator_service.judging.leaf import leaves
from generator_service.judging.word import tokens
from generator_service.kind import Kind

Trigram = tuple[str, str, str]


@dataclass(frozen=True)
class Text:
    stage: str
    #: The path in the stage's output; entries of a list share one: "flaw.description", "skills[]".
    field: str
    text: str


@dataclass(frozen=True)
class WrittenPiece:
    """What was written of one piece, complete or not."""

    #: 0-based.
    index: int
    #: Stage → its output.
    outputs: Mapping[str, Mapping[str, Any]]
    name: str | None
    texts: tuple[Text, ...]

    @cached_property
    def whole_text(self) -> str:
        return "\n".join(text.text for text in self.texts)

    @cached_property
    def trigrams(self) -> frozenset[Trigram]:
        """Three words that follow one another within one text."""
        sequences = (tokens(text.text) for text in self.texts)
        return frozenset(run for words in sequences for run in zip(words, words[1:], words[2:], strict=False))


def written_pieces(record: JobRecord, kind: Kind) -> list[WrittenPiece]:
    """In the order of their index."""
    return [_piece(index, outputs, kind) for index, outputs in sorted(record.outputs().items())]


def _piece(index: int, outputs: Mapping[str, Mapping[str, Any]], kind: Kind) -> WrittenPiece:
    """With the stages in the kind's order."""
    ordered = {stage.key: outputs[stage.key] for stage in kind.stages if stage.key in outputs}
    titles = (output.get(kind.title) for output in ordered.values())
    texts = (Text(stage, leaf.field, leaf.text) for stage, output in ordered.items() for leaf in leaves(output))
    return WrittenPiece(index, ordered, next((str(title) for title in titles if title), None), tuple(texts))
