"""Parses diagrams with Mermaid, in Node.js."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

_PROGRAM = Path(__file__).with_suffix(".mjs")


def diagram_faults(diagrams: Sequence[str]) -> list[str | None]:
    """For each diagram: what Mermaid cannot parse, or None."""
    command = ["node", str(_PROGRAM)]
    done = subprocess.run(command, input=json.dumps(diagrams), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    faults: list[str | None] = json.loads(done.stdout)
    return faults
