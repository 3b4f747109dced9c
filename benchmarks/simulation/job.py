"""A job of the simulation: three characters."""

from dataclasses import dataclass

from generator_service.kinds.character import KIND

PIECES = 3
#: The calls that a job makes: one for the names; then, side by side, the shared calls of each piece.
CALLS_IN_A_ROW = (1, PIECES * len(KIND.shared_calls))
CALLS = sum(CALLS_IN_A_ROW)


@dataclass(slots=True, eq=False)
class Job:
    """Times in seconds of the simulation; None if it has not happened yet."""

    arrived_s: float
    claimed_s: float | None = None
    ended_s: float | None = None
    has_failed: bool = False
    #: How many rows of `CALLS_IN_A_ROW` have been started, and how many calls of the current row are not answered.
    row: int = 0
    calls_left: int = 0
