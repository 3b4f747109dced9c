"""`stack.json`: the processes and addresses of a running stack, for people, tests and tools."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from local.process.json_file import replace_json


class StackFile:
    """Writes the file. It replaces the file atomically, so a reader never sees half of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, processes: Callable[[], Mapping[str, int]], urls: Mapping[str, str]) -> None:
        """Replace the file. `processes` is called under the lock, so the last of several writers has the newest ids."""
        with self._lock:
            replace_json(self._path, {"processes": dict(sorted(processes().items())), "urls": dict(urls)})

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
