"""A job: what to write, and what is written of it already."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from generator_service.kind import Kind, Output
from generator_service.params import Params

log = logging.getLogger(__name__)

#: Item (0-based) → stage key → output.
Outputs = dict[int, dict[str, Output]]


@dataclass(frozen=True, slots=True)
class Job:
    kind: Kind
    params: Params
    #: What earlier attempts have finished. It is not written again.
    finished: Mapping[int, Mapping[str, Output]]
    #: How many answers of earlier attempts could not be used.
    unusable_answers: int = 0

    @property
    def max_unusable_answers(self) -> int:
        """How many of them the job may pay for: twice the number of calls it would need if every answer were usable."""
        return 2 * sum(1 if stage.together else self.params.count for stage in self.kind.stages)

    @property
    def total(self) -> int:
        """The number of stages of all pieces."""
        return self.params.count * len(self.kind.stages)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One finished stage as an earlier attempt reported it."""

    item: int
    stage: str
    output_json: str


def usable(kind: Kind, count: int, checkpoints: Iterable[Checkpoint]) -> Outputs:
    """The checkpoints as outputs, without those that a newer version of the kind cannot use.

    Such a one is written again rather than refused, for it would be refused at every attempt. The same goes for one
    that rests on a stage which is not there.
    """
    outputs: Outputs = {}
    for checkpoint in checkpoints:
        output = _output(kind, count, checkpoint)
        if output is None:
            log.warning("Checkpoint is not usable", extra={"item": checkpoint.item, "stage": checkpoint.stage})
        else:
            outputs.setdefault(checkpoint.item, {})[checkpoint.stage] = output
    return {item: _resting_on_something(kind, stages) for item, stages in outputs.items()}


def _output(kind: Kind, count: int, checkpoint: Checkpoint) -> Output | None:
    stage = kind.stage.get(checkpoint.stage)
    if stage is None or not 0 <= checkpoint.item < count:
        return None
    try:
        return stage.output.model_validate_json(checkpoint.output_json)
    except ValidationError:
        return None


def _resting_on_something(kind: Kind, outputs: dict[str, Output]) -> dict[str, Output]:
    return {
        key: output for key, output in outputs.items() if all(s.key in outputs for s in kind.before(kind.stage[key]))
    }
