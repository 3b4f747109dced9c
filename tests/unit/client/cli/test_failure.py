"""Errors are one or two sentences, with exit codes that scripts can use."""

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
        (loresmith.UnexpectedAnswer("Not the API", status=404), 5),
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


def test_every_fault_of_a_request_is_reported_with_its_field_and_the_request() -> None:
    faults = (Fault(field="payload.count", message="must be at most 10"), Fault(field="", message="is too long"))
    deadline = loresmith.InvalidRequest("Not valid", errors=(Fault(field="deadline_s", message="must be at least 5"),))
    assert explanation(deadline, {}) == "--deadline: must be at least 5"
    told = explanation(loresmith.InvalidRequest("Not valid", errors=faults, request_id="r1"), {})
    assert told == "count: must be at most 10\nis too long\nRequest id, for the operators: r1"


def test_the_days_of_a_report_are_named_as_the_options() -> None:
    faults = (Fault(field="from", message="must not be after `to`"), Fault(field="to", message="must be a day"))
    told = explanation(loresmith.InvalidRequest("Not valid", errors=faults), {})
    assert told == "--since: must not be after --until\n--until: must be a day"


def test_an_error_says_what_to_do() -> None:
    assert "make run" in explanation(loresmith.ConnectionLost("It cannot be reached."), {})
    assert "`make run` prints" in explanation(loresmith.UnexpectedAnswer("It is not the API.", status=404), {})
    assert explanation(loresmith.UnexpectedAnswer("It cannot be read."), {}) == "It cannot be read."


def test_a_refused_token_is_named_by_its_place() -> None:
    """The API's advice is for those who write the header themselves."""
    refused = loresmith.Unauthenticated("Send it as Authorization: Bearer <token>.")
    assert "Sign in with `loresmith login`" in explanation(refused, {})
    assert explanation(refused, {"LORESMITH_TOKEN": "t"}).startswith("The token in LORESMITH_TOKEN was refused")
    assert "Authorization" not in explanation(refused, {}) + explanation(refused, {"LORESMITH_TOKEN": "t"})


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Too many jobs.", "Too many jobs.\nTry again in 30 s."),
        ("Too many. Try again after the number of seconds in Retry-After.", "Too many. Try again in 30 s."),
        ("Too many. Try again after midnight UTC.", "Too many. Try again after midnight UTC."),
    ],
)
def test_when_to_try_again_is_said_once(message: str, told: str) -> None:
    assert explanation(loresmith.RateLimited(message, retry_after_s=30), {}) == told


def test_a_route_that_the_api_recommends_is_shown_as_a_command() -> None:
    told = explanation(loresmith.Conflict("Make a secret first: POST /webhook/secret."), {})
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
    assert "make run" in told
    assert "Traceback" not in told
    run(["jobs", "--debug"])
    assert "Traceback" in capsys.readouterr().err


def test_a_login_without_an_address_says_how_to_start_a_local_stack(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("LORESMITH_API", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run(["login"]) == 2
    assert "make run" in capsys.readouterr().err


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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("generate relics --count two", "'--count' / '-c': must be a whole number"),
        ("generate relics --deadline 0", "'--deadline': must be a whole number, at least 1"),
        ("jobs --limit 1.5", "'--limit' / '-n': must be a whole number, at least 1"),
        ("follow --timeout soon", "'--timeout': must be a number, at least 0"),
        ("jobs --patience nan", "'--patience': must be a number, at least 0"),
        ("ops drain --minutes 721", "'--minutes': must be a whole number, 1 to 720"),
    ],
)
def test_a_wrong_number_is_refused_in_plain_words(
    arguments: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments.split()) == 2
    told = " ".join(capsys.readouterr().err.replace("│", "").split())
    assert f"Invalid value for {sentence}" in told


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
    assert done.stderr == 'typer is missing. Install the command line, in a clone: pip install "./client[cli]"\n'
