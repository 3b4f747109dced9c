"""The installed command line in a terminal, while parts of the stack are killed and the user interrupts it."""

import os
import re
import signal
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import requests

from local.stack.local_stack import LocalStack
from tests.chaos.api_process import kill_api
from tests.chaos.log import worker_of
from tests.chaos.provider import Provider
from tests.e2e.api import Api
from tests.installed_client import environment, install
from tests.pseudo_terminal import CTRL_C, PseudoTerminal, interruptible
from tests.redis_server import until

#: A job that no test waits for: each of its calls takes as long as it may.
_ENDLESS_S = 300
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")

Open = Callable[..., AbstractContextManager[PseudoTerminal]]


@pytest.fixture(scope="module")
def loresmith(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("loresmith"))


@pytest.fixture
def variables(stack: LocalStack, tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path, LORESMITH_API=stack.urls.api)


@pytest.fixture
def terminal(loresmith: Path, variables: dict[str, str], tmp_path: Path) -> Open:
    return lambda *arguments: PseudoTerminal([loresmith, *arguments], variables, tmp_path)


def id_in(text: str) -> str:
    found = _ID.search(text)
    assert found, text
    return found[0]


def test_progress_is_shown_for_each_piece_while_the_api_is_killed(
    stack: LocalStack, terminal: Open, provider: Provider
) -> None:
    """Each piece appears with its name and its stages; the display goes on when the API is back."""
    provider.be(latency_s=6)
    with terminal("generate", "settings", "--count", "2") as shown:
        shown.wait_for("✓ name", "· landscape")
        kill_api(stack)
        shown.wait_for("✓ landscape")
        provider.be()
        assert shown.exit_code() == 0
    assert "Completed in" in shown.shown
    assert "Landscape:" in shown.shown


def test_a_job_is_followed_to_its_end_after_its_terminal_worker_and_api_have_died(
    stack: LocalStack, terminal: Open, provider: Provider
) -> None:
    provider.be(latency_s=_ENDLESS_S)
    with terminal("generate", "settings", "--count", "2") as closed:
        closed.wait_for("Generating settings...")
        job_id = id_in(closed.shown)
        until(lambda: has_a_worker(stack, job_id))
        closed.wait_until_hung_up()
    os.kill(worker_of(stack, job_id), signal.SIGKILL)
    kill_api(stack)
    provider.be()
    with terminal("--patience", str(_ENDLESS_S), "follow", job_id[:10]) as later:
        assert later.exit_code() == 0
    assert f"settings {job_id[:8]}" in later.shown
    assert "attempt 2" in later.shown


def has_a_worker(stack: LocalStack, job_id: str) -> bool:
    try:
        return worker_of(stack, job_id) > 0
    except AssertionError:
        return False


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        ("y\n", "cancelled", "is cancelled"),
        ("n\n", "processing", "loresmith follow"),
        (CTRL_C, "processing", "loresmith follow"),
    ],
)
def test_ctrl_c_asks_whether_to_cancel(
    terminal: Open, provider: Provider, api: Api, answer: str, status: str, told: str
) -> None:
    """Only a yes cancels the job. A second Ctrl-C exits at once."""
    provider.be(latency_s=_ENDLESS_S)
    with terminal("generate", "relics", "--count", "1") as shown:
        shown.wait_for("Generating relics...")
        shown.type(CTRL_C)
        shown.wait_for("Cancel this job?")
        shown.type(answer)
        assert shown.exit_code() == 130
    job_id = id_in(shown.shown)
    assert told in shown.shown
    assert job_id in shown.shown.partition("Cancel this job?")[2]
    assert api.job(job_id)["status"] == status
    api.ask("POST", f"/jobs/{job_id}/cancel")


def test_without_a_terminal_ctrl_c_leaves_the_job_running_and_says_so(
    loresmith: Path, variables: dict[str, str], provider: Provider, api: Api, tmp_path: Path
) -> None:
    provider.be(latency_s=_ENDLESS_S)
    command = interruptible([loresmith, "generate", "relics", "--count", "1"])
    with subprocess.Popen(
        command, cwd=tmp_path, env=variables, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        lines = [process.stderr.readline()]
        while "Generating relics..." not in lines[-1]:
            lines.append(process.stderr.readline())
            assert lines[-1], lines
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait() == 130
    job_id = id_in(lines[0])
    assert rest == f"The job continues. Follow it: loresmith follow {job_id}\n"
    assert api.job(job_id)["status"] == "processing"
    api.ask("POST", f"/jobs/{job_id}/cancel")


def test_a_pipe_gets_one_json_document(loresmith: Path, variables: dict[str, str], tmp_path: Path) -> None:
    """Also if stdout can only take ASCII. stderr gets nothing."""
    status = "import json, sys; print(json.load(sys.stdin)['status'])"
    script = f'{loresmith} generate relics --count 1 --json | python3 -c "{status}"'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        cwd=tmp_path,
        env=variables | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "completed\n"
    assert done.stderr == ""


def test_an_unavailable_api_is_reported_and_has_its_own_exit_code(
    loresmith: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    command = [str(loresmith), "jobs", "--api", "http://127.0.0.1:1", "--patience", "1"]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (5, "")
    assert "http://127.0.0.1:1 cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_user_who_stops_waiting_for_the_api_learns_how_to_continue(
    stack: LocalStack, terminal: Open, provider: Provider, api: Api
) -> None:
    provider.be(latency_s=_ENDLESS_S)
    with terminal("--patience", "0", "generate", "relics", "--count", "1") as shown:
        shown.wait_for("Generating relics...")
        kill_api(stack)
        assert shown.exit_code() == 5, shown.shown
    job_id = id_in(shown.shown)
    assert f"The job continues. Follow it: loresmith follow {job_id}" in shown.shown
    until(lambda: is_cancelled(api, job_id))


def is_cancelled(api: Api, job_id: str) -> bool:
    try:
        return api.ask("POST", f"/jobs/{job_id}/cancel").ok
    except requests.ConnectionError:
        return False
