"""The examples run unchanged. The test of the React example is frontend/src/lib/queries/example.test.tsx."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local.project import ROOT
from local.stack.local_stack import LocalStack
from tests.e2e.api import Api

EXAMPLES = ROOT / "examples"
COMMANDS = {"curl.sh": [str(EXAMPLES / "curl.sh")], "follow_job.py": [sys.executable, str(EXAMPLES / "follow_job.py")]}


def _run_commands_of(document: str, stack: LocalStack, folder: Path = ROOT) -> str:
    """The output of the commands in a document."""
    text = (ROOT / document).read_text(encoding="utf-8")
    (commands,) = re.findall(r"```bash\n(API=.*?)```", text, re.DOTALL)
    _skip_without("curl", "jq")
    script = re.sub(r"^API=.*", f"API={stack.urls.api}", commands)
    environment = dict(os.environ) | {"NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def test_the_commands_in_the_readme_run_unchanged(stack: LocalStack) -> None:
    assert '"status": "completed"' in _run_commands_of("README.md", stack)


def test_the_commands_in_the_page_about_the_library_run_unchanged(stack: LocalStack) -> None:
    printed = _run_commands_of("docs/library.md", stack)
    assert '"name": "The Borrowed Lantern",\n  "details": {},\n  "version": 2' in printed
    assert '\n"The Borrowed Lantern"\n' in printed, "the search has found it"
    assert printed.count('"name": "Lantern"') == 2, "as a version, and restored"
    assert re.search(r'\n"\d{4}-[^"]+Z"\n$', printed), "it is in the trash"


def test_the_commands_in_the_page_about_exports_run_unchanged(stack: LocalStack, tmp_path: Path) -> None:
    printed = _run_commands_of("docs/exports.md", stack, tmp_path)
    assert "## Setting: Low Tarn\n" in printed
    assert '"name": "Low Tarn"' in printed, "the link shows it"
    assert printed.endswith("null\n404\n"), "the link was taken back"
    assert zipfile.is_zipfile(tmp_path / "vault.zip")


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
