"""`make run`, `make demo` and `make stack` from outside: exit statuses, signals, and that nothing is left running."""

import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.integration.local.command_line import (
    Command,
    assert_nothing_is_left,
    path_without_programs,
    wait_until,
)
from tests.integration.local.process import alive


def test_sigterm_ends_everything(tmp_path: Path) -> None:
    """A second signal, the SIGINT of an impatient user, does not interrupt the shutdown."""
    with Command("stack", tmp_path / "stack", **path_without_programs(tmp_path)) as command:
        found = command.wait_ready()
        pids = command.family() | set(found["processes"].values())
        command.send(signal.SIGTERM)
        wait_until(lambda: alive(pids) != pids)
        command.send(signal.SIGINT)
        assert command.status() == 0, command.said
    assert_nothing_is_left(pids, found["urls"])
    assert {file.name for file in command.folder.iterdir()} == {"lock", "logs", "dynamodb.jsonl"}
    assert "Traceback" not in command.said
    assert "valkey" in command.said.lower()


def interrupt_during_its_start(folder: Path, **variables: str) -> None:
    """Send SIGINT to a demo that has started its first programs. It ends with 130: it has not shown that all works."""
    with Command("demo", folder, **variables) as command:
        wait_until(lambda: len(command.family()) > 2 or command.ended())
        assert not command.ended(), command.said
        pids = command.family()
        command.send(signal.SIGINT)
        assert command.status() == 130, command.said
    assert_nothing_is_left(pids, {})
    assert "Traceback" not in command.said
    assert "Everything has stopped." in command.said
    assert not (folder / "stack.json").exists()


if sys.platform == "linux":

    def test_after_a_kill_nothing_is_left_and_a_demo_in_the_same_folder_can_be_interrupted(tmp_path: Path) -> None:
        """Only Linux's kernel ends the programs of a process that was killed. They free the folder and the port."""
        with Command("demo", tmp_path / "stack", OFFLINE_LLM_LATENCY_S="600") as command:
            found = command.wait_ready()
            pids = command.family() | set(found["processes"].values())
            command.send(signal.SIGKILL)
            assert command.status() == -signal.SIGKILL
        assert_nothing_is_left(pids, found["urls"])
        assert (command.folder / "stack.json").exists()
        interrupt_during_its_start(command.folder, API_PORT=found["urls"]["api"].rpartition(":")[2])

else:

    def test_a_demo_can_be_interrupted_during_its_start(tmp_path: Path) -> None:
        interrupt_during_its_start(tmp_path / "stack")


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
