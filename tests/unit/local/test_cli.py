"""The arguments of the command line. The integration tests run the commands themselves."""

import jwt
import pytest
from typer.testing import CliRunner

from local import dev_issuer
from local.command_line.cli import app

TERMINAL = {"COLUMNS": "200", "NO_COLOR": "1"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve"], "No such command 'serve'"),
        (["demo", "--fast"], "No such option: --fast"),
        (["run", "now"], "unexpected extra argument"),
        (["token"], "Missing argument"),
        (["token", "alice", "--hours", "0"], "Invalid value for '--hours'"),
        (["token", "alice", "--hours", "x"], "Invalid value for '--hours'"),
    ],
)
def test_invalid_arguments_exit_with_2_and_start_nothing(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(app, arguments, env=TERMINAL)
    assert result.exit_code == 2
    assert words in result.output


def test_without_a_command_the_commands_are_listed() -> None:
    result = CliRunner().invoke(app, [], env=TERMINAL)
    assert all(name in result.output for name in ("run", "demo", "stack", "token"))


def test_a_token_identifies_its_bearer(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("issuer")
    result = CliRunner().invoke(app, ["token", "alice", "--hours", "2"], env={"LOCAL_DIR": str(folder)})
    assert result.exit_code == 0
    given = dev_issuer.settings(folder)
    claims = jwt.decode(
        result.stdout.strip(),
        given["JWT_KEY"],
        algorithms=[given["JWT_ALGORITHMS"]],
        audience=given["JWT_AUDIENCE"],
        issuer=given["JWT_ISSUER"],
    )
    assert claims["sub"] == "alice"
    assert claims["exp"] - claims["iat"] == 2 * 3600
    assert (folder / "jwt-secret").stat().st_mode & 0o777 == 0o600
