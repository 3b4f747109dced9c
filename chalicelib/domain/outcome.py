"""How an attempt ended, as a value: returned by the executor's steps and settled in one place."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.job import Json, PieceWarning


@dataclass(frozen=True, slots=True)
class Succeeded:
    result: Json
    #: What the result lacks, or what was changed in it. At least one piece is there.
    warnings: Sequence[PieceWarning] = ()


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Worth another attempt after `delay_s`."""

    delay_s: float
    #: What the caller reads meanwhile.
    message: str
    #: False where nothing was tried, so that the attempt does not count.
    uses_attempt: bool = True


@dataclass(frozen=True, slots=True)
class Failed:
    code: str
    error: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller has stopped the job; the store says so already."""


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """Somebody else has the job now, or it has ended: nothing of ours may be written."""


Outcome = Succeeded | RetryLater | Failed | Cancelled | LeaseLost
