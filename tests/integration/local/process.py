"""The operating system's process table."""

import subprocess
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple


class _Entry(NamedTuple):
    parent: int
    state: str


def alive(pids: Iterable[int]) -> set[int]:
    """Those that are running. A zombie is not."""
    found = _table()
    return {pid for pid in pids if pid in found and not found[pid].state.startswith("Z")}


def family(ancestor: int) -> set[int]:
    """The process and all its descendants."""
    return _with_children({ancestor}, _table())


def _with_children(pids: Collection[int], table: Mapping[int, _Entry]) -> set[int]:
    known = set(pids)
    while fresh := {pid for pid, entry in table.items() if entry.parent in known} - known:
        known |= fresh
    return known


def _table() -> dict[int, _Entry]:
    said = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in said.splitlines())
    return {int(pid): _Entry(int(parent), state) for pid, parent, state, *_ in rows}
