"""Which stage a command is for."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from loresmith.cli.command import app
from loresmith.ops.error import OpsError
from loresmith.ops.target import LocalTarget, StageTarget, find_target


def test_a_named_stage_has_functions_with_its_name(tmp_path: Path) -> None:
    target = find_target("prod", None, tmp_path)
    assert isinstance(target, StageTarget)
    assert target.function("ops-read") == "loresmith-prod-ops-read"


def test_without_a_name_it_is_the_stack_here_or_above(tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_text("{}")
    below = tmp_path / "docs" / "adr"
    below.mkdir(parents=True)
    assert find_target(None, None, below) == LocalTarget(tmp_path / ".local")
    assert find_target(None, None, below).function("ops-read") == "ops-read"


def test_without_a_stack_it_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(OpsError, match="--stage NAME"):
        find_target(None, None, tmp_path)


def test_both_options_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(OpsError) as error:
        find_target("prod", tmp_path, tmp_path)
    assert error.value.code == "usage"


def test_an_old_stack_file_without_the_address_says_to_start_again(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text('{"urls": {}}')
    with pytest.raises(OpsError, match="make run"):
        LocalTarget(tmp_path).client("lambda")


@pytest.mark.parametrize(
    ("words", "stage", "told"),
    [
        (("--local", "FOLDER"), "prod", "No local stack runs in"),
        (("--local", "FOLDER", "--stage", "dev"), None, "Use --stage or --local, not both."),
    ],
)
def test_an_option_wins_over_the_environment(
    tmp_path: Path, words: tuple[str, ...], stage: str | None, told: str
) -> None:
    given = [str(tmp_path) if word == "FOLDER" else word for word in words]
    environment = {"LORESMITH_STAGE": stage, "COLUMNS": "300"}
    result = CliRunner().invoke(app, ["ops", *given, "status"], env=environment)
    assert (result.exit_code > 0, told in result.output) == (True, True), result.output
