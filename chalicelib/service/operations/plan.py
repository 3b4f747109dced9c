"""A change that is announced before it is made."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    #: What will happen, as sentences. If there is nothing to do, why.
    steps: Sequence[str]
    #: Makes the change, and returns what has happened, as sentences. None: there is nothing to do.
    carry_out: Callable[[], Awaitable[list[str]]] | None = None
    #: It was not done already, and cannot be done.
    is_refused: bool = False
