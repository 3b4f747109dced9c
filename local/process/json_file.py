"""JSON files that other processes may read at any time."""

import json
import os
import threading
from pathlib import Path
from typing import Any


def replace_json(path: Path, content: Any) -> None:
    """Replace a JSON file atomically. Only the owner may read it, since addresses may contain passwords."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    fresh.replace(path)
