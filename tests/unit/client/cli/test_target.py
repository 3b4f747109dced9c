"""Which API a command is for, and to whom a token may go."""

import json
import os
import stat
from pathlib import Path

import pytest

from loresmith.cli import login_file
from loresmith.cli.failure import UNAUTHORISED, UNREACHABLE, CommandError
from loresmith.cli.login_file import Login
from loresmith.cli.target import Target, find_target, run_token_command

API, OTHER = "https://api.example.com", "https://other.example.com"
SIGNED_IN = Login(API, token="kept")


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """The folder of a project in which a local stack runs."""
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local/stack.json").write_text(json.dumps({"urls": {"api": "http://127.0.0.1:1"}}), encoding="utf-8")
    return tmp_path


def test_an_option_wins_over_the_environment_over_the_login_over_the_local_stack(stack: Path) -> None:
    below = stack / "docs" / "adr"
    below.mkdir(parents=True)
    environment = {"LORESMITH_API": OTHER}
    assert find_target("http://option", environment, SIGNED_IN, below).api == "http://option"
    assert find_target(None, environment, SIGNED_IN, below).api == OTHER
    assert find_target(None, {}, SIGNED_IN, below).api == API
    assert find_target(None, {}, None, below).api == "http://127.0.0.1:1"


def test_without_any_of_them_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="loresmith login ADDRESS"):
        find_target(None, {}, None, tmp_path)


def test_a_kept_token_goes_only_to_its_own_api(tmp_path: Path) -> None:
    assert find_target(None, {}, SIGNED_IN, tmp_path).token == "kept"
    assert find_target(f"{API}/", {}, SIGNED_IN, tmp_path).token == "kept"
    assert find_target(OTHER, {}, SIGNED_IN, tmp_path).token is None
    assert find_target(None, {"LORESMITH_API": OTHER}, SIGNED_IN, tmp_path).token is None
    assert find_target(f"{API}.evil.example", {}, SIGNED_IN, tmp_path).token is None


def test_the_token_of_the_environment_wins(tmp_path: Path) -> None:
    assert find_target(None, {"LORESMITH_TOKEN": "given"}, SIGNED_IN, tmp_path).token == "given"


def test_a_login_to_a_local_stack_follows_its_address(stack: Path, tmp_path: Path) -> None:
    login = Login(stack=str(stack / ".local"), token_command=("echo", "t"))
    found = find_target(None, {}, login, Path("/"))
    assert (found.api, found.is_here) == ("http://127.0.0.1:1", True)
    assert callable(found.token)
    (stack / ".local/stack.json").unlink()
    with pytest.raises(CommandError) as refused:
        find_target(None, {}, login, Path("/"))
    assert refused.value.exit_code == UNREACHABLE
    assert find_target(OTHER, {}, login, Path("/")).token is None


def test_a_token_is_in_no_text_about_the_login_or_the_target() -> None:
    assert "kept" not in repr(SIGNED_IN) + repr(Target(API, "login", "kept"))


def test_the_login_is_kept_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "login.json"
    monkeypatch.setenv("LORESMITH_CONFIG", str(file))
    assert login_file.read() is None
    assert login_file.remove() is False
    before = os.umask(0)
    try:
        login_file.write(SIGNED_IN)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    assert login_file.read() == SIGNED_IN
    assert login_file.remove() is True


@pytest.mark.parametrize("content", ["", "[]", '{"token_command": 5}', "\xff"])
def test_a_damaged_login_says_what_to_do(content: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LORESMITH_CONFIG", str(tmp_path / "login.json"))
    (tmp_path / "login.json").write_text(content, encoding="latin-1")
    with pytest.raises(CommandError, match="Sign in again: loresmith login"):
        login_file.read()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["false"], "it ended with 1."),
        (["true"], "it printed nothing."),
        (["no-such-program"], "No such file or directory."),
    ],
)
def test_a_token_command_that_fails_says_why(command: list[str], reason: str) -> None:
    with pytest.raises(CommandError) as refused:
        run_token_command(command)
    assert refused.value.message == f"The token command {command[0]} failed: {reason}"
    assert refused.value.exit_code == UNAUTHORISED
