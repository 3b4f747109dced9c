"""`stack.json`: the processes and addresses of a running stack, for people, tests and tools."""

from collections.abc import Callable, Mapping
from pathlib import Path

from local.process.json_file import replace_json


class StackFile:
    """Writes the file. It replaces the file atomically, so a reader never sees half of it.

    Several threads may write it. It has no lock, which Ctrl-C could leave locked (`local.stack.supervisor`).
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, processes: Callable[[], Mapping[str, int]], urls: Mapping[str, str]) -> None:
        """Replace the file, again if the ids have changed meanwhile: the newest ones are in it at the end."""
        written: Mapping[str, int] | None = None
        while written != (known := processes()):
            replace_json(self._path, {"processes": dict(sorted(known.items())), "urls": dict(urls)})
            written = known

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
