"""How an invocation ended."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Returned:
    """The handler returned this JSON value."""

    payload: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """The handler raised or ran out of time, or its process ended. Lambda calls this a function error."""

    #: As Lambda names it: the exception's class, `Runtime.ExitError`, `Sandbox.Timedout`, `Runtime.ImportModuleError`.
    type: str
    message: str


Outcome = Returned | Failed
