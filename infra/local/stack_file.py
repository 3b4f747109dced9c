"""`stack.json`: what runs where, for people, tests and tools that find the stack by its folder."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


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


def replace_json(path: Path, content: Any) -> None:
    """Write JSON to a file in one step; only the owner may read it, since addresses may hold passwords."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    fresh.replace(path)
