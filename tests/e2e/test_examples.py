"""The examples run unchanged. The test of the React example is frontend/src/lib/queries/example.test.tsx."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from local.project import ROOT
from local.stack.local_stack import LocalStack
from tests.e2e.api import Api

EXAMPLES = ROOT / "examples"
COMMANDS = {"curl.sh": [str(EXAMPLES / "curl.sh")], "follow_job.py": [sys.executable, str(EXAMPLES / "follow_job.py")]}


def _skip_without(*programs: str) -> None:
    if missing := [name for name in programs if shutil.which(name) is None]:
        pytest.skip(f"the example needs {' and '.join(missing)}. On Debian: apt-get install {' '.join(missing)}")


def run(example: str, stack: LocalStack, theme: str) -> subprocess.CompletedProcess[str]:
    if example == "curl.sh":
        _skip_without("curl", "jq")
    environment = dict(os.environ) | {"API": stack.urls.api, "TOKEN": "", "NO_PROXY": "127.0.0.1"}
    command = [*COMMANDS[example], theme]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("example", COMMANDS)
def test_an_example_follows_its_job_and_prints_the_result(example: str, stack: LocalStack, api: Api) -> None:
    done = run(example, stack, "steampunk")
    newest = api.ask("GET", "/jobs?limit=1").json()["jobs"][0]
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"100%\s+completed", done.stdout)
    assert [piece["name"] for piece in newest["result"] if piece["name"] not in done.stdout] == []


@pytest.mark.parametrize("example", COMMANDS)
def test_an_example_shows_why_a_job_was_refused(example: str, stack: LocalStack) -> None:
    """Users copy the examples, so they must not hide the API's answer."""
    done = run(example, stack, "x" * 1000)
    assert done.returncode != 0
    assert "400" in done.stdout + done.stderr
