"""The client's work as steps without I/O. Both clients, blocking and async, perform the same steps.

A function that talks to the API is a generator. It yields what it needs done, and gets the outcome back:

    answer = yield Send(request)
    yield Pause(2.0)

`loresmith.performing` performs the steps, with or without an event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """One HTTP request. `path` begins with a slash and is relative to the API's address."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    #: How long the API may hold the answer: a long poll.
    hold_s: float = 0


@dataclass(frozen=True)
class Send:
    """Send the request. The outcome is an `httpx.Response`, or an `httpx.TransportError` is raised."""

    request: Request
    url: str
    headers: dict[str, str]
    timeout_s: float


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Now:
    """The outcome is the time of a clock that only moves forward, in seconds."""


@dataclass(frozen=True)
class Call:
    """Call one of the user's functions. The outcome is its result. If that is awaitable, it is awaited first."""

    function: Callable[[], Any]


@dataclass(frozen=True)
class Emit(Generic[T]):
    """Hand a value to the user, who iterates over the steps."""

    value: T


Effect: TypeAlias = Send | Pause | Now | Call | Emit[Any]
#: Steps that end with a value of type T.
Steps: TypeAlias = Generator[Effect, Any, T]
#: Steps that emit values of type T.
Stream: TypeAlias = Generator[Send | Pause | Now | Call | Emit[T], Any, None]


class Execution(Generic[T]):
    """The execution of steps, from one effect to the next."""

    result: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self._advance: Callable[[], Effect] = partial(next, steps)

    def next_effect(self) -> Effect | None:
        """What to do next; None at the end, when `result` is set."""
        try:
            return self._advance()
        except StopIteration as end:
            self.result = end.value
            return None

    def succeed(self, outcome: Any) -> None:
        self._advance = partial(self._steps.send, outcome)

    def fail(self, error: Exception) -> None:
        self._advance = partial(self._steps.throw, error)
