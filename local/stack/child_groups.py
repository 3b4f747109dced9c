"""The running programs, in the groups in which they were started."""

import time
from collections.abc import Collection, Sequence
from pathlib import Path

from local.stack.child import Child
from local.stack.program import Program

#: A program that still runs this long after SIGTERM is killed.
_GRACE_S = 3.0


class ChildGroups:
    """Starts and ends groups in the supervisor's thread. Other threads may read `children` meanwhile."""

    def __init__(self, log_dir: Path) -> None:
        self._log_dir = log_dir
        #: Replaced as a whole, so that no reader sees half of a change.
        self._groups: tuple[Sequence[Child], ...] = ()

    @property
    def children(self) -> list[Child]:
        return [child for group in self._groups for child in group]

    def spawn(self, programs: Sequence[Program]) -> None:
        """Start these programs side by side."""
        group = [Child(program, self._log_dir / f"{program.name}.log") for program in programs]
        self._groups = (*self._groups, group)  # first, so that `end` knows them if one cannot be spawned
        for child in group:
            child.spawn()

    @property
    def all_ready(self) -> bool:
        return all(child.ready for child in self.children)

    def are_ready(self, names: Collection[str]) -> bool:
        return {child.program.name for child in self.children if child.ready}.issuperset(names)

    def end(self) -> None:
        """End everything, the last group first. Returns when all processes have ended."""
        for group in reversed(self._groups):
            _end(group)


def _end(group: Sequence[Child]) -> None:
    for child in group:
        child.terminate()
    deadline = time.monotonic() + _GRACE_S
    for child in group:
        child.wait(deadline)
