"""CPU time and memory, read from files such as those in /proc."""

import os
from pathlib import Path

from benchmarks.performance import cpu


def process(proc: Path, pid: int, parent: int, *times: int, name: str = "python") -> None:
    """A file in the form of /proc/PID/stat with these four times."""
    folder = proc / str(pid)
    folder.mkdir()
    times = times or (0, 0, 0, 0)
    rest = ["S", str(parent), *["0"] * 9, *map(str, times), *["0"] * 30]
    (folder / "stat").write_text(f"{pid} ({name}) {' '.join(rest)}\n")


def test_ended_children_count(tmp_path: Path) -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    process(tmp_path, 7, 1, ticks, 2 * ticks, 3 * ticks, 4 * ticks)
    assert cpu.cpu_s(7, tmp_path) == 10


def test_a_name_may_contain_spaces_and_brackets(tmp_path: Path) -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    process(tmp_path, 7, 1, ticks, 0, 0, 0, name="a) (b c")
    assert cpu.cpu_s(7, tmp_path) == 1


def test_a_process_that_is_gone_has_no_time(tmp_path: Path) -> None:
    assert cpu.cpu_s(7, tmp_path) == 0
    assert cpu.memory_bytes(7, tmp_path) == 0


def test_a_family_has_children_and_their_children_but_no_others(tmp_path: Path) -> None:
    for pid, parent in ((7, 1), (8, 7), (9, 8), (10, 1)):
        process(tmp_path, pid, parent)
    assert sorted(cpu.family(7, tmp_path)) == [7, 8, 9]


def test_memory_is_in_bytes(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/smaps_rollup").write_text("00-ff ---p [rollup]\nRss:  900 kB\nPss:   100 kB\nPss_Anon: 1 kB\n")
    assert cpu.memory_bytes(7, tmp_path) == 102_400


def test_this_process_uses_cpu_and_memory() -> None:
    assert cpu.memory_bytes(os.getpid()) > 1_000_000


def test_all_workers_have_one_role() -> None:
    assert [cpu.role_of(name) for name in ("worker", "worker-12", "event-source")] == [
        "worker",
        "worker",
        "event-source",
    ]


def test_a_role_that_started_in_between_counts_from_0() -> None:
    found = cpu.per_job({"api": 1.0}, {"api": 3.0, "recover": 1.0}, 10)
    assert found == {"api": 200.0, "recover": 100.0, "total": 300.0}
