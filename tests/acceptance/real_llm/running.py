"""The whole system with a real model. Every call is recorded."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.process.tether import tethered
from local.project import LOOPBACK, ROOT
from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from local.stack.tcp_port import assign_ports, is_listening
from tests.acceptance.real_llm.llama import PARALLEL, LlamaServer
from tests.e2e.environment import own_stack

CALLS = "calls.jsonl"
#: Enough time for a model on two cores that it shares with other programs.
PATIENCE = {
    "LLM_TIMEOUT_S": "900",
    "RPC_DEADLINE_S": "3000",
    "JOB_DEADLINE_S": "3200",
    "WORKER_TIMEOUT_S": "3300",
    "QUEUE_VISIBILITY_S": "19800",
    "LLM_MAX_CONCURRENCY": str(PARALLEL),
}
#: Without a penalty, this small model often repeats a sentence up to the limit of the answer, which takes a minute.
NO_REPEATING = {"LLM_EXTRA_BODY": '{"repeat_penalty": 1.1}'}


@dataclass(frozen=True, slots=True)
class System:
    stack: LocalStack
    llama: LlamaServer
    calls_file: Path

    def calls(self) -> list[dict[str, Any]]:
        return recorded(self.calls_file)


def recorded(calls_file: Path) -> list[dict[str, Any]]:
    """The calls that `recorder` has recorded, in the order in which they ended."""
    if not calls_file.exists():
        return []
    calls = [json.loads(line) for line in calls_file.read_text().splitlines()]
    return [call for call in calls if call["path"] == "chat/completions"]


def limit_of(call: Mapping[str, Any]) -> int | None:
    """The most tokens that the model may write in this call."""
    request = call["request"]
    limit: int | None = request.get("max_completion_tokens", request.get("max_tokens"))
    return limit


@contextmanager
def running(folder: Path) -> Iterator[System]:
    """Run the system, with all its files in the folder."""
    calls_file = folder / CALLS
    with LlamaServer(folder) as llama, _recording(llama.url, calls_file) as url:
        environment = own_stack(folder / "stack", **PATIENCE | NO_REPEATING | {"OPENAI_BASE_URL": url})
        with LocalStack(StackSettings.read(environment)) as stack:
            yield System(stack, llama, calls_file)


@contextmanager
def _recording(model_url: str, calls_file: Path) -> Iterator[str]:
    port = assign_ports(["recorder"], {})["recorder"]
    argv = [sys.executable, "-m", "tests.acceptance.real_llm.recorder", str(port), model_url, str(calls_file)]
    with subprocess.Popen(tethered(argv), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 120
            while not is_listening(port):
                assert process.poll() is None, "the recorder has ended"
                assert time.monotonic() < deadline, "the recorder is not listening"
                time.sleep(0.02)
            yield f"http://{LOOPBACK}:{port}/v1"
        finally:
            process.kill()
