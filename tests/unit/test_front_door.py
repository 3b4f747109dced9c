"""The files for editors, hooks and CI do what the Makefile does."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_every_hook_runs_a_make_target_or_tests_that_exist() -> None:
    hooks = [hook for repository in read(".pre-commit-config.yaml")["repos"] for hook in repository["hooks"]]
    commands = [hook["entry"].split() for hook in hooks]
    made = {target for program, *targets in commands if program == "make" for target in targets}
    tests = {argument for command in commands for argument in command if argument.startswith("tests/")}
    assert made <= TARGETS
    assert [path for path in tests if not (ROOT / path).is_file()] == []


def test_the_public_ci_runs_the_same_command_as_the_other_one() -> None:
    """Half of the contributors would never see a check that only one of them runs."""
    steps = read(".github/workflows/ci.yml")["jobs"]["test"]["steps"]
    assert steps[-1] == {"run": ".ci/run"}
