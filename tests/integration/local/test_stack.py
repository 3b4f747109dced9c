"""The stack keeps running, also beside a second one. It restarts processes that die, and updates stack.json."""

import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from local.project import ROOT
from local.stack.local_stack import LocalStack
from local.stack.tcp_port import assign_ports
from tests.e2e.api import Api
from tests.integration.local.command_line import Command, wait_until
from tests.integration.local.process import alive, family

PROCESSES = ("api", "aws", "event-source", "generator", "llm", "redis", "worker")


@pytest.fixture
def api(stack: LocalStack) -> Iterator[Api]:
    with Api(stack.urls.api) as client:
        yield client


def read(folder: Path) -> dict[str, Any]:
    """Read stack.json. Fail if it is incomplete."""
    found: dict[str, Any] = json.loads((folder / "stack.json").read_text())
    assert set(PROCESSES) <= set(found["processes"])
    return found


def is_healthy(api: Api) -> bool:
    try:
        return api.ask("GET", "/health").status_code == 200
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("name", PROCESSES)
def test_a_killed_process_is_restarted_and_the_work_goes_on(
    stack: LocalStack, stack_folder: Path, api: Api, name: str
) -> None:
    """stack.json gets the new process id, and is complete at any time. The other processes are not restarted."""
    before = read(stack_folder)
    killed = before["processes"][name]
    killed_family = family(killed)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: read(stack_folder)["processes"][name] != killed)
    wait_until(lambda: is_healthy(api))
    wait_until(lambda: not alive(killed_family))
    wait_until(lambda: set(PROCESSES) == _running(stack_folder))
    after = read(stack_folder)
    assert after["urls"] == before["urls"]
    replaced = {each for each in PROCESSES if after["processes"][each] != before["processes"][each]}
    assert replaced == ({"event-source", "worker"} if name == "event-source" else {name})
    job_id = api.submit("generate_relics", {"count": 1})["id"]
    wait_until(lambda: _status(api, job_id) == "completed")


def _status(api: Api, job_id: str) -> object:
    """The job's status, or 503: an old connection of the API to a killed Redis may cost one answer."""
    return api.ask("GET", f"/jobs/{job_id}").json()["status"]


def _running(folder: Path) -> set[str]:
    processes = read(folder)["processes"]
    return {name for name in PROCESSES if alive([processes[name]])}


def test_only_the_user_can_read_stack_json_and_env(stack: LocalStack, stack_folder: Path) -> None:
    """URLs may contain passwords, and `env` has the generator token."""
    assert {name: (stack_folder / name).stat().st_mode & 0o777 for name in ("stack.json", "env")} == {
        "stack.json": 0o600,
        "env": 0o600,
    }


def test_chalices_own_server_runs_beside_the_stack_as_documented(stack: LocalStack, stack_folder: Path) -> None:
    """Runs the command in CONTRIBUTING.md, on another port and with this stack's folder."""
    command = _documented_command().replace(".local/env", shlex.quote(str(stack_folder / "env")))
    port = assign_ports(["chalice"], {})["chalice"]
    with (stack_folder / "chalice.log").open("wb") as log:
        server = subprocess.Popen(
            ["/bin/sh", "-c", f"{command} --port {port}"], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
    try:
        with Api(f"http://127.0.0.1:{port}") as beside:
            wait_until(lambda: is_healthy(beside))
            job_id = beside.submit("generate_relics", {"count": 1})["id"]
            assert beside.finished(job_id)["status"] == "completed"
        with Api(stack.urls.api) as api:
            assert api.job(job_id)["status"] == "completed"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _documented_command() -> str:
    found = re.search(r"`([^`]*chalice local[^`]*)`", (ROOT / "CONTRIBUTING.md").read_text())
    assert found is not None
    return found[1]


def test_a_demo_beside_another_stack_prints_three_characters_and_ends_with_0(stack: LocalStack, tmp_path: Path) -> None:
    """The two do not disturb each other: neither takes the other's job, and the first runs on when the second ends.

    The shell's variables for deployments and proxies are ignored.
    """
    elsewhere = {"http_proxy": "http://127.0.0.1:9", "AWS_PROFILE": "nobody", "STAGE": "prod"}
    before = stack.processes
    with Api(stack.urls.api) as api, Command("demo", tmp_path / "demo", **elsewhere) as demo:
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
