"""A job: what to write, and what earlier attempts have finished."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from foundation.json_value import Json
from foundation.language_tag import DEFAULT_LANGUAGE
from generator_service.judging.standard import Standard
from generator_service.judging.weakness import Weakness
from generator_service.kind import Kind, Output, Piece, Stage
from generator_service.params import Params
from generator_service.writing.rewriting import Rewriting

log = logging.getLogger(__name__)

#: Piece index → stage key → output.
Outputs = dict[int, dict[str, Output]]


@dataclass(frozen=True, slots=True)
class Job:
    kind: Kind
    params: Params
    #: What earlier attempts have finished. It is not written again.
    finished: Mapping[int, Mapping[str, Output]]
    #: How many answers of earlier attempts were unusable.
    unusable_answers: int = 0
    #: The language to write in (BCP 47).
    language: str = DEFAULT_LANGUAGE
    #: What the caller should know about each piece, as sentences.
    notes: Sequence[str] = ()
    #: The most tokens that this attempt may cost. None: no limit.
    token_budget: int | None = None
    #: What it changes in a piece that exists: `kind` has only the stages for that. None: it writes new pieces.
    rewriting: Rewriting | None = None

    @property
    def max_unusable_answers(self) -> int:
        """How many the job may pay for: twice the number of calls that it needs if every answer is usable."""
        return 2 * sum(1 if call[0].together else self.params.count for call in self.kind.calls)

    @property
    def taken_names(self) -> list[str]:
        """The names that no new piece may have."""
        replaced = self.rewriting.replaced_name if self.rewriting else None
        return [*self.params.avoid, *([replaced] if replaced else [])]

    def standard(self, stage: Stage) -> Standard:
        """What the text of this stage must be like."""
        return self.rewriting.standard(stage) if self.rewriting else stage.standard

    def judge_change(self, stage: Stage, output: Output) -> Sequence[Weakness]:
        """What is wrong with it as a change of what it replaces. Empty for a new piece."""
        return self.rewriting.judge_change(stage, output) if self.rewriting else ()

    def kept(self, stage: Stage, written: Mapping[str, Json]) -> Mapping[str, Json]:
        """Those of the fields that a stage has written that become part of the piece."""
        return self.rewriting.only_wanted(stage, written) if self.rewriting else written

    def piece(self, details: Mapping[str, Mapping[str, Json]]) -> Piece:
        """The piece so far. `details` is as in `Kind.piece`."""
        return self.rewriting.piece_with(details) if self.rewriting else self.kind.piece(details, self.language)

    @property
    def total_stages(self) -> int:
        """The number of stages of all pieces."""
        return self.params.count * len(self.kind.stages)

    @property
    def finished_stages(self) -> int:
        """How many of them earlier attempts have finished."""
        return sum(map(len, self.finished.values()))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A finished stage as an earlier attempt reported it."""

    piece_index: int
    stage: str
    output_json: str


def usable_outputs(kind: Kind, count: int, checkpoints: Iterable[Checkpoint]) -> Outputs:
    """The outputs in the checkpoints, without those that the current version of the kind cannot use.

    An unusable one is written again. Refusing it would fail every further attempt. The same goes for one
    without its prerequisites.
    """
    outputs: Outputs = {}
    for checkpoint in checkpoints:
        output = _output(kind, count, checkpoint)
        if output is None:
            extra = {"piece_index": checkpoint.piece_index, "stage": checkpoint.stage}
            log.warning("Checkpoint is unusable, the stage is written again", extra=extra)
        else:
            outputs.setdefault(checkpoint.piece_index, {})[checkpoint.stage] = output
    return {index: _with_prerequisites(kind, stages) for index, stages in outputs.items()}


def _output(kind: Kind, count: int, checkpoint: Checkpoint) -> Output | None:
    stage = kind.stage.get(checkpoint.stage)
    if stage is None or not 0 <= checkpoint.piece_index < count:
        return None
    try:
        return stage.output.model_validate_json(checkpoint.output_json)
    except ValidationError:
        return None


def _with_prerequisites(kind: Kind, outputs: dict[str, Output]) -> dict[str, Output]:
    """The outputs whose prerequisites also have outputs."""
    return {
        key: output for key, output in outputs.items() if all(s.key in outputs for s in kind.before(kind.stage[key]))
    }
