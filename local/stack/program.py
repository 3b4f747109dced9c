"""A program of the stack: how it is started, and how one knows that it is ready."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Probe = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Program:
    """One entry of the stack; what runs it is the supervisor."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    #: Asked again and again after each start until it says True. It is quick, and may prepare what the others need: on
    #: a fresh AWS emulator it makes the queues. Raises `LocalError` where asking again would not help.
    is_ready: Probe
    #: Further processes that it runs itself, by name; the argument is the program's own process id.
    own_processes: Callable[[int], Mapping[str, int]] = lambda _pid: {}
