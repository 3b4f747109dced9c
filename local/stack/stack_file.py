"""`stack.json`: what runs where, for people, tests and tools that find the stack by its folder."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from local.process.json_file import replace_json


class StackFile:
    """Readers see a whole file or none: it is replaced, never written into. It names the process ids of the moment."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, processes: Callable[[], Mapping[str, int]], urls: Mapping[str, str]) -> None:
        """`processes` is asked once it is this writer's turn: of several, the last one writes the newest."""
        with self._lock:
            replace_json(self._path, {"processes": dict(sorted(processes().items())), "urls": dict(urls)})

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
