"""Errors are told in a sentence or two, with exit codes that scripts can use."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import loresmith
from loresmith.cli.command import run, with_common_options_first
from loresmith.cli.failure import EXIT_CODES, CommandError, exit_code_of, explanation
from loresmith.error import LoreSmithError
from loresmith.model import Fault

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (loresmith.InvalidRequest("No"), 2),
        (loresmith.Unauthenticated("No"), 4),
        (loresmith.Forbidden("No"), 4),
        (loresmith.NotFound("No"), 3),
        (loresmith.Conflict("No"), 1),
        (loresmith.RateLimited("No"), 7),
        (loresmith.ServerError("No", status=500), 1),
        (loresmith.ServerError("No", status=503), 5),
        (loresmith.ConnectionLost("No"), 5),
        (loresmith.RequestTimeout("No"), 5),
        (loresmith.UnexpectedAnswer("No"), 1),
        (loresmith.NotConfigured("No"), 2),
        (CommandError("No", 130), 130),
    ],
)
def test_each_error_has_its_exit_code(error: LoreSmithError, code: int) -> None:
    assert exit_code_of(error) == code
    assert code in EXIT_CODES


def test_the_documentation_has_the_table_of_exit_codes() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", (ROOT / "docs/cli.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code): meaning.replace("`", "") for code, meaning in rows} == EXIT_CODES


def test_every_fault_of_a_request_is_told_with_its_field_and_the_request() -> None:
    faults = (Fault(field="payload.count", message="must be at most 10"), Fault(field="", message="is too long"))
    deadline = loresmith.InvalidRequest("Not valid", errors=(Fault(field="deadline_s", message="must be at least 5"),))
    assert explanation(deadline) == "--deadline: must be at least 5"
    told = explanation(loresmith.InvalidRequest("Not valid", errors=faults, request_id="r1"))
    assert told == "count: must be at most 10\nis too long\nRequest id, for the operators: r1"


def test_an_error_says_what_to_do() -> None:
    assert "loresmith login" in explanation(loresmith.Unauthenticated("The token has expired."))
    assert "make run" in explanation(loresmith.ConnectionLost("It cannot be reached."))
    assert "Try again in 30 s." in explanation(loresmith.RateLimited("Too many jobs.", retry_after_s=30))


def test_a_route_that_the_api_recommends_is_told_as_a_command() -> None:
    told = explanation(loresmith.Conflict("Make a secret first: POST /webhook/secret."))
    assert told == "Make a secret first: `loresmith webhook --new-secret`."


def test_without_an_address_the_user_learns_how_to_give_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("LORESMITH_API", "LORESMITH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LORESMITH_CONFIG", str(tmp_path / "login.json"))
    monkeypatch.chdir(tmp_path)
    assert run(["jobs"]) == 2
    told = capsys.readouterr().err
    assert "loresmith login ADDRESS" in told
    assert "Traceback" not in told
    run(["jobs", "--debug"])
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "ordered"),
    [
        (["jobs", "--api", "A", "-n", "1"], ["--api", "A", "jobs", "-n", "1"]),
        (["jobs", "--api=A", "--debug"], ["--api=A", "--debug", "jobs"]),
        (["generate", "x", "--", "--debug"], ["generate", "x", "--", "--debug"]),
        (["jobs", "--patience"], ["--patience", "jobs"]),
    ],
)
def test_common_options_may_stand_after_the_command(given: list[str], ordered: list[str]) -> None:
    assert with_common_options_first(given) == ordered


def test_a_wrong_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["jobs", "--nope"]) == 2
    assert "No such option" in capsys.readouterr().err


def test_the_help_lists_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert all(f"{code} {meaning}" in shown for code, meaning in EXIT_CODES.items())


def test_without_its_packages_the_command_line_says_how_to_install_them() -> None:
    program = "import sys; sys.modules['typer'] = None; from loresmith.cli import main; main()"
    command = [sys.executable, "-c", program]
    source = {"PYTHONPATH": str(ROOT / "client" / "src")}
    done = subprocess.run(command, env=source, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'typer is missing. Install the command line: pipx install "loresmith[cli]"\n'
