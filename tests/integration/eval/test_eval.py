"""`python -m benchmarks.eval` with the offline writer."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.eval.job_record import JOBS_FILE, JobsFile
from local.project import ROOT

SECRET = "sk-a-very-secret-key"
_NO_PROVIDER = dict.fromkeys(("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"), "")


def run_eval(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.eval", *map(str, arguments)],
        cwd=ROOT,
        env=dict(os.environ) | _NO_PROVIDER | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_run_is_written_continued_and_reported(tmp_path: Path) -> None:
    """The second run has one more job of each type than the first, and writes only these."""
    folder, page = tmp_path / "run", tmp_path / "docs" / "report.md"
    for jobs, started in (("1", 2), ("2", 2), ("2", 0)):
        done = run_eval("run", "--out", folder, "--jobs", jobs, "--count", "2", "--kinds", "relic", "world")
        assert done.returncode == 0, done.stderr
        assert done.stderr.count(" of ") == 2 * started, done.stderr
    records = JobsFile(folder).read()
    assert sorted(record.key for record in records) == ["relic-001-x2", "relic-002-x2", "world-001-x2", "world-002-x2"]
    assert {(record.whole, record.error) for record in records} == {(2, None), (1, None)}
    assert all(record.model == "offline-writer" and record.cost.prompt_characters > 2000 for record in records)

    done = run_eval("report", folder, "--compare", folder, "--markdown", page)
    assert done.returncode == 0, done.stderr
    assert page.read_text().startswith("# What offline-writer writes\n")


def test_a_run_that_costs_money_must_be_agreed_to(tmp_path: Path) -> None:
    """The cost is shown first. Without a terminal to ask, nothing is sent."""
    prices = {"LLM_PROMPT_USD_PER_MILLION": "0.15", "LLM_COMPLETION_USD_PER_MILLION": "0.6"}
    done = run_eval("run", "--out", tmp_path, OPENAI_API_KEY=SECRET, OPENAI_BASE_URL="http://127.0.0.1:9/v1", **prices)
    assert done.returncode == 2
    assert "60 jobs" in done.stdout
    assert " USD." in done.stdout
    assert not (tmp_path / JOBS_FILE).exists()


def test_a_provider_that_cannot_be_reached_stops_the_run(tmp_path: Path) -> None:
    """Further jobs would only measure that. The next run starts with the job that failed."""
    variables = {"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "LLM_MAX_ATTEMPTS": "1"}
    done = run_eval("run", "--out", tmp_path, "--jobs", "3", "--yes", **variables)
    assert done.returncode == 2
    assert "cannot be reached" in done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert JobsFile(tmp_path).read() == []


def test_a_folder_without_jobs_cannot_be_reported(tmp_path: Path) -> None:
    done = run_eval("report", tmp_path, "--markdown", tmp_path / "report.md")
    assert done.returncode == 2
    assert "benchmarks.eval run --out" in done.stderr
