"""The events of an attempt at a job.

They come in this order: progress of 20 %, stages as they are finished, cost that no stage has reported, progress of
90 %, and the result.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from foundation.json_value import Json
from generator_service.error import LoreError
from generator_service.kind import Output, Piece
from generator_service.llm.usage import Usage

#: The part of a job's progress that belongs to the generator (job system guide, "Progress Updates").
STARTED_PERCENT = 20
FINALIZING_PERCENT = 90

#: Codes of remarks: something was changed in what the LLM wrote, or the text breaks a rule of its stage.
ADJUSTED = "adjusted"
BELOW_STANDARD = "below_standard"


@dataclass(frozen=True, slots=True)
class Progressed:
    #: 20 to 90.
    progress: int
    #: Shown to the user.
    message: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What the caller should know about a piece that is there."""

    #: `ADJUSTED` or `BELOW_STANDARD`.
    code: str
    #: A sentence.
    message: str


@dataclass(frozen=True, slots=True)
class StageFinished:
    #: 0-based.
    piece_index: int
    #: The stage's key.
    stage: str
    output: Output
    #: The piece so far.
    piece: Piece
    progress: int
    message: str
    #: The cost since the last event that reported a usage.
    usage: Usage
    #: From the question to the answer, including waits and repeated calls.
    duration_ms: int = 0
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of calls that finished no stage."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class PieceFailure:
    #: 0-based.
    piece_index: int
    #: Key of the stage that failed.
    stage: str
    error: LoreError


@dataclass(frozen=True, slots=True)
class Generated:
    #: The complete pieces in the order of their index, or the one document.
    result: Sequence[Piece] | Mapping[str, Json]
    failures: Sequence[PieceFailure]


Event = Progressed | StageFinished | Spent | Generated
Emit = Callable[[Event], None]


def percent(done: int, total: int) -> int:
    """Progress if `done` of `total` stages are finished: 20 to 90."""
    return STARTED_PERCENT + int(done / total * (FINALIZING_PERCENT - STARTED_PERCENT))
