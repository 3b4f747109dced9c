"""A program of the stack: how to start it, and how to check that it is ready."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Probe = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Program:
    """One program that the supervisor runs."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    #: Called after each start until it returns True. It is quick, and may prepare what other programs need, such as the
    #: queues on a new AWS emulator. Raises `LocalError` if a retry would not help.
    is_ready: Probe
    #: Further processes that the program runs, by name. The argument is the program's process id.
    own_processes: Callable[[int], Mapping[str, int]] = lambda _pid: {}
