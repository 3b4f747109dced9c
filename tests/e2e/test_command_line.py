"""The command line against the whole local stack: the commands of its documentation, and those in detail."""

import io
import json
import sys
import uuid
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from local.stack.local_stack import LocalStack
from loresmith.cli.command import run
from tests.e2e.api import Api
from tests.e2e.environment import jobs_kept_waiting
from tests.installed_client import (
    copy_of_client,
    environment,
    install_oldest,
    install_pipx,
    output,
    packages_of_home,
)
from tests.redis_server import until
from tests.snippet.block import all_blocks, blocks_run_by

_PATH = "tests/e2e/test_command_line.py"
#: Those that install the command line.
INSTALLING = blocks_run_by(_PATH)
#: Those of docs/cli.md that use it.
COMMANDS = [block.code for block in all_blocks() if block.elsewhere == _PATH and block not in INSTALLING]
#: Each block is a separate script. They share these variables.
_SCRIPT = """
if [ -e variables ]; then . ./variables; fi
{block}
declare -p JOB PLACE > variables 2> /dev/null || true
"""


@pytest.fixture(autouse=True)
def _nobody_is_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LORESMITH_CONFIG", str(tmp_path / "login.json"))
    monkeypatch.delenv("LORESMITH_TOKEN", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def here(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LORESMITH_API", stack.urls.api)
    return stack.urls.api


def test_the_commands_of_the_documentation_run_unchanged(
    stack: LocalStack, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In a folder like a clone in which a local stack runs, so that they need no address."""
    (tmp_path / ".local").symlink_to(stack.logs.parent)
    copy_of_client(tmp_path / "client")
    pipx = install_pipx(tmp_path_factory.mktemp("tools"))
    for block in INSTALLING:
        home = tmp_path_factory.mktemp("home")
        path = f"{home}/.local/bin:{pipx.parent}:/usr/bin:/bin"
        own = {"PIPX_HOME": f"{home}/pipx", "PIPX_BIN_DIR": f"{home}/.local/bin", "PIPX_MAN_DIR": f"{home}/man"}
        variables = environment(home, PATH=path, **own, **packages_of_home())
        output(block.code, variables, tmp_path)
        assert output("command -v loresmith", variables, tmp_path) == f"{home}/.local/bin/loresmith\n"
    printed = ""
    for commands in COMMANDS:
        with ExitStack() as waiting:
            if "loresmith cancel" in commands:
                waiting.enter_context(jobs_kept_waiting(stack))
            printed += output(_SCRIPT.replace("{block}", commands), variables, tmp_path)
    assert "# The Low Tide" in (tmp_path / "tide.md").read_text(encoding="utf-8")
    assert (tmp_path / "event.md").read_text(encoding="utf-8").startswith("## ")
    assert zipfile.is_zipfile(tmp_path / "tide.zip")
    assert "anonymous: this API requires no token" in printed
    assert "_loresmith_completion" in (tmp_path / "loresmith.bash").read_text(encoding="utf-8")


def test_it_runs_with_the_oldest_packages_that_it_permits(stack: LocalStack, tmp_path: Path) -> None:
    program = install_oldest(tmp_path, "cli")
    script = f'{program} generate relics --count 1 --selected-setting \'{{"name": "Tarn", "description": "Wet."}}\''
    assert output(script, environment(tmp_path, LORESMITH_API=stack.urls.api), tmp_path).startswith("## ")


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON document that a command prints. It must succeed, and print nothing else."""
    capsys.readouterr()
    code = run([*arguments, "--json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    return json.loads(printed.out)


def refusal(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    """What a command says that must fail with this code."""
    capsys.readouterr()
    assert run(arguments) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


def test_every_type_that_writes_pieces_is_generated_by_its_short_name(
    here: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for job_type in document(capsys, "types"):
        if job_type["delivers"] == "pieces":
            job = document(capsys, "generate", job_type["plural"], "--count", "1")
            assert (job["type"], job["status"], len(job["result"])) == (job_type["type"], "completed", 1)


def test_a_job_is_found_by_the_beginning_of_its_id_and_cancelled(
    here: str, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with jobs_kept_waiting(stack):
        job_id = document(capsys, "generate", "relics", "--no-wait")["id"]
        assert job_id in {job["id"] for job in document(capsys, "jobs", "--status", "pending", "--type", "relics")}
        assert "--timeout" not in refusal(capsys, 6, "follow", job_id, "--timeout", "0.1", "--quiet")
        assert document(capsys, "show", job_id[:12])["status"] == "pending"
        assert document(capsys, "cancel", job_id[:12])["status"] == "cancelled"
    told = refusal(capsys, 1, "follow", job_id)
    assert told == f"\nThe job {job_id} was cancelled. To write the rest: loresmith retry {job_id}\n"
    assert refusal(capsys, 3, "show", str(uuid.uuid4())).startswith("There is nothing under this id")
    assert "is not a job id" in refusal(capsys, 2, "show", "relics")


def test_mistakes_are_reported_before_anything_is_submitted(
    here: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = document(capsys, "jobs", "--limit", "1")
    (tmp_path / "there.md").touch()
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    wrong = {
        "generate characers": "The API has no job type characers. Did you mean characters?",
        "generate songs": "The API has no job type songs. Its job types: characters, ",
        "generate relics --thme sea": "generate_relics has no field thme. Did you mean theme?",
        "generate relics --count 99": "count: must be less than or equal to 10",
        "generate relics --out there.md": "there.md already exists. Use --force to replace it.",
        "generate relics --out no/where.md": "The folder of no/where.md does not exist.",
        "generate relics --out new.md --no-wait": "--no-wait and --out cannot be combined",
        "generate relics --payload broken.json": "broken.json is not valid JSON",
        "generate relics --set theme": "--set takes FIELD=VALUE",
        "generate relics --set count=many": "count cannot be 'many'. It takes: whole number, 1 to 10.",
        "generate relics sea": "Unexpected value sea.",
        "jobs --status done": "status: must be one of",
        "usage --since May": "--since: must be a day such as 2026-11-30",
    }
    for command, sentence in wrong.items():
        assert sentence in refusal(capsys, 2, *command.split())
    assert "You have no piece 'Nothing'" in refusal(capsys, 3, "generate", "relics", "--with", "Nothing")
    assert document(capsys, "jobs", "--limit", "1") == before


def test_a_piece_can_be_given_by_its_name(here: str, api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    name = f"Lantern {uuid.uuid4().hex}"
    for kind in ("setting", "relic"):
        api.ask("POST", "/pieces", json={"kind": kind, "name": f"{name} {kind}", "description": "It burns."})
    assert document(capsys, "piece", f"{name} setting")["kind"] == "setting"
    job = document(capsys, "generate", "relics", "--count", "1", "--with", f"{name} setting")
    assert job["status"] == "completed"
    refused = refusal(capsys, 2, "generate", "relics", "--with", f"{name} relic")
    assert f"generate_relics cannot build on a relic ({name} relic)" in refused
    assert "can mean" in refusal(capsys, 2, "piece", name)


def test_a_webhook_is_set_told_of_an_end_and_removed(
    guarded: LocalStack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens at this address. The owner is new: no worker remembers that there was no webhook."""
    monkeypatch.setenv("LORESMITH_API", guarded.urls.api)
    monkeypatch.setenv("LORESMITH_TOKEN", str(guarded.token(str(uuid.uuid4()))))
    address = "http://127.0.0.1:9/hooks"
    leaked = document(capsys, "webhook", "--new-secret")["secret"]
    made = document(capsys, "webhook", "--end-previous")
    secret = made["secret"]
    assert (secret != leaked, made["previous_signs_until"]) == (True, None)
    assert secret.startswith("whsec_")
    assert document(capsys, "webhook", address, "--event", "job.completed")["events"] == ["job.completed"]
    job_id = document(capsys, "generate", "relics", "--count", "1")["id"]
    until(lambda: document(capsys, "deliveries", job_id))
    (delivery,) = document(capsys, "deliveries", job_id)
    assert (delivery["event"], delivery["url"]) == ("job.completed", address)
    assert document(capsys, "deliveries", job_id, "--resend", delivery["id"][:12])[0]["id"] == delivery["id"]
    assert "The job has no delivery msg_x." in refusal(capsys, 3, "deliveries", job_id, "--resend", "msg_x")
    assert document(capsys, "webhook", "--remove")["url"] == address
    assert refusal(capsys, 0, "webhook").startswith("You have no webhook.")
    assert "--webhook: must be" in refusal(capsys, 2, "generate", "relics", "--webhook", "nonsense", "--dry-run")


def completions(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """What bash offers at the end of this line."""
    monkeypatch.setenv("_LORESMITH_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    capsys.readouterr()
    run([])
    printed = capsys.readouterr()
    monkeypatch.delenv("_LORESMITH_COMPLETE")
    assert printed.err == ""
    return printed.out.split()


def test_the_shell_completes_what_the_api_knows(
    here: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unavailable API completes nothing, and does not disturb the line."""
    assert completions(capsys, monkeypatch, "loresmith generate re") == ["relics", "rewrite_piece", "rewrite_world"]
    assert completions(capsys, monkeypatch, "loresmith jobs --status c") == ["completed", "cancelled"]
    job_id = document(capsys, "generate", "relics", "--count", "1")["id"]
    assert completions(capsys, monkeypatch, f"loresmith show {job_id[:13]}") == [job_id]
    assert completions(capsys, monkeypatch, "loresmith --api http://127.0.0.1:1 generate re") == []


@pytest.fixture
def token(guarded: LocalStack) -> str:
    return str(guarded.token("ada"))


def test_a_token_is_checked_readable_only_by_its_owner_and_never_printed(
    guarded: LocalStack, token: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address, kept = guarded.urls.api, tmp_path / "login.json"
    assert "Sign in with `loresmith login`" in refusal(capsys, 4, "jobs", "--api", address)
    monkeypatch.setattr(sys, "stdin", io.StringIO("wrong\n"))
    assert "rejects this token. Nothing was saved." in refusal(capsys, 4, "login", address)
    monkeypatch.setenv("LORESMITH_TOKEN", "wrong")
    assert "rejects the token in LORESMITH_TOKEN." in refusal(capsys, 4, "login", address)
    assert refusal(capsys, 4, "jobs", "--api", address).startswith("The token in LORESMITH_TOKEN was refused")
    monkeypatch.delenv("LORESMITH_TOKEN")
    assert not kept.exists()
    monkeypatch.setattr(sys, "stdin", io.StringIO(token + "\n"))
    told = refusal(capsys, 0, "login", address)
    assert kept.stat().st_mode & 0o777 == 0o600
    shown = document(capsys, "status")
    assert shown["caller"].startswith("ada, for another ")
    assert document(capsys, "jobs") == []
    assert refusal(capsys, 0, "jobs") == "No jobs yet. Submit one: loresmith generate characters\n"
    assert refusal(capsys, 0, "jobs", "--status", "failed").startswith("No such jobs.")
    assert token not in told + json.dumps(shown)
    assert refusal(capsys, 0, "logout") == "Signed out.\n"
    assert not kept.exists()


def test_a_command_gives_the_token_each_time(
    guarded: LocalStack, token: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    printer = tmp_path / "print_token"
    printer.write_text(f"#!/bin/sh\necho {token}\n", encoding="utf-8")
    printer.chmod(0o700)
    refusal(capsys, 0, "login", guarded.urls.api, "--token-command", str(printer))
    assert token not in (tmp_path / "login.json").read_text(encoding="utf-8")
    assert document(capsys, "jobs") == []
    printer.write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    assert refusal(capsys, 4, "jobs") == f"The token command {printer} failed: it ended with 7.\n"


def test_a_local_stack_that_requires_tokens_issues_them(
    guarded: LocalStack, token: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The login follows the stack: its address may change when it starts again."""
    (tmp_path / ".local").symlink_to(guarded.logs.parent)
    (tmp_path / "Makefile").write_text(f"token:\n\t@test $(SUB) = ada && echo {token}\n", encoding="utf-8")
    refusal(capsys, 0, "login", "--user", "ada")
    kept = (tmp_path / "login.json").read_text(encoding="utf-8")
    assert guarded.urls.api not in kept
    assert token not in kept
    assert document(capsys, "status")["caller"].startswith("ada")
