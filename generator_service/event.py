"""What writing a job reports, in this order: progress of 20, stages as they finish, what is spent besides, progress of
90, the final event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from generator_service.error import LoreError
from generator_service.kind import Output, Piece
from generator_service.llm.usage import Usage

#: The share of a job's progress that belongs to the writing (job system guide, "Progress Updates").
STARTED_PERCENT = 20
FINALIZING_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Progressed:
    #: 20 to 90.
    progress: int
    #: What a person is shown.
    message: str


@dataclass(frozen=True, slots=True)
class StageFinished:
    #: 0-based index of the piece.
    item: int
    stage: str
    output: Output
    #: The piece as far as it is written.
    piece: Piece
    progress: Progressed
    #: All that was spent since the stage that was reported before this one.
    usage: Usage
    #: From the question to the answer, waits and repeated calls included.
    duration_ms: int = 0
    #: What was changed in the LLM's output, as sentences.
    adjusted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls were paid for that no finished stage has reported."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class ItemFailure:
    item: int
    #: The stage that failed.
    stage: str
    error: LoreError


@dataclass(frozen=True, slots=True)
class Finished:
    #: The whole pieces in the order of their index, or the one document.
    result: Any
    failures: Sequence[ItemFailure]


Event = Progressed | StageFinished | Spent | Finished
Emit = Callable[[Event], None]


def percent(done: int, total: int) -> int:
    """Progress when `done` of `total` stages are finished: 20 to 90."""
    return STARTED_PERCENT + int(done / total * (FINALIZING_PERCENT - STARTED_PERCENT))
