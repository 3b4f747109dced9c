"""`make run`, `make demo` and `make stack` from outside: exit statuses, signals, and that nothing is left running."""

import json
import signal
import socket
import sys
from pathlib import Path

import pytest

from local.stack.local_stack import LocalStack
from tests.e2e.api import Api
from tests.integration.local.command_line import (
    Command,
    assert_nothing_is_left,
    path_without_programs,
    wait_until,
)
from tests.integration.local.process import alive


def test_a_demo_beside_another_stack_prints_three_characters_and_ends_with_0(stack: LocalStack, tmp_path: Path) -> None:
    """The two do not disturb each other: neither takes the other's job, and the first runs on when the second ends."""
    before = stack.processes
    with Api(stack.urls.api) as api, Command("demo", tmp_path / "demo") as demo:
        job_id = api.submit("generate_relics", {"count": 1})["id"]
        assert demo.status() == 0, demo.said
        assert api.finished(job_id)["status"] == "completed"
        listed = api.ask("GET", "/jobs?type=generate_characters").json()["jobs"]
        assert api.ask("GET", "/health").status_code == 200
    assert listed == []
    assert stack.processes.items() >= before.items()
    assert demo.said.count("Appearance") == demo.said.count("Traits") == 3
    assert "100%  completed" in demo.said
    assert not (demo.folder / "stack.json").exists()


def test_a_demo_whose_job_fails_ends_with_1_and_says_why(tmp_path: Path) -> None:
    with Command("demo", tmp_path / "demo", OFFLINE_LLM_FAULTS="401") as demo:
        assert demo.status() == 1
    assert "The job failed: The language model does not accept the API key" in demo.said
    assert f"{demo.folder / 'logs' / 'generator.log'}" in demo.said
    assert "Traceback" not in demo.said


def test_the_shells_variables_for_deployment_and_proxies_are_ignored(tmp_path: Path) -> None:
    elsewhere = {"http_proxy": "http://127.0.0.1:9", "AWS_PROFILE": "nobody", "STAGE": "prod"}
    with Command("demo", tmp_path / "demo", **elsewhere) as demo:
        assert demo.status() == 0, demo.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    """A second signal, from an impatient user, does not interrupt the shutdown."""
    with Command("stack", tmp_path / "stack", **path_without_programs(tmp_path)) as command:
        found = command.wait_ready()
        pids = command.family() | set(found["processes"].values())
        command.send(number)
        wait_until(lambda: alive(pids) != pids)
        command.send(number)
        assert command.status() == 0, command.said
    assert_nothing_is_left(pids, found["urls"])
    assert [file.name for file in command.folder.iterdir() if file.name not in ("lock", "logs")] == []
    assert "Traceback" not in command.said
    assert "valkey" in command.said.lower()


if sys.platform == "linux":

    def test_a_stack_that_is_killed_during_a_job_leaves_nothing_running(tmp_path: Path) -> None:
        """Its folder can be used again. Only Linux's kernel ends the programs of a process that was killed."""
        with Command("demo", tmp_path / "stack", OFFLINE_LLM_LATENCY_S="600") as command:
            found = command.wait_ready()
            pids = command.family() | set(found["processes"].values())
            command.send(signal.SIGKILL)
            assert command.status() == -signal.SIGKILL
        assert_nothing_is_left(pids, found["urls"])
        assert (command.folder / "stack.json").exists()
        with Command("demo", tmp_path / "stack", API_PORT=found["urls"]["api"].rpartition(":")[2]) as command:
            wait_until(lambda: not (command.folder / "stack.json").exists() or command.ended())
            assert not command.ended(), command.said


def test_a_demo_that_is_interrupted_during_its_start_ends_with_130(tmp_path: Path) -> None:
    """It has not shown that anything works."""
    with Command("demo", tmp_path / "stack") as command:
        wait_until(lambda: (command.folder / "logs" / "generator.log").exists() and len(command.family()) > 2)
        pids = command.family()
        command.send(signal.SIGINT)
        assert command.status() == 130, command.said
    assert_nothing_is_left(pids, {})
    assert "Traceback" not in command.said
    assert "Everything has stopped." in command.said


def test_a_port_in_use_gives_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Command("demo", tmp_path / "stack", API_PORT=str(port)) as command:
            assert command.status() == 1
    _, *sentence = command.said.splitlines()
    assert sentence == [
        f"Port {port} (API_PORT) is in use. Stop the program that uses it, set API_PORT to another port, or leave "
        "API_PORT unset to get a free one."
    ]


def test_a_folder_in_use_gives_one_sentence_and_the_first_stack_is_left_alone(
    stack: LocalStack, stack_folder: Path
) -> None:
    """A process may be added meanwhile: a function starts with its first event, recovery a second after the stack."""
    before = json.loads((stack_folder / "stack.json").read_text())
    with Command("demo", stack_folder) as command:
        assert command.status() == 1
    _, *sentence = command.said.splitlines()
    assert sentence == [f"Another stack is running in {stack_folder}. Stop it, or set LOCAL_DIR to another folder."]
    after = json.loads((stack_folder / "stack.json").read_text())
    assert after["urls"] == before["urls"]
    assert after["processes"].items() >= before["processes"].items()


def test_a_stack_with_another_issuer_issues_no_tokens(tmp_path: Path) -> None:
    own = {"AUTH_MODE": "jwt", "JWT_ISSUER": "https://issuer.example", "JWT_AUDIENCE": "loresmith"}
    own |= {"JWT_JWKS_URL": "http://127.0.0.1:9/jwks.json"}
    for words in ("demo", "token alice"):
        with Command(words, tmp_path / "stack", **own) as command:
            assert command.status() == 1
        assert "issuer" in command.said
        assert "Traceback" not in command.said


@pytest.mark.parametrize("words", ["demo", "token alice"])
def test_every_fault_of_the_settings_is_reported_at_once(tmp_path: Path, words: str) -> None:
    with Command(words, tmp_path / "stack", API_PORT="x", WORKER_CONCURRENCY="0") as command:
        assert command.status() == 1
    assert "API_PORT: " in command.said
    assert "WORKER_CONCURRENCY: " in command.said
    assert "Traceback" not in command.said
