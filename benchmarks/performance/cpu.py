"""CPU time and memory of processes, from Linux's /proc (proc(5))."""

import os
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
#: In /proc/PID/stat, counted from the field after the name: parent; user and system time, own and of ended children.
_PARENT = 1
_TIMES = slice(11, 15)
_NUMBER = re.compile(r"-\d+$")

#: CPU seconds by role.
CpuTimes = Mapping[str, float]


def cpu_s(pid: int, proc: Path = Path("/proc")) -> float:
    """User and system time of a process and of its ended children, in steps of 10 ms. 0 if there is no such process."""
    fields = _stat(pid, proc)
    return sum(map(int, fields[_TIMES])) / _TICKS_PER_S if fields else 0.0


def memory_bytes(pid: int, proc: Path = Path("/proc")) -> int:
    """The memory of a process; pages that n processes share count 1/n (PSS). 0 if there is no such process."""
    try:
        text = (proc / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def family(pid: int, proc: Path = Path("/proc")) -> list[int]:
    """A process and all its running descendants."""
    children: dict[int, list[int]] = {}
    for entry in proc.iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name), proc)):
            children.setdefault(int(fields[_PARENT]), []).append(int(entry.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def family_cpu_s(pid: int, proc: Path = Path("/proc")) -> float:
    """The CPU time of a process and all its descendants, ended ones included."""
    return sum(cpu_s(each, proc) for each in family(pid, proc))


def by_role(processes: Mapping[str, int]) -> CpuTimes:
    """The CPU seconds of each role. `processes` are ids by name; `worker-2` has the role `worker`."""
    times: dict[str, float] = defaultdict(float)
    for name, pid in processes.items():
        times[role_of(name)] += cpu_s(pid)
    return dict(times)


def role_of(name: str) -> str:
    return _NUMBER.sub("", name)


def per_job(before: CpuTimes, after: CpuTimes, jobs: int) -> dict[str, float]:
    """The CPU milliseconds of one job by role, and of all roles together as `total`."""
    spent = {role: (after[role] - before.get(role, 0.0)) * 1000 / jobs for role in after}
    return spent | {"total": sum(spent.values())}


def _stat(pid: int, proc: Path) -> list[str]:
    """The fields after the name, which may contain spaces and brackets; [] if there is no such process."""
    try:
        text = (proc / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
