"""The stack as `make stack` and `make demo` start it: what its ending leaves, and whom it asks for text."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.api import Api
from tests.e2e.environment import own_stack
from tests.integration.local.process import alive, family

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def begin(command: str, **variables: str) -> "subprocess.Popen[bytes]":
        folder = Path(variables.pop("LOCAL_DIR", tmp_path / "stack"))
        environment = own_stack(folder, OFFLINE_LLM_LATENCY_S="0.01", SERVE_PAGE="false", **variables)
        with (tmp_path / "out").open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "infra.local", command], env=environment, stdout=out, stderr=out
            )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()


def until(condition: Callable[[], Any], timeout_s: float = 40) -> Any:
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)
    return found


def stack_file(folder: Path) -> dict[str, Any]:
    """What stack.json says; empty while there is none."""
    file = folder / "stack" / "stack.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_it_leaves_no_process(tmp_path: Path, start: Start, number: signal.Signals) -> None:
    process = start("stack")
    until(lambda: stack_file(tmp_path))
    everybody = family(process.pid) | set(stack_file(tmp_path)["processes"].values())
    assert len(everybody) > 7
    process.send_signal(number)
    process.wait(timeout=30)
    until(lambda: not alive(everybody))


def test_what_dies_is_started_again_and_the_file_says_so(tmp_path: Path, start: Start) -> None:
    start("stack")
    before = until(lambda: stack_file(tmp_path))
    for name in ("api", "worker", "generator"):
        os.kill(before["processes"][name], signal.SIGKILL)
    killed = {before["processes"][name] for name in ("api", "worker", "generator")}
    until(lambda: len(alive(set(stack_file(tmp_path)["processes"].values()) - killed)) == len(before["processes"]))
    with Api(before["urls"]["api"]) as api:
        until(lambda: _answers(api))
        assert api.finished(api.submit("generate_relics", {"count": 1})["id"])["status"] == "completed"


def _answers(api: Api) -> bool:
    try:
        return api.ask("GET", "/health").status_code == 200
    except OSError:
        return False


def test_a_demo_ends_well_and_shows_three_characters(tmp_path: Path, start: Start) -> None:
    assert start("demo").wait(timeout=60) == 0
    assert (tmp_path / "out").read_text().count("╭") == 3


def test_a_demo_whose_job_fails_says_so_with_its_status(tmp_path: Path, start: Start) -> None:
    assert start("demo", OFFLINE_LLM_FAULTS="401=1").wait(timeout=60) == 1
    assert "failed" in (tmp_path / "out").read_text()


class Provider(http.server.BaseHTTPRequestHandler):
    """Somebody else's LLM: it has no credit, and counts who asks."""

    asked: list[str | None] = []  # noqa: RUF012 - shared by all requests on purpose

    def do_POST(self) -> None:
        self.asked.append(self.headers["Authorization"])
        body = json.dumps({"error": {"message": "no", "type": "invalid_request_error", "code": "invalid_api_key"}})
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


def test_with_a_provider_of_its_own_the_offline_writer_is_not_there(tmp_path: Path, start: Start) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v1"
        start("stack", OPENAI_BASE_URL=url, OPENAI_API_KEY="a-key-of-mine")
        told = until(lambda: stack_file(tmp_path))
        assert "llm" not in told["processes"]
        assert told["urls"]["llm"] == url
        with Api(told["urls"]["api"]) as api:
            job = api.finished(api.submit("generate_relics", {"count": 1})["id"])
        assert (job["status"], job["error_code"]) == ("failed", "provider_auth")
        assert set(Provider.asked) == {"Bearer a-key-of-mine"}
    finally:
        server.shutdown()
        server.server_close()


def test_two_stacks_side_by_side_do_not_meet(tmp_path: Path, start: Start) -> None:
    other = tmp_path / "other"
    start("stack")
    start("stack", LOCAL_DIR=str(other / "stack"))
    first, second = until(lambda: stack_file(tmp_path)), until(lambda: stack_file(other))
    with Api(first["urls"]["api"]) as one, Api(second["urls"]["api"]) as two:
        job_id = one.submit("generate_relics", {"count": 1})["id"]
        assert two.ask("GET", f"/jobs/{job_id}").status_code == 404
        assert one.finished(job_id)["status"] == "completed"


def test_a_second_one_in_the_same_folder_is_refused_with_a_sentence(tmp_path: Path, start: Start) -> None:
    start("stack")
    until(lambda: stack_file(tmp_path))
    assert start("stack").wait(timeout=30) == 1
    assert "Another stack is running in" in (tmp_path / "out").read_text()
