"""The file with the jobs of a run survives a crash."""

from pathlib import Path

from benchmarks.eval.job_record import JOBS_FILE, JobsFile
from tests.unit.benchmarks.job import record, relic


def test_jobs_are_read_as_they_were_kept(tmp_path: Path) -> None:
    jobs = [
        record("a", relic("Osk\u2019s Spoon", "日本語")),
        record("b", relic("B"), result={"title": "x"}, kind="world"),
    ]
    for job in jobs:
        JobsFile(tmp_path).keep(job)
    assert JobsFile(tmp_path).read() == jobs


def test_there_are_no_jobs_without_a_file(tmp_path: Path) -> None:
    assert JobsFile(tmp_path).read() == []


def test_a_line_that_a_crash_cut_off_is_ignored_and_removed(tmp_path: Path) -> None:
    """The next job must not continue that line."""
    file = JobsFile(tmp_path)
    file.keep(record("a", relic("A")))
    with (tmp_path / JOBS_FILE).open("a") as lines:
        lines.write('{"key": "b", "ki')
    assert [job.key for job in file.read()] == ["a"]
    file.repair()
    file.keep(record("c", relic("C")))
    assert [job.key for job in file.read()] == ["a", "c"]


def test_text_with_unusual_line_ends_stays_one_line(tmp_path: Path) -> None:
    """Python's `splitlines` would also break at these."""
    job = record("a", relic("A", "one\u2028two\x85three\x0bfour"))
    JobsFile(tmp_path).keep(job)
    assert JobsFile(tmp_path).read() == [job]
