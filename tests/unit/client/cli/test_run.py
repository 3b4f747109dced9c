"""The edge of the process: streams that are closed, full, or meant for somebody else."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import IO

import pytest

from loresmith.cli.command import run
from loresmith.cli.failure import FAILED, OK, USAGE
from loresmith.cli.target import run_token_command
from loresmith.cli.user import user_name


class Full(io.StringIO):
    """A file on a disk without room."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__()
        self._file = file

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_closed_stream_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cron job or a shell may close any of them: loresmith jobs >&-"""
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert run(["--help"]) == OK
    for name in ("stdin", "stdout", "stderr"):
        getattr(sys, name).close()


def test_a_full_disk_is_told_and_is_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "full").open("w") as file:
        monkeypatch.setattr(sys, "stdout", Full(file))
        assert run(["--help"]) == FAILED
    assert capsys.readouterr().err == "The output cannot be written: No space left on device.\n"


def test_a_token_command_that_cannot_be_split_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["login", "http://127.0.0.1:9", "--token-command", "echo 'a"]) == USAGE
    assert "--token-command cannot be read" in capsys.readouterr().err


def test_a_token_command_does_not_read_the_payload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`loresmith generate characters --payload - < payload.json`"""
    (tmp_path / "payload.json").write_text("the payload\n")
    before = os.dup(0)
    try:
        with (tmp_path / "payload.json").open() as payload:
            os.dup2(payload.fileno(), 0)
            monkeypatch.setattr(sys, "stdin", payload)
            assert run_token_command(["sh", "-c", "cat; echo token"]) == "token"
            assert payload.read() == "the payload\n"
    finally:
        os.dup2(before, 0)
        os.close(before)


def test_a_user_without_a_name_is_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs with any user id."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert user_name() == "somebody"
