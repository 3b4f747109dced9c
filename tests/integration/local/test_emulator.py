"""The stack on ministack, which is not its default emulator."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.aws_emulator import ministack_argv
from local.stack.error import EmulatorMissing
from tests.e2e.api import Api
from tests.integration.local.command_line import Command

_LISTENING = "0A"


def listening_addresses(port: int) -> Iterator[str]:
    """The addresses on which a program listens at this port, in Linux's notation: 127.0.0.1 is 0100007F."""
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, local_port = local.split(":")
            if state == _LISTENING and int(local_port, 16) == port:
                yield address


def test_the_stack_runs_on_ministack_too(tmp_path: Path) -> None:
    """By default, ministack would listen on every address of the machine."""
    try:
        ministack_argv()
    except EmulatorMissing as error:
        pytest.skip(str(error))
    with Command("stack", tmp_path / "stack", AWS_EMULATOR="ministack") as stack:
        ready = stack.wait_ready()
        with Api(ready["urls"]["api"]) as api:
            job = api.finished(api.submit("create_world", {"user_id": "someone", "theme": "fantasy"})["id"])
            assert job["status"] == "completed", job
            assert api.ask("GET", f"/worlds/{job['result']['world_id']}").status_code == 200
        if sys.platform == "linux":
            assert list(listening_addresses(int(ready["urls"]["aws"].rpartition(":")[2]))) == ["0100007F"]
