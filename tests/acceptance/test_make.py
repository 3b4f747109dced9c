"""The make targets in the documents' blocks run in a fresh clone."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.environment import own_stack
from tests.pseudo_terminal import PseudoTerminal
from tests.snippet.block import Block, blocks_run_by
from tests.snippet.make_target import fresh_clone, started, without_make
from tests.snippet.program import API, run_shell
from website.document import ROOT

BLOCKS = blocks_run_by("tests/acceptance/test_make.py")
#: Every command once, without the comment after it.
COMMANDS = {re.sub(r"\s+#.*", "", line) for block in BLOCKS for line in block.code.splitlines()}
STARTING = sorted(command for command in COMMANDS if re.search("make (run|stack)$", command))
WITH_TOKEN = [block for block in BLOCKS if "make -s token" in block.code]
#: A test that ran all checks and tests would never end.
RUN_BY_CI = ["make check", "make test", "make acceptance"]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_clone(tmp_path_factory.mktemp("make") / "clone")


def variables(clone: Path) -> dict[str, str]:
    """The page is left out: building it takes a minute, and frontend/e2e does it."""
    return own_stack(clone / ".local", SERVE_PAGE="false", NO_PROXY="127.0.0.1")


def test_every_command_is_run_by_a_test_below() -> None:
    others = {
        *RUN_BY_CI,
        "make help",
        "make unit",
        *(line for block in WITH_TOKEN for line in block.code.splitlines()),
    }
    assert (COMMANDS - set(STARTING), len(STARTING)) == (others, 3)


@pytest.mark.parametrize("command", STARTING)
def test_a_stack_serves_until_ctrl_c(command: str, clone: Path) -> None:
    with started(command, variables(clone), clone) as running:
        running.wait_for("ready: ", "Ctrl-C")
        if command.endswith("make run"):
            assert "calls to the LLM" in running.shown
            assert len(re.findall("^╭", running.shown, re.MULTILINE)) == 3, "characters"
        if command.startswith("AUTH_MODE=jwt"):
            check_tokens(running, clone)
        running.interrupt()
    assert running.shown.endswith("Everything has stopped.\n")


def check_tokens(running: PseudoTerminal, clone: Path) -> None:
    """A request without a token is refused; with the token of the document, it is answered."""
    (api,) = re.findall(r"^ready: (\S+)", running.shown, re.MULTILINE)
    asked = Block("without a token", 1, "bash", f"API={API}\ncurl -s $API/jobs", {"expect": "401"})
    assert '"jobs":[]' in run_shell([asked, *WITH_TOKEN], api, clone)


def make(target: str, clone: Path, *options: str, **more: str) -> str:
    """What it prints."""
    command = ["make", *options, target.removeprefix("make ")]
    environment = without_make(os.environ) | more
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_help_lists_the_targets(clone: Path) -> None:
    listed = {line.split()[0] for line in make("make help", clone).splitlines()}
    assert {word for command in COMMANDS for word in re.findall(r"make (?!-)([a-z-]+)", command)} <= listed


def test_the_fast_tests_run(clone: Path) -> None:
    """One of them, in one process. CI runs all."""
    only = {"PYTEST_ADDOPTS": "-k test_the_schemas_are_those_of_the_api", "PYTEST_XDIST_AUTO_NUM_WORKERS": "1"}
    assert "1 passed" in make("make unit", clone, **only)


def test_ci_runs_the_checks_and_the_tests() -> None:
    steps = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert [step for step in steps if step in RUN_BY_CI] == RUN_BY_CI
