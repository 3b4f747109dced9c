"""How an attempt ended, as a value: the executor's steps return it, and one place stores it."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.job import PieceWarning
from foundation.json_value import Json


@dataclass(frozen=True, slots=True)
class Succeeded:
    result: Json
    #: What the result lacks, or what was changed in it. The result has at least one piece.
    warnings: Sequence[PieceWarning] = ()


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Worth another attempt after `delay_s`."""

    delay_s: float
    #: What the caller sees meanwhile.
    message: str
    #: False if nothing was tried: the attempt does not count.
    uses_attempt: bool = True
    #: True if nothing has been tried so far: the job's deadline is counted from its next claim.
    resets_deadline: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    code: str
    error: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller has cancelled the job. The store has recorded that already."""


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """Another worker has the job now, or it has ended. This worker must not write anything."""


Outcome = Succeeded | RetryLater | Failed | Cancelled | LeaseLost
