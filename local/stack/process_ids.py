"""The process ids of the programs and of the processes that they start, by name."""

from collections.abc import Iterator, Mapping, Sequence

from local.stack.child import Child


class ProcessIds:
    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self._own: dict[str, Mapping[str, int]] = {}

    def update(self, children: Sequence[Child]) -> bool:
        """Read the ids of all children. Returns whether any has changed."""
        before = self.known
        self.known = dict(self._found(children))
        return self.known != before

    def _found(self, children: Sequence[Child]) -> Iterator[tuple[str, int]]:
        """Names and ids. A dead process keeps its last id until its restart, so that a known name does not vanish."""
        for child in children:
            name = child.program.name
            if child.pid is None:
                if name in self.known:
                    yield name, self.known[name]
            else:
                yield name, child.pid
                self._own[name] = child.program.own_processes(child.pid) or self._own.get(name, {})
            yield from self._own.get(name, {}).items()
